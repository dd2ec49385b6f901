/// One of Apple's resources (JSON:API): its id, and its attributes as Apple wrote them.
package struct Resource: Sendable, Hashable {
    package let type: String
    package let id: String
    /// A JSON object; `{}` if the resource had none.
    package let attributes: [UInt8]

    package init(type: String, id: String, attributes: [UInt8]) {
        self.type = type
        self.id = id
        self.attributes = attributes
    }
}

/// A list element that cannot be read as a resource.
package struct UnreadableElement: Sendable, Hashable {
    package let cause: String
    /// The beginning of the element as Apple wrote it.
    package let text: String

    package init(cause: String, text: String) {
        self.cause = cause
        self.text = text
    }
}

/// A document of Apple's API: a page of a list, or one resource (AppleClient/README.md section 4.1).
package struct ResourceDocument: Sendable {
    package private(set) var resources: [Resource] = []
    package private(set) var unreadable: [UnreadableElement] = []
    /// Whether `data` is a list, not one resource or null.
    package private(set) var isList = false
    /// Where the list continues; nil at its end. An empty text counts as the end.
    package private(set) var next: String?
    package private(set) var cursor: String?

    /// `body` must be valid JSON. Null and an empty text end a list; any other value does not.
    ///
    /// - Parameters:
    ///   - type: of the resources. One of another type is unreadable, and so is one without attributes: nothing is known
    ///     of it. Nil for linkages, which have none.
    ///   - device: the device that was asked about; nil for any.
    ///   - needsIDs: false for resources that are never read again, such as events.
    package init(_ body: [UInt8], of type: String? = nil, about device: String? = nil, needsIDs: Bool = true) throws {
        try read(body, of: type, about: device, needsIDs: needsIDs)
    }

    private mutating func read(_ body: [UInt8], of type: String?, about device: String?, needsIDs: Bool) throws {
        var (hasData, hasErrors) = (false, false)
        var paging = PagingReader()
        try JSONReader().document(body) { member in
            switch member.name {
            case "data":
                hasData = true
                switch member.kind {
                case .array: isList = true
                case .object, .null: break
                default: throw JSONError(description: "its `data` is neither a list nor a resource")
                }
            case "links":
                next = try paging.text(at: ["next"], of: member) { link in
                    if let device, link.isAddress(ofOtherThan: device) { throw OtherDevice() }
                }
            case "errors": hasErrors = try member.holdsErrors
            case "meta": cursor = try paging.text(at: ["paging", "nextCursor"], of: member)
            default: break
            }
        } resource: { resource in
            try append(resource, of: type, needsID: needsIDs)
        }
        if !hasData { throw JSONError(description: "it has no `data`") }
        if hasErrors { throw JSONError(description: "it has `errors`") }
        if isList, let problem = paging.problem { throw JSONError(description: problem) }
    }

    private mutating func append(_ resource: JSONResource, of type: String?, needsID: Bool) throws {
        func leave(_ cause: String) {
            let text = String(String(decoding: resource.element.text.prefix(1000), as: UTF8.self).prefix(300))
            unreadable.append(UnreadableElement(cause: cause, text: text.replacing("\0", with: #"\u0000"#)))
        }
        guard case .object = resource.element.kind else { return leave("it is not an object") }
        if let type {
            if ![type, ""].contains(resource.type) { return leave("its type is not \(type)") }
            if resource.attributes == nil { return leave("it has no attributes") }
        }
        var id = resource.id
        if id.isEmpty, ["orgDevices", ""].contains(resource.type), let attributes = resource.attributes {
            try JSONReader().members(attributes) { member in
                if member.name == "serialNumber", case .string = member.kind { id = member.string }
            }
        }
        if needsID, id.isEmpty { return leave("it has no id") }
        if needsID, id.utf8.contains(0) { return leave("its id contains U+0000") }
        if needsID, id.unicodeScalars.contains("\u{FFFD}") {
            return leave("its id contains U+FFFD in place of a lost character")
        }
        let attributes = resource.attributes.map { Array($0) }
        resources.append(Resource(type: resource.type, id: id, attributes: attributes ?? Array("{}".utf8)))
    }
}

/// Finds where a list continues.
private struct PagingReader {
    /// What was found in place of a text.
    private(set) var problem: String?

    /// The text at this path of names; nil if there is none.
    ///
    /// - Parameter visitOther: called for the members beside the first name.
    mutating func text(
        at path: [String],
        of object: JSONMember,
        _ visitOther: (JSONMember) throws -> Void = { _ in }
    ) throws -> String? {
        guard let name = path.first else { return nil }
        guard case .object = object.kind else {
            if !object.isNull { problem = "its `\(object.name)` is not an object" }
            return nil
        }
        var found: String?
        let reader = JSONReader()
        try reader.members(object.text) { member in
            guard member.name == name else { return try visitOther(member) }
            switch member.kind {
            case .null: break
            case .object where path.count > 1: found = try text(at: Array(path.dropFirst()), of: member)
            // JSON:API allows a link to be an object.
            case .object where name == "next": found = try text(at: ["href"], of: member)
            case .string where path.count == 1: found = member.text.isEmpty ? nil : member.string
            default: problem = "its `\(name)` is not \(path.count == 1 ? "text" : "an object")"
            }
        }
        return found
    }
}

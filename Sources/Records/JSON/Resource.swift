/// One of Apple's resources (JSON:API): its id, and its attributes as Apple wrote them.
package struct Resource: Sendable, Hashable {
    package let type: String
    package let id: String
    /// A JSON object; `{}` where the resource had none.
    package let attributes: [UInt8]

    package init(type: String, id: String, attributes: [UInt8]) {
        self.type = type
        self.id = id
        self.attributes = attributes
    }
}

/// A document of Apple's API: a page of a list, or one resource (apple-api.md section 4.1).
package struct ResourceDocument: Sendable {
    package private(set) var resources: [Resource] = []
    /// Whether `data` is a list, not one resource or null.
    package private(set) var isList = false
    /// Where the list goes on; nil at its end. An empty text counts as the end.
    package private(set) var next: String?
    package private(set) var cursor: String?

    /// `body` must be valid JSON. Elements of `data` that are no resources are left out, as are those
    /// whose id no database could hold.
    package init(_ body: [UInt8]) throws {
        let (document, outer, inner) = (JSONReader(), JSONReader(), JSONReader())
        var hasData = false
        try document.members(body) { member in
            switch member.name {
            case "data":
                hasData = true
                switch member.kind {
                case .array:
                    isList = true
                    try outer.members(member.text) { element in
                        if case .object = element.kind { try append(element.text, with: inner) }
                    }
                case .object: try append(member.text, with: inner)
                case .null: break
                default: throw JSONError(description: "its `data` is neither a list nor a resource")
                }
            case "links": next = try Self.text("next", of: member, with: outer)
            case "meta":
                try outer.members(member.text) { entry in
                    if entry.name == "paging" { cursor = try Self.text("nextCursor", of: entry, with: inner) }
                }
            default: break
            }
        }
        if !hasData { throw JSONError(description: "there is no `data` in it") }
    }

    private mutating func append(_ object: UnsafeBufferPointer<UInt8>, with reader: JSONReader) throws {
        var type = ""
        var id = ""
        var attributes: [UInt8] = Array("{}".utf8)
        try reader.members(object) { member in
            switch (member.name, member.kind) {
            case ("type", .string): type = member.string
            case ("id", .string), ("id", .number): id = member.string
            case ("attributes", .object): attributes = Array(member.text)
            default: break
            }
        }
        if !id.isEmpty && !id.utf8.contains(0) {
            resources.append(Resource(type: type, id: id, attributes: attributes))
        }
    }

    private static func text(_ name: String, of object: JSONMember, with reader: JSONReader) throws -> String? {
        guard case .object = object.kind else { return nil }
        var found: String?
        try reader.members(object.text) { member in
            guard member.name == name, !member.text.isEmpty else { return }
            switch member.kind {
            case .string: found = member.string
            // JSON:API allows a link to be an object.
            case .object: found = try text("href", of: member, with: JSONReader())
            default: break
            }
        }
        return found
    }
}

import CSimdJSON

/// The text is not the JSON value that was expected.
package struct JSONError: Error, Sendable, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}

/// One member of an object or element of an array. The pointers are valid until the reader's next use.
package struct JSONMember {
    package enum Kind: Sendable {
        case null
        case boolean(Bool)
        case number, string, array, object
    }

    /// Empty for an element of an array.
    package let key: UnsafeBufferPointer<UInt8>
    package let kind: Kind
    /// The unescaped text of a string, otherwise the value as written.
    package let text: UnsafeBufferPointer<UInt8>

    package var name: String { String(decoding: key, as: UTF8.self) }
    package var string: String { String(decoding: text, as: UTF8.self) }
    package var isNull: Bool { if case .null = kind { true } else { false } }
}

/// One of the elements of `data`, or `data` itself.
package struct JSONResource {
    /// The element as written.
    package let element: JSONMember
    /// Empty if it has none.
    package let type: String
    /// A text or a number; empty if it has none.
    package let id: String
    /// Nil if it has none.
    package let attributes: UnsafeBufferPointer<UInt8>?

    fileprivate init(_ resource: csj_resource) {
        element = JSONMember(resource.element)
        type = JSONMember(resource.type).string
        id = JSONMember(resource.id).string
        attributes = resource.attributes.text == nil ? nil : JSONMember(resource.attributes).text
    }
}

/// Reads JSON one level at a time, without building a tree. Not shared between tasks. Nested values need a
/// second reader: members are valid only until the next use of their reader.
package final class JSONReader {
    private let parser: OpaquePointer

    /// With this many bytes after a text that may be read, whatever they are, the text is not copied.
    package static let room = Int(CSJ_ROOM)

    package init() { parser = csj_parser_create() }
    deinit { csj_parser_destroy(parser) }

    /// Visits the members of the outermost object or array.
    package func members<Thrown: Error>(
        _ json: UnsafeBufferPointer<UInt8>,
        _ visit: (JSONMember) throws(Thrown) -> Void
    ) throws {
        var found: UnsafePointer<csj_member>?
        var count = 0
        if let problem = csj_members(parser, json.baseAddress, json.count, &found, &count) {
            throw JSONError(description: String(cString: problem))
        }
        for member in UnsafeBufferPointer(start: found, count: count) {
            try visit(JSONMember(member))
        }
    }

    /// Visits the members of a document of Apple's API (`data` without its text), and then its resources: the
    /// elements of `data`, or `data` itself. A top-level array is a list of resources. The document is read once.
    ///
    /// - Parameter room: how many bytes after the text may be read.
    package func document<Thrown: Error>(
        _ json: UnsafeBufferPointer<UInt8>,
        room: Int = 0,
        member visitMember: (JSONMember) throws(Thrown) -> Void,
        resource visitResource: (JSONResource) throws(Thrown) -> Void
    ) throws {
        var document = csj_document()
        if let problem = csj_read_document(parser, json.baseAddress, json.count, room, &document) {
            throw JSONError(description: String(cString: problem))
        }
        for member in UnsafeBufferPointer(start: document.members, count: document.member_count) {
            try visitMember(JSONMember(member))
        }
        for resource in UnsafeBufferPointer(start: document.resources, count: document.resource_count) {
            try visitResource(JSONResource(resource))
        }
    }

    /// The same without a copy, if the array has ``room``.
    package func document<Thrown: Error>(
        _ json: [UInt8],
        member visitMember: (JSONMember) throws(Thrown) -> Void,
        resource visitResource: (JSONResource) throws(Thrown) -> Void
    ) throws {
        try json.withUnsafeBufferPointer { text in
            try document(text, room: json.capacity - json.count, member: visitMember, resource: visitResource)
        }
    }

    package func members<Thrown: Error>(
        _ json: some Collection<UInt8>,
        _ visit: (JSONMember) throws(Thrown) -> Void
    ) throws {
        if try json.withContiguousStorageIfAvailable({ try members($0, visit) }) == nil {
            try ContiguousArray(json).withUnsafeBufferPointer { try members($0, visit) }
        }
    }

    /// Throws unless the whole text is one JSON value.
    ///
    /// - Parameter room: how many bytes after the text may be read.
    package func validate(_ json: UnsafeBufferPointer<UInt8>, room: Int = 0) throws(JSONError) {
        if let problem = csj_validate(parser, json.baseAddress, json.count, room) {
            throw JSONError(description: String(cString: problem))
        }
    }

    /// The same without a copy, if the array has ``room``.
    package func validate(_ json: [UInt8]) throws(JSONError) {
        try json.withUnsafeBufferPointer { text throws(JSONError) in
            try validate(text, room: json.capacity - json.count)
        }
    }
}

extension JSONMember {
    fileprivate init(_ member: csj_member) {
        key = UnsafeBufferPointer(start: member.key, count: member.key_length)
        kind = JSONMember.Kind(csj_kind(UInt32(member.kind)))
        text = UnsafeBufferPointer(start: member.text, count: member.text_length)
    }
}

extension JSONMember.Kind {
    fileprivate init(_ kind: csj_kind) {
        switch kind {
        case CSJ_FALSE: self = .boolean(false)
        case CSJ_TRUE: self = .boolean(true)
        case CSJ_NUMBER: self = .number
        case CSJ_STRING: self = .string
        case CSJ_ARRAY: self = .array
        case CSJ_OBJECT: self = .object
        default: self = .null
        }
    }
}

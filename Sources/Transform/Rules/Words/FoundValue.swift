import Records

/// A value as it was found in JSON, to be named in a sentence.
package struct FoundValue: Sendable, Hashable {
    package enum Kind: Sendable, Hashable { case null, boolean, number, text, list, object }

    package let kind: Kind
    /// The unescaped text of a text, otherwise the value as written.
    package let text: String

    package init(text: String) { (kind, self.text) = (.text, text) }

    package init(_ member: JSONMember) {
        kind =
            switch member.kind {
            case .null: .null
            case .boolean: .boolean
            case .number: .number
            case .string: .text
            case .array: .list
            case .object: .object
            }
        text = member.string
    }

    /// "the number 4711".
    var noun: String {
        switch kind {
        case .null: "nothing"
        case .boolean: text
        case .number: "the number \(text)"
        case .text: "the text '\(text)'"
        case .list: "the list \(text)"
        case .object: "the object \(text)"
        }
    }
}

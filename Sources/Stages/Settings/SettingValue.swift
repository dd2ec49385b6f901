import Records

/// A value that can be written in a pipeline file.
package protocol SettingValue: Sendable {
    /// The name of the type on the reference page.
    static var typeName: String { get }
    /// What can be written for it, if that is not any text.
    static var form: ValueForm { get }
    init(from node: ConfigNode) throws(Diagnostic)
    /// Every problem of a value that ``init(from:)`` refuses.
    static func problems(of node: ConfigNode) -> [Diagnostic]
}

extension SettingValue {
    package static func problems(of node: ConfigNode) -> [Diagnostic] {
        do {
            _ = try Self(from: node)
            return []
        } catch {
            return [node.isUnknown ? .unjudged(at: node.location) : error]
        }
    }
}

extension SettingValue {
    package static var form: ValueForm { .text }
}

extension String: SettingValue {
    package static var typeName: String { "text" }
    package init(from node: ConfigNode) throws(Diagnostic) {
        if case .scalar(let scalar) = node.content {
            self = scalar.text
        } else if let command = node.command {
            self = try command.text
        } else {
            throw Diagnostic("expected text", at: node.location)
        }
    }
}

extension Int: SettingValue {
    package static var typeName: String { "integer" }
    package static var form: ValueForm { .integer() }
    package init(from node: ConfigNode) throws(Diagnostic) {
        guard let number = Int(try String(from: node)) else {
            throw Diagnostic("expected an integer", at: node.location)
        }
        self = number
    }
}

extension Double: SettingValue {
    package static var typeName: String { "number" }
    package static var form: ValueForm { .number }
    package init(from node: ConfigNode) throws(Diagnostic) {
        guard let number = Double(try String(from: node)), number.isFinite else {
            throw Diagnostic("expected a number", at: node.location)
        }
        self = number
    }
}

extension Bool: SettingValue {
    package static var typeName: String { "true or false" }
    package static var form: ValueForm { .boolean }
    package init(from node: ConfigNode) throws(Diagnostic) {
        switch try String(from: node) {
        case "true", "yes", "on": self = true
        case "false", "no", "off": self = false
        default: throw Diagnostic("expected true or false", at: node.location)
        }
    }
}

extension Optional: SettingValue where Wrapped: SettingValue {
    package static var typeName: String { Wrapped.typeName }
    package static var form: ValueForm { Wrapped.form }
    package init(from node: ConfigNode) throws(Diagnostic) { self = try Wrapped(from: node) }
    package static func problems(of node: ConfigNode) -> [Diagnostic] { Wrapped.problems(of: node) }
}

extension Array: SettingValue where Element: SettingValue {
    package static var typeName: String { "list of \(Element.typeName)" }
    package static var form: ValueForm { .list(Element.form) }
    package init(from node: ConfigNode) throws(Diagnostic) {
        self = []
        for item in node.items { append(try Element(from: item)) }
    }
    package static func problems(of node: ConfigNode) -> [Diagnostic] { node.items.flatMap(Element.problems) }
}

extension SettingValue where Self: RawRepresentable & CaseIterable, RawValue == String {
    package static var typeName: String { allCases.map(\.rawValue).joined(separator: " or ") }
    package static var form: ValueForm { .words(allCases.map(\.rawValue)) }
    package init(from node: ConfigNode) throws(Diagnostic) {
        let word = try String(from: node)
        guard let value = Self(rawValue: word) else {
            let known = Self.allCases.map(\.rawValue)
            let hint = nearestName(to: word, in: known).map(didYouMean)
            throw Diagnostic("expected \(Self.typeName)", hint: hint, at: node.location)
        }
        self = value
    }
}

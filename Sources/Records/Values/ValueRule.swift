/// A rule for one value, with the name that scripts use.
package struct ValueRule: Sendable {
    package let name: String
    /// The styles of its result, the default first; empty if there is only one.
    package let styles: [String]
    /// Says what is wrong with a style that is not in the list; returns nil for a valid one. Nil if the list is
    /// complete.
    package let refusal: (@Sendable (_ style: String) -> Problem?)?
    /// - Parameter style: a valid style, or nil for the default.
    package let judge: @Sendable (_ value: JSONMember, _ style: String?) throws -> Judgment

    package init(
        _ name: String,
        styles: [String] = [],
        refusal: (@Sendable (_ style: String) -> Problem?)? = nil,
        judge: @escaping @Sendable (_ value: JSONMember, _ style: String?) throws -> Judgment
    ) {
        self.name = name
        self.styles = styles
        self.refusal = refusal
        self.judge = judge
    }
}

/// The verdict of a rule about a value, with its result as JSON.
package struct Judgment: Sendable {
    package let value: [UInt8]
    package let isValid: Bool
    package let reason: Reason
    package let warnings: [Warning]

    package init<Value>(_ verdict: Verdict<Value>, json: (Value) -> [UInt8]) {
        value = verdict.value.map(json) ?? Array("null".utf8)
        isValid = verdict.isValid
        reason = verdict.reason
        warnings = verdict.warnings
    }

    package init(refused reason: Reason) { self.init(.refused(reason)) { (text: [UInt8]) in text } }

    /// A text that needs no rule.
    package init(text: [UInt8]) { self.init(.canonical(text)) { JSONText.string($0) } }

    /// `{"value":…,"valid":…,"reason":…,"warnings":[…]}`
    package func append(to output: inout [UInt8]) {
        output.append(contentsOf: #"{"value":"#.utf8)
        output.append(contentsOf: value)
        output.append(contentsOf: #","valid":\#(isValid),"reason":"\#(reason.rawValue)","warnings":["#.utf8)
        output.append(contentsOf: warnings.map { #""\#($0.rawValue)""# }.joined(separator: ",").utf8)
        output.append(contentsOf: "]}".utf8)
    }
}

extension JSONText {
    package static func string(_ text: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        append(string: text.span, to: &output)
        return output
    }
}

extension JSONMember {
    /// The members of an object that have these names; nil if the value is not an object. The last of several equal
    /// names counts.
    package func members<Result>(
        _ names: [String],
        _ use: ([String: JSONMember]) throws -> Result
    ) throws -> Result? {
        guard case .object = kind else { return nil }
        let reader = JSONReader()
        var found: [String: JSONMember] = [:]
        try reader.members(text) { if names.contains($0.name) { found[$0.name] = $0 } }
        // The members are valid as long as their reader.
        return try withExtendedLifetime(reader) { try use(found) }
    }
}

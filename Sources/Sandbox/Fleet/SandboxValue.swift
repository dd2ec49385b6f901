/// A JSON value as the sandbox sends it.
package enum SandboxValue: Sendable, Hashable {
    case text(String)
    /// The digits as sent, so that nothing is rounded.
    case number(String)
    case boolean(Bool)
    case null
    case array([SandboxValue])
    case object([SandboxAttribute])

    static func texts(_ values: [String]) -> SandboxValue {
        .array(values.map(SandboxValue.text))
    }
}

/// A member of a JSON object.
package struct SandboxAttribute: Sendable, Hashable {
    package var name: String
    package var value: SandboxValue

    package init(_ name: String, _ value: SandboxValue) {
        self.name = name
        self.value = value
    }
}

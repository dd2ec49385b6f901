import Records

/// A kind of value with a canonical form (Rules/README.md).
package protocol CanonicalValue: Hashable, Sendable {
    /// The styles in which the value can be written; most kinds have only one.
    associatedtype Style = Void

    static func parse(_ text: Span<UInt8>) -> Verdict<Self>
    /// Reads a JSON number as it was written. Most identifiers reject numbers: a number has no leading zeros and is
    /// exact only up to 2^53 (section 0).
    static func parse(number: Span<UInt8>) -> Verdict<Self>
    func append(to output: inout [UInt8], style: Style)
}

extension CanonicalValue {
    package static func parse(number: Span<UInt8>) -> Verdict<Self> { .refused(.type) }

    /// Reads any JSON value.
    package static func parse(_ value: JSONMember) -> Verdict<Self> {
        switch value.kind {
        case .null: .missing
        case .string: parse(value.text.span)
        case .number: parse(number: value.text.span)
        case .boolean, .array, .object: .refused(.type)
        }
    }
}

extension CanonicalValue where Style == Void {
    package func append(to output: inout [UInt8]) { append(to: &output, style: ()) }

    package var description: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }
}

extension Verdict {
    /// The same verdict, with warnings as rejections.
    func refusingWarnings(_ refusesWarnings: Bool) -> Verdict {
        guard refusesWarnings, let reason = warnings.lazy.compactMap(\.reason).first else { return self }
        return .refused(reason)
    }
}

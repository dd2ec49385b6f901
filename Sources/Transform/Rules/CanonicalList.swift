import Records

/// The canonical values of a JSON list: in order, without duplicates and blanks (Rules/README.md section 2 rule 7).
/// Created once and reused for every row.
package struct CanonicalList<Value: CanonicalValue> {
    package struct RefusedElement: Sendable {
        /// A text without its quotes; other values as written.
        package let text: String
        package let reason: Reason
    }

    package private(set) var values: [Value] = []
    package private(set) var refused: [RefusedElement] = []
    /// The warnings of all values, so that values can be counted by warning.
    package private(set) var warnings: [Warning] = []
    /// The positions of the list's first two elements among the values. Nil for an element that was rejected, is blank,
    /// or repeats the previous one.
    private(set) var places: [Int?] = []
    /// The set of values, used once the list is too long to search.
    private var known: Set<Value> = []
    private let refusesWarnings: Bool
    private let reader = JSONReader()
    private let innerReader = JSONReader()

    package init(refusesWarnings: Bool = false) { self.refusesWarnings = refusesWarnings }

    package var verdict: Verdict<[Value]> {
        var once: [Warning] = []
        for warning in warnings where !once.contains(warning) { once.append(warning) }
        return refused.isEmpty ? .canonical(values, once) : .partial(values, once)
    }

    /// Reads a JSON value. A value that is not a list counts as a list with one value, `null` as an empty list.
    package mutating func read(_ json: Span<UInt8>) {
        clear()
        // The usual list needs no JSON parser.
        if JSONText.visitPlainTexts(json, { note(Value.parse($0), text: $0.string) }) { return }
        json.withUnsafeBufferPointer { readJSON($0) }
    }

    /// Reads a text that is the list's only value.
    mutating func read(single text: Span<UInt8>) {
        clear()
        note(Value.parse(text), text: text.string)
    }

    mutating func readNothing() { clear() }

    /// Appends a compact JSON list.
    package func append(to output: inout [UInt8], style: Value.Style) {
        output.append(UInt8(ascii: "["))
        for (position, value) in values.enumerated() {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            value.append(to: &output, style: style)
            output.append(UInt8(ascii: "\""))
        }
        output.append(UInt8(ascii: "]"))
    }

    private mutating func clear() {
        values.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        if !known.isEmpty { known.removeAll() }
        refused.removeAll(keepingCapacity: true)
        warnings.removeAll(keepingCapacity: true)
    }

    private mutating func note(_ verdict: Verdict<Value>, text: @autoclosure () -> String) {
        let verdict = verdict.refusingWarnings(refusesWarnings)
        let isNew = if let value = verdict.value { isNew(value) } else { false }
        if places.count < 2 { places.append(isNew ? values.count : nil) }
        if let value = verdict.value {
            if isNew { values.append(value) }
            warnings += verdict.warnings
        } else if verdict.reason != .missing {
            refused.append(RefusedElement(text: text(), reason: verdict.reason))
        }
    }

    /// Most lists have one or two values. Comparing these costs less than a set; only long lists use a set.
    private mutating func isNew(_ value: Value) -> Bool {
        if values.count < 16 { return !values.contains(value) }
        if known.isEmpty { known = Set(values) }
        return known.insert(value).inserted
    }

    private mutating func readJSON(_ json: UnsafeBufferPointer<UInt8>) {
        do {
            var wrapped: [UInt8] = [UInt8(ascii: "[")]
            wrapped.append(contentsOf: json)
            wrapped.append(UInt8(ascii: "]"))
            try reader.members(wrapped) { value in
                guard case .array = value.kind else { return note(Value.parse(value), text: value.string) }
                try innerReader.members(value.text) { note(Value.parse($0), text: $0.string) }
            }
        } catch {
            refused.append(RefusedElement(text: String(decoding: json, as: UTF8.self), reason: .format))
        }
    }
}

extension Span<UInt8> {
    var string: String { withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) } }
}

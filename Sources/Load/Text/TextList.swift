import Records

/// Reads the elements of list cells.
struct TextList {
    private let reader = JSONReader()

    /// Visits the elements of a JSON array. A null element is nil.
    func elements(
        _ json: UnsafeBufferPointer<UInt8>,
        _ visit: (UnsafeBufferPointer<UInt8>?) -> Void
    ) throws {
        // `[]` is common: most devices lack most kinds of identifiers.
        if json.count == 2 { return }
        if JSONText.visitPlainTexts(json.span, { $0.withUnsafeBufferPointer(visit) }) { return }
        try reader.members(json) { visit($0.isNull ? nil : $0.text) }
    }
}

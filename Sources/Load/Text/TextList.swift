import Records

/// Reads the elements of list cells.
struct TextList {
    private let reader = JSONReader()

    /// Visits the elements of a JSON array; a null element comes as nil.
    func elements(
        _ json: UnsafeBufferPointer<UInt8>,
        _ visit: (UnsafeBufferPointer<UInt8>?) -> Void
    ) throws {
        // `[]`: most devices lack most kinds of identifier.
        if json.count == 2 { return }
        if JSONText.isPlainTextList(json) {
            var start: Int?
            for (index, byte) in json.enumerated() where byte == UInt8(ascii: "\"") {
                if let first = start {
                    visit(UnsafeBufferPointer(rebasing: json[first..<index]))
                    start = nil
                } else {
                    start = index + 1
                }
            }
            return
        }
        try reader.members(json) { visit($0.isNull ? nil : $0.text) }
    }
}

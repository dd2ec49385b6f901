/// A quick look whether a serial number can be one of a set: most rows are none of those, and finding them in a set would
/// cost a text and its hash for each row of each stage.
struct SerialMarks {
    private var marks: [Bool]

    private static let bits = 16

    init(_ serials: Set<String>) {
        marks = Array(repeating: false, count: 1 << Self.bits)
        for serial in serials { marks[Self.place(Array(serial.utf8).span)] = true }
    }

    /// True for each of the serial numbers, and for a few others.
    func mayContain(_ serial: Span<UInt8>) -> Bool { marks[Self.place(serial)] }

    /// Some bits of the text's FNV-1a hash.
    private static func place(_ text: Span<UInt8>) -> Int {
        var hash: UInt32 = 2_166_136_261
        for index in text.indices { hash = (hash ^ UInt32(text[index])) &* 16_777_619 }
        return Int(hash >> (32 - UInt32(bits)))
    }
}

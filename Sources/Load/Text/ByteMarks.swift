/// The bytes that a format treats specially, found in one pass without a branch for each byte.
struct ByteMarks: Sendable {
    private var marks = Array(repeating: UInt8(0), count: 256)

    /// Marks are bits, so that several kinds of bytes can be told apart.
    mutating func mark(_ bytes: some Sequence<UInt8>, as mark: UInt8 = 1) {
        for byte in bytes { marks[Int(byte)] = mark }
    }

    /// The combined marks of all bytes of a text.
    func found(in text: UnsafeBufferPointer<UInt8>) -> UInt8 {
        marks.withUnsafeBufferPointer { marks in
            var found: UInt8 = 0
            for byte in text { found |= marks[Int(byte)] }
            return found
        }
    }
}

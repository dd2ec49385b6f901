/// Takes the bytes of a file and shows them all at once, or never.
protocol ByteSink: Sendable {
    func write(_ bytes: [UInt8]) throws
    /// Nothing more will be written.
    func finish() throws
    /// Whether anything changed for a reader.
    mutating func commit() throws -> Bool
    mutating func rollback()
}

extension ByteSink {
    func finish() {}
}

/// Takes the bytes of a file and shows them all at once, or never.
protocol ByteSink: Sendable {
    func write(_ bytes: [UInt8]) throws
    /// Nothing more will be written.
    mutating func finish() throws
    /// What has been written, to be read again.
    var contents: Descriptor { get }
    /// Whether anything changed for a reader.
    mutating func commit() throws -> Bool
    mutating func rollback()
}

extension ByteSink {
    mutating func finish() {}
}

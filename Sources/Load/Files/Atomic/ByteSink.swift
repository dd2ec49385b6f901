import Records

/// Takes the bytes of a file and shows them all at once, or never.
protocol ByteSink: Sendable {
    func write(_ bytes: [UInt8]) throws
    /// Nothing more will be written.
    mutating func finish() throws
    /// What has been written, to be read again.
    var contents: Descriptor { get }
    /// Whether a reader will see, or has seen, anything change; known when nothing more is written.
    var isChanged: Bool { get }
    mutating func commit() throws
    mutating func rollback()
}

extension ByteSink {
    mutating func finish() {}
}

import Records

/// Receives a file's bytes. Readers see all of them at once, or none.
protocol ByteSink: Sendable {
    func write(_ bytes: [UInt8]) throws
    /// Ends the writing.
    mutating func finish() throws
    /// The written bytes, to be read again.
    var contents: Descriptor { get }
    /// Whether readers see a change, now or after the commit; known after `finish()`.
    var isChanged: Bool { get }
    mutating func commit() throws
    mutating func rollback()
}

extension ByteSink {
    mutating func finish() {}
}

import Pipeline
import Records

/// Takes the bytes of a file and shows them all at once, or never.
protocol ByteSink: Sendable {
    func write(_ bytes: [UInt8]) throws
    /// Whether anything changed for a reader.
    mutating func commit() throws -> Bool
    mutating func rollback()
}

/// A load that writes a file.
struct FileSession<Format: RowFormat>: LoadSession {
    private let format: Format
    private let removed: RemovedRows
    private var sink: any ByteSink
    private var buffer: [UInt8]
    private var rows = 0
    private var leftOut = 0

    private static var flushAt: Int { 1 << 18 }

    init(_ file: FileName, _ format: Format, removed: RemovedRows, _ context: LoadContext) throws {
        self.format = format
        self.removed = removed
        sink = file.pattern == "-" ? try StandardOutput() : try AtomicFile(file.path(context))
        buffer = format.preamble
    }

    mutating func write(_ batch: Batch) async throws {
        if batch.isRemoved, removed == .skip {
            leftOut += batch.count
            return
        }
        try format.append(batch, to: &buffer)
        rows += batch.count
        if buffer.count >= Self.flushAt { try flush() }
    }

    mutating func commit() async throws -> LoadCounts {
        try flush()
        let isChanged = try sink.commit()
        return LoadCounts(written: isChanged ? rows : 0, unchanged: isChanged ? 0 : rows, leftOut: leftOut)
    }

    mutating func rollback() async { sink.rollback() }

    private mutating func flush() throws {
        try sink.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}

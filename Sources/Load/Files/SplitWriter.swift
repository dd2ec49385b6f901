import Records
import Stages

/// Writes rows into a file, or into numbered files with a fixed number of rows.
struct SplitWriter<Format: RowFormat>: Sendable {
    private let format: Format
    private let settings: FileSettings
    private let names: PartNames
    private let isRehearsal: Bool
    private(set) var parts: [FilePart] = []
    /// Rows that are not written to the last part yet.
    private var buffer: [UInt8] = []

    private static var flushAt: Int { 1 << 18 }

    init(_ names: PartNames, _ settings: FileSettings, _ format: Format, isRehearsal: Bool) throws {
        self.names = names
        self.settings = settings
        self.format = format
        self.isRehearsal = isRehearsal
        try beginPart()
    }

    var rows: Int { parts.reduce(0) { $0 + $1.rows } }
    private var rowsOfPart: Int { parts.last?.rows ?? 0 }

    mutating func write(_ batch: Batch) throws {
        var first = 0
        while first < batch.count {
            if rowsOfPart == settings.splitRows?.number {
                try finish()
                try beginPart()
            }
            let room = (settings.splitRows?.number ?? .max) - rowsOfPart
            let end = min(batch.count, room > batch.count ? batch.count : first + room)
            try append(first == 0 && end == batch.count ? batch : batch.rows(Array(first..<end)))
            first = end
        }
    }

    private mutating func append(_ batch: Batch) throws {
        try format.append(batch, isFirst: rowsOfPart == 0, to: &buffer)
        parts[parts.count - 1].rows += batch.count
        if buffer.count >= Self.flushAt { try flush() }
    }

    /// Completes the last part. After this, only the renames are left.
    mutating func finish() throws {
        try format.end(&buffer)
        try flush()
        try parts[parts.count - 1].sink.finish()
    }

    mutating func commit() throws {
        for index in parts.indices { try parts[index].sink.commit() }
    }

    mutating func rollback() {
        // The first part created the folders, and can remove them only if they are empty.
        for index in parts.indices.reversed() { parts[index].sink.rollback() }
    }

    private mutating func beginPart() throws {
        if names.isSplit { DescriptorLimit.raise() }
        let path = names.part(parts.count + 1)
        var sink: any ByteSink =
            settings.file.isStandardOutput
            ? try StandardOutput()
            : try AtomicFile(
                path,
                permissions: settings.permissions,
                keepsPrevious: settings.keepPrevious,
                isRehearsal: isRehearsal
            )
        do {
            if let compression = Compression(path: path) { sink = try CompressedSink(sink, compression) }
        } catch {
            sink.rollback()
            throw error
        }
        parts.append(FilePart(path: path, sink: sink))
        buffer += format.preamble
    }

    private mutating func flush() throws {
        try parts.last?.sink.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}

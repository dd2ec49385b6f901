import Records
import Stages

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A load that writes a file, or numbered files with a fixed number of rows. Each is replaced as a whole, all at the end, one
/// after another.
struct FileSession<Format: RowFormat>: LoadSession {
    private let format: Format
    private let settings: FileSettings
    private let path: PartNames
    private let removalGuard: RemovalGuard?
    private let isRehearsal: Bool
    /// Whether `--limit` left rows out, so that the file holds less than it would.
    private let isPartial: Bool
    private var parts: [FilePart] = []
    private var sidecars: Sidecars?
    private var buffer: [UInt8] = []
    /// Rows that the list may lose, because a person accepted it.
    private var permitted = 0

    private static var flushAt: Int { 1 << 18 }

    init(_ settings: FileSettings, _ format: Format, _ schema: Schema, _ context: LoadContext) throws {
        self.format = format
        self.settings = settings
        path = PartNames(settings.file.path(context), isSplit: settings.splitRows != nil)
        removalGuard = settings.removalGuard(of: schema)
        (isRehearsal, isPartial) = (context.isRehearsal, context.isPartial)
        if let removalGuard, removalGuard.refusesEmpty, context.isPartial {
            throw RemovalGuard.refuse(partOf: settings.file.pattern)
        }
        try beginPart()
        do {
            sidecars = try Sidecars(of: path.whole, settings, schema, context)
        } catch {
            parts[0].sink.rollback()
            throw error
        }
    }

    private var rows: Int { parts.reduce(0) { $0 + $1.rows } }
    private var rowsOfPart: Int { parts.last?.rows ?? 0 }

    var takesRemovedRows: Bool { settings.removed == .include }

    mutating func write(_ batch: Batch) async throws {
        var first = 0
        while first < batch.count {
            if rowsOfPart == settings.splitRows?.number {
                try endPart()
                try beginPart()
            }
            let room = (settings.splitRows?.number ?? .max) - rowsOfPart
            let end = min(batch.count, room > batch.count ? batch.count : first + room)
            try append(first == 0 && end == batch.count ? batch : batch.rows(Array(first..<end)))
            first = end
        }
    }

    mutating func permit(_ batch: Batch) { permitted += batch.count }

    private mutating func append(_ batch: Batch) throws {
        try format.append(batch, isFirst: rowsOfPart == 0, to: &buffer)
        parts[parts.count - 1].rows += batch.count
        if buffer.count >= Self.flushAt { try flush() }
    }

    mutating func commit() async throws -> LoadCounts {
        let (counts, surplus) = try prepare()
        if !counts.changedFiles.isEmpty { takeAwayStaleSidecars(beside: surplus) }
        for index in parts.indices { try parts[index].sink.commit() }
        for old in surplus { takeAway(old) }
        if path.isSplit { Leftovers.remove(of: path, beyond: parts.count) }
        try sidecars?.commit()
        return counts
    }

    mutating func rehearse() async throws -> LoadCounts {
        let counts = try prepare().counts
        await rollback()
        return counts
    }

    /// Writes what is left to write; only the renames are to come, and the parts of a longer list that was here before.
    private mutating func prepare() throws -> (counts: LoadCounts, surplus: [FilePlace]) {
        try endPart()
        try refuseLoss()
        try sidecars?.write(parts)
        let further = path.isSplit ? path.existing(from: parts.count + 1, Self.exists) : []
        let surplus = try further.map { name in
            let place = try FilePlace(name, followsLast: false)
            try place.requireRemovable(for: name)
            return place
        }
        let changed = parts.filter(\.sink.isChanged).map(\.path) + further
        let isChanged = !changed.isEmpty
        var counts = LoadCounts(written: isChanged ? rows : 0, unchanged: isChanged ? 0 : rows)
        counts.changedFiles = changed
        if isPartial, isChanged, !settings.file.isStandardOutput {
            counts.notes.append("holds only what `--limit` let through; the next run without it writes the whole file")
        }
        return (counts, surplus)
    }

    private func takeAway(_ old: FilePlace) {
        // What cannot be taken away now is taken away by the next load.
        _ = settings.keepPrevious ? old.rename(to: old.sibling(old.name + PreviousVersion.suffix)) : old.remove()
    }

    private func takeAwayStaleSidecars(beside surplus: [FilePlace]) {
        let names = Set(parts.map(\.name) + surplus.map(\.name))
        for stale in Sidecars.stale(of: path.whole, settings, naming: names) { stale.remove() }
    }

    mutating func rollback() async {
        sidecars?.rollback()
        // The first part made the folders, and can take them back only when they are empty.
        for index in parts.indices.reversed() { parts[index].sink.rollback() }
    }

    private func refuseLoss() throws {
        guard let removalGuard, removalGuard.refusesEmpty else { return }
        let name = settings.file.pattern
        let before = try OldRows.count(in: oldFiles, as: format)
        let lost = before - rows
        if rows == 0, lost == 0 || lost > permitted {
            throw Failure(
                .badData,
                "refused to publish \(name): the list is empty; \(oldFiles.isEmpty ? "nothing was written" : "the old file stays")",
                advice: "look at what filters the rows; max_removed: 100% publishes an empty list",
                refusal: removalGuard.refusal(before, of: before)
            )
        }
        guard removalGuard.refuses(removing: lost - permitted, of: before) else { return }
        throw Failure(
            .badData,
            """
            refused to publish \(name): \(counted(rows, "row")) instead of \(before), which is fewer by more than max_removed: \
            \(removalGuard.most); the old file stays
            """,
            advice: RemovalGuard.advice,
            refusal: removalGuard.refusal(lost, of: before)
        )
    }

    /// Of either form, because a list may have been split, or not, until now.
    private var oldFiles: [String] {
        settings.file.isStandardOutput
            ? [] : path.existing(from: 1, Self.exists) + path.otherForm.existing(from: 1, Self.exists)
    }

    private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private mutating func beginPart() throws {
        if path.isSplit { DescriptorLimit.raise() }
        let place = path.part(parts.count + 1)
        var sink: any ByteSink =
            settings.file.isStandardOutput
            ? try StandardOutput()
            : try AtomicFile(
                place,
                permissions: settings.permissions,
                keepsPrevious: settings.keepPrevious,
                isRehearsal: isRehearsal
            )
        do {
            if let compression = Compression(path: place) { sink = try CompressedSink(sink, compression) }
        } catch {
            sink.rollback()
            throw error
        }
        parts.append(FilePart(path: place, sink: sink))
        buffer += format.preamble
    }

    private mutating func endPart() throws {
        buffer += format.postamble
        try flush()
        try parts[parts.count - 1].sink.finish()
    }

    private mutating func flush() throws {
        try parts.last?.sink.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}

/// One of a load's files.
struct FilePart: Sendable {
    let path: String
    var sink: any ByteSink
    var rows = 0

    /// As it is called in its folder.
    var name: String { Self.name(path) }
    static func name(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
}

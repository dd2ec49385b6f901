import Records
import Stages

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A load that writes a file, or numbered files with a fixed number of rows. All are replaced at the end, one after
/// another.
struct FileSession<Format: RowFormat>: LoadSession {
    private let format: Format
    private let settings: FileSettings
    private let path: PartNames
    private let removalGuard: RemovalGuard?
    /// Whether `--limit` excludes rows, so that the file contains fewer than usual.
    private let isPartial: Bool
    private var writer: SplitWriter<Format>
    private var sidecars: Sidecars?
    var changes: ChangesFile?
    /// The number of rows that the list may lose, because a person accepted it.
    private var permitted = 0

    init(_ settings: FileSettings, _ format: Format, _ schema: Schema, _ context: LoadContext) throws {
        self.format = format
        self.settings = settings
        path = PartNames(settings.file.path(context), isSplit: settings.splitRows != nil)
        removalGuard = settings.removalGuard(of: schema)
        isPartial = context.isPartial
        if let removalGuard, removalGuard.refusesEmpty, context.isPartial {
            throw RemovalGuard.refuse(partOf: settings.file.pattern)
        }
        if let removalGuard, removalGuard.refusesEmpty, let left = settings.leftBehind(context) {
            let before = try? OldRows.count(in: left.files, as: format)
            throw removalGuard.refuse(settings.file.pattern, without: left, rows: before ?? 0)
        }
        writer = try SplitWriter(path, settings, format, isRehearsal: context.isRehearsal)
        do {
            sidecars = try Sidecars(of: path.whole, settings, schema, context)
        } catch {
            writer.rollback()
            throw error
        }
    }

    var takesRemovedRows: Bool { settings.removed == .include }

    mutating func write(_ batch: Batch) async throws { try writer.write(batch) }

    mutating func permit(_ batch: Batch) { permitted += batch.count }

    mutating func commit() async throws -> LoadCounts {
        let (counts, surplus) = try prepare()
        if writer.parts.contains(where: \.sink.isChanged) || !surplus.isEmpty { takeAwayStaleSidecars(beside: surplus) }
        // Before the list: after a kill between the two, the next load tells the same again.
        try changes?.commit()
        try writer.commit()
        for old in surplus { takeAway(old) }
        if path.isSplit { Leftovers.remove(of: path, beyond: writer.parts.count) }
        try sidecars?.commit()
        return counts
    }

    mutating func rehearse() async throws -> LoadCounts {
        let counts = try prepare().counts
        await rollback()
        return counts
    }

    /// Writes the rest. After this, only the renames are left, and the surplus parts of a longer old list.
    private mutating func prepare() throws -> (counts: LoadCounts, surplus: [FilePlace]) {
        try writer.finish()
        try refuseLoss()
        try sidecars?.write(writer.parts)
        let old = changes == nil ? [] : oldFiles
        try changes?.write(from: old, to: writer.parts)
        let further = path.isSplit ? path.existing(from: writer.parts.count + 1, Self.exists) : []
        let surplus = try further.map { name in
            let place = try FilePlace(name, followsLast: false)
            try place.requireRemovable(for: name)
            return place
        }
        let changed = writer.parts.filter(\.sink.isChanged).map(\.path) + further
        let isChanged = !changed.isEmpty
        var counts = LoadCounts(written: isChanged ? writer.rows : 0, unchanged: isChanged ? 0 : writer.rows)
        counts.changedFiles = changed + (changes?.changedPath.map { [$0] } ?? [])
        counts.notes += changes?.note.map { [$0] } ?? []
        if isPartial, isChanged, !settings.file.isStandardOutput {
            counts.notes.append(
                "contains only the devices that `--limit` read; the next run without it writes the whole file"
            )
        }
        return (counts, surplus)
    }

    private func takeAway(_ old: FilePlace) {
        // If this fails, the next load removes the file.
        _ = settings.keepPrevious ? old.rename(to: old.sibling(old.name + PreviousVersion.suffix)) : old.remove()
    }

    private func takeAwayStaleSidecars(beside surplus: [FilePlace]) {
        let names = Set(writer.parts.map(\.name) + surplus.map(\.name))
        for stale in Sidecars.stale(of: path.whole, settings, naming: names) { stale.remove() }
    }

    mutating func rollback() async {
        changes?.rollback()
        sidecars?.rollback()
        writer.rollback()
    }

    private func refuseLoss() throws {
        guard let removalGuard, removalGuard.refusesEmpty else { return }
        let name = settings.file.pattern
        let before = try OldRows.count(in: oldFiles, as: format)
        let rows = writer.rows
        let lost = before - rows
        if rows == 0, lost == 0 || lost > permitted {
            throw Failure(
                .badData,
                "refused to publish \(name): the list is empty; \(oldFiles.isEmpty ? "nothing was written" : "the old file stays")",
                advice: "check what filters the rows, or set max_removed: 100% to publish an empty list",
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

    /// Both split and unsplit files, because the setting may have changed.
    private var oldFiles: [String] {
        settings.file.isStandardOutput
            ? [] : path.existing(from: 1, Self.exists) + path.otherForm.existing(from: 1, Self.exists)
    }

    private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}

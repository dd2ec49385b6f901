import Records
import Stages

/// The file beside a list for network access control that says what is new and what is gone since consumers last got
/// the list. It is complete as long as nobody takes it away: while it is there, later changes are added to it.
///
/// It is renamed before the list. After a kill between the two, the next load finds the old list, and tells the same
/// again.
struct ChangesFile: Sendable {
    private let path: String
    private let syntax: any ListSyntax
    private var sink: any ByteSink
    private var counts: [RowChange: Int] = [:]

    /// Nil without the setting.
    init?(_ settings: FileSettings, _ syntax: any ListSyntax, _ context: LoadContext) throws {
        guard let pattern = settings.changesFile else { return nil }
        path = pattern.path(context)
        if context.isPartial { throw RemovalGuard.refuse(partOf: pattern.pattern) }
        self.syntax = syntax
        let file = try AtomicFile(path, permissions: settings.permissions, isRehearsal: context.isRehearsal)
        do {
            sink = try Compression(path: path).map { try CompressedSink(file, $0) } ?? file
        } catch {
            var file = file
            file.rollback()
            throw error
        }
    }

    /// Whether there is anything to tell.
    private var isNeeded: Bool { !counts.isEmpty }

    /// The file, if it differs from the old one.
    var changedPath: String? { isNeeded && sink.isChanged ? path : nil }

    /// `out/changes.csv: 3 new, 1 gone`
    var note: String? {
        guard let changedPath else { return nil }
        let parts = RowChange.allCases.compactMap { change in counts[change].map { "\($0) \(change.rawValue)" } }
        return "\(changedPath): \(parts.joined(separator: ", "))"
    }

    /// Compares the lists and writes the changes.
    mutating func write(from old: [String], to new: [FilePart]) throws {
        var differences = ListDifferences()
        for part in new { try ListRows.visit(part, syntax) { differences.addNew($0) } }
        for file in old { try ListRows.visit(file, syntax) { differences.addOld($0) } }
        let told = try toldRows()
        for row in told { differences.addTold(row) }
        var output = syntax.preamble
        var isFirst = true
        func tell(_ change: RowChange, _ row: ListedRow) throws {
            syntax.append(change, row.text, isFirst: isFirst, to: &output)
            isFirst = false
            counts[change, default: 0] += 1
            if output.count >= 1 << 18 { try flush() }
        }
        func flush() throws {
            try sink.write(output)
            output.removeAll(keepingCapacity: true)
        }
        for row in told where differences.isGone(row) && !differences.isInOldList(row) { try tell(.gone, row) }
        for file in old {
            try ListRows.visit(file, syntax) { row in
                if differences.isGone(row) { try tell(.gone, row) }
            }
        }
        for part in new {
            try ListRows.visit(part, syntax) { row in
                if let change = differences.change(ofNew: row) { try tell(change, row) }
            }
        }
        output += syntax.postamble
        try flush()
        try sink.finish()
    }

    /// What the file has, if nobody has taken it.
    private func toldRows() throws -> [ListedRow] {
        var rows: [ListedRow] = []
        if FilePlace.look(path).status == nil { return rows }
        try ListRows.visit(path, syntax, hasChanges: true) { rows.append($0) }
        return rows
    }

    mutating func commit() throws {
        if isNeeded { try sink.commit() } else { sink.rollback() }
    }

    mutating func rollback() { sink.rollback() }
}

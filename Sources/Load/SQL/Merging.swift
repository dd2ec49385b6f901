import Records
import Stages

/// Mode `merge`: adds new rows, updates rows that differ, and keeps all others.
extension TableLoad {
    func merge(on database: some SQLConnection, staged: Int) throws -> LoadCounts {
        try refuseRepeatedKeys(database)
        var counts = LoadCounts()
        var new = staged
        switch removals.devices {
        case .keep: break
        case .delete: new -= try deleteRemoved(database, staged: staged, &counts)
        case .mark: new -= try filterRemovedOfOthers(database, &counts)
        }
        try upsert(new, on: database, &counts)
        if removals.devices == .mark { counts.exceptRetired() }
        try balance(counts, staged: staged)
        return counts
    }

    /// Writes the rows that differ and counts the others.
    ///
    /// - Parameters:
    ///   - new: the number of staged rows.
    ///   - part: a condition for the rows of the table `t` that may match, if known.
    func upsert(
        _ new: Int,
        on database: some SQLConnection,
        _ counts: inout LoadCounts,
        among part: Condition = .always
    )
        throws
    {
        let differing = try differing(among: part, of: new, on: database)
        counts.unchanged = new - differing.count
        guard differing.count > 0 else { return }
        try differing.load.write(differing, on: database, &counts)
    }

    /// The staged rows that the table lacks, or has with other values.
    private struct Differing {
        /// The load that has only them staged.
        let load: TableLoad
        let count: Int
        /// Those whose keys the table has.
        var existing = 0
        /// Those of them that get their `removed_at`. Mode `replace` counts them before it deletes rows.
        var marked = 0
    }

    private func differing(among part: Condition, of new: Int, on database: some SQLConnection) throws -> Differing {
        // Without such rows there is nothing to compare. Those that come meanwhile are found by their keys.
        let one = "SELECT count(*) FROM (SELECT 1 FROM \(target) AS t WHERE \(part) LIMIT 1) AS t"
        if try database.count(one) == 0 { return Differing(load: self, count: new) }
        return dialect.deletedRowsStay
            ? try copyDiffering(among: part, of: new, on: database)
            : try deleteUnchanged(among: part, of: new, on: database)
    }

    private func copyDiffering(
        among part: Condition,
        of new: Int,
        on database: some SQLConnection
    ) throws -> Differing {
        var load = self
        load.staging = "\(dialect.temporarySchema).\(Self.differingName)"
        let exists = Condition("t.\(key[0]) IS NOT NULL")
        let flags = [Self.existingFlag, Self.markedFlag].map(SQLDialect.quote)
        let count = try database.compare(
            new,
            """
            CREATE TEMPORARY TABLE \(Self.differingName) ON COMMIT DROP AS
            SELECT s.*, \(exists) AS \(flags[0]), \(exists && marking) AS \(flags[1])
            FROM \(staging) AS s LEFT JOIN \(target) AS t ON \(part && sameKey)
            WHERE \(sameRow("t", "s").isNotTrue)
            """
        )
        if count == 0 { return Differing(load: load, count: 0) }
        let counts = flags.map { "count(*) FILTER (WHERE \($0))" }.joined(separator: ", ")
        let numbers = try database.numbers("SELECT \(counts) FROM \(load.staging)")
        return Differing(load: load, count: count, existing: numbers[0], marked: numbers[1])
    }

    private func deleteUnchanged(
        among part: Condition,
        of new: Int,
        on database: some SQLConnection
    ) throws -> Differing {
        let unchanged = try database.compare(
            new,
            """
            DELETE FROM \(staging) AS s
            WHERE EXISTS (SELECT 1 FROM \(target) AS t WHERE \(part && sameRow("t", "s")))
            """
        )
        if unchanged == new { return Differing(load: self, count: 0) }
        let numbers = try database.numbers(
            """
            SELECT count(*), count(*) FILTER (WHERE \(marking))
            FROM \(staging) AS s JOIN \(target) AS t ON \(part && sameKey)
            """
        )
        return Differing(load: self, count: new - unchanged, existing: numbers[0], marked: numbers[1])
    }

    /// Whether the staged row `s` gives the table row `t` its `removed_at`. Rows of others are filtered before.
    private var marking: Condition {
        mode == .merge && removals.devices == .mark ? live && isMarked : !.always
    }

    private func write(_ rows: Differing, on database: some SQLConnection, _ counts: inout LoadCounts) throws {
        counts.updated = rows.existing
        if rows.marked > 0 {
            counts.retired = rows.marked
            try guardMarked(rows.marked, on: database)
        }
        if context.isRehearsal, counts.updated > 0 {
            counts.changedColumns = try changedColumns(on: database)
        }
        counts.written = try write(upsertStatement, on: database) {
            let upsert = upsertStatement(where: .always)
            return try counts.updated > 0
                ? database.guarded(upsert)
                : database.insert(insertStatement(where: .always), orWhereKeysAreTaken: upsert)
        }
        if counts.updated > 0, mayBeAltered { counts.notes += try rewrittenRows(on: database) }
    }

    /// Updated rows as the database stored them: it may alter a row, which we would otherwise write again every night.
    private func rewrittenRows(on database: some SQLConnection) throws -> [String] {
        let changed = try changedColumns(on: database).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        if changed.isEmpty { return [] }
        let names = changed.map { "\($0.key) in \($0.value == 1 ? "1 row" : "\($0.value) rows")" }
        return [
            """
            the database changed values of \(table) while they were written (\(names.joined(separator: ", "))), so that \
            these rows are written again every night: look for a trigger or a rule, or leave the columns out with \
            `columns:`
            """
        ]
    }

    /// For each column, the number of rows about to be updated that differ in it.
    private func changedColumns(on database: some SQLConnection) throws -> [String: Int] {
        let names = schema.fields.filter { $0.role != .bookkeeping && isToBeCompared(SQLDialect.quote($0.name)) }
            .map(\.name)
        if names.isEmpty { return [:] }
        let differences = names.map(SQLDialect.quote).map {
            "count(*) FILTER (WHERE \(exact("t", $0)) IS DISTINCT FROM \(exact("s", $0)))"
        }
        let counts =
            try database.rowsInUse(
                """
                SELECT \(differences.joined(separator: ", ")) FROM \(staging) AS s JOIN \(target) AS t ON \(sameKey)
                """
            ).first ?? []
        return Dictionary(uniqueKeysWithValues: zip(names, counts.map { $0.flatMap { Int($0) } ?? 0 })).filter {
            $0.value > 0
        }
    }

    func upsertStatement(where condition: Condition) -> String {
        let settable = names.filter(isToBeCompared)
        let action =
            settable.isEmpty
            ? "NOTHING" : "UPDATE SET " + settable.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        // SQLite needs the WHERE: otherwise it reads this ON as that of a join.
        return """
            INSERT INTO \(target) (\(list)) SELECT \(list) FROM \(staging) AS s WHERE \(condition)
            ON CONFLICT (\(key.joined(separator: ", "))) DO \(action)
            """
    }
}

extension LoadCounts {
    /// Marked rows were written, too, but count only as retired.
    mutating func exceptRetired() {
        written -= retired
        updated -= retired
    }
}

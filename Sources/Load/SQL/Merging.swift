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
        case .mark: new -= try countMarked(database, &counts)
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
        let unchangedRow = part && sameRow("t", "s")
        counts.unchanged = try database.compare(
            new,
            dialect.findsBySets
                ? """
                DELETE FROM \(staging) AS s
                WHERE (\(keys("s"))) IN (
                    SELECT \(keys("s")) FROM \(staging) AS s JOIN \(target) AS t ON \(unchangedRow))
                """
                : "DELETE FROM \(staging) AS s WHERE EXISTS (SELECT 1 FROM \(target) AS t WHERE \(unchangedRow))"
        )
        let rest = new - counts.unchanged
        guard rest > 0 else { return }
        counts.updated = try database.count(
            """
            SELECT count(*) FROM \(left(rest, of: key.joined(separator: ", "))) AS s
            JOIN \(target) AS t ON \(part && sameKey)
            """
        )
        if context.isRehearsal, counts.updated > 0 { counts.changedColumns = try changedColumns(rest, on: database) }
        counts.written = try write(upsertStatement, on: database) {
            let upsert = upsertStatement(where: .always)
            return try counts.updated > 0
                ? database.guarded(upsert)
                : database.insert(insertStatement(where: .always), orWhereKeysAreTaken: upsert)
        }
        if counts.updated > 0 { counts.notes += try rewrittenRows(rest, on: database) }
    }

    /// The staged rows that are left, so many. The limit excludes none; it tells the planner how few they are.
    private func left(_ rows: Int, of columns: String) -> String { "(SELECT \(columns) FROM \(staging) LIMIT \(rows))" }

    /// Updated rows as the database stored them: it may alter a row, which we would otherwise write again every night.
    private func rewrittenRows(_ rows: Int, on database: some SQLConnection) throws -> [String] {
        let changed = try changedColumns(rows, on: database).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
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
    private func changedColumns(_ rows: Int, on database: some SQLConnection) throws -> [String: Int] {
        let names = schema.fields.filter { $0.role != .bookkeeping && isToBeCompared(SQLDialect.quote($0.name)) }
            .map(\.name)
        if names.isEmpty { return [:] }
        let differences = names.map(SQLDialect.quote).map {
            "count(*) FILTER (WHERE \(exact("t", $0)) IS DISTINCT FROM \(exact("s", $0)))"
        }
        let counts =
            try database.rowsInUse(
                """
                SELECT \(differences.joined(separator: ", ")) FROM \(left(rows, of: "*")) AS s JOIN \(target) AS t ON \(sameKey)
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

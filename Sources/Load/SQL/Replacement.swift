import Records
import Stages

/// Mode `replace`: the table, or the part that `only` names, gets exactly the new rows.
extension TableLoad {
    func replace(on database: some SQLConnection, staged: Int, isKeyed: Bool) throws -> LoadCounts {
        var counts = LoadCounts()
        if removals.devices != .mark {
            counts.filtered = try database.execute("DELETE FROM \(staging) AS s WHERE \(flag)")
        }
        let new = staged - counts.filtered
        try refuseRowsOutsideScope(database)
        let before = try count(database, where: inScope)
        let permitted =
            isKeyed ? try permittedCount(database, where: inScope) : removals.permittedCount
        try refuseEmpty(new: new, before: before, permitted: permitted)
        if schema.keyIndexes != nil { try refuseRepeatedKeys(database) }
        if !isKeyed {
            let gone = try exchange(on: database, new: new, before: before, &counts)
            try balance(counts, staged: staged)
            counts.retired += gone
            counts.deleted = gone
        } else {
            try refuseKeysOfOthers(database)
            // The new rows have no index: a look-up for each row would read all of them.
            let leaving = Condition(
                """
                \(inScope) AND (\(keys("t"))) IN (
                    SELECT \(keys("t")) FROM \(target) AS t LEFT JOIN \(staging) AS s ON \(sameKey)
                    WHERE s.\(key[0]) IS NULL
                )
                """
            )
            let gone = try count(database, where: leaving)
            if removals.devices == .mark { counts.retired = try markedCount(database) }
            let may =
                try permittedCount(database, where: leaving)
                + (removals.devices == .mark ? permittedCount(database, where: beingMarked) : 0)
            try guardRetired(gone + counts.retired, permitted: may, of: before)
            try delete(gone, where: leaving, on: database)
            try upsert(new, on: database, &counts)
            counts.exceptRetired()
            try balance(counts, staged: staged)
            // These rows were only in the table, so the check above does not count them.
            counts.retired += gone
            counts.deleted = gone
        }
        return counts
    }

    /// Without a key, rows are compared as a whole: those that are not on both sides, equally often, are deleted or
    /// inserted.
    ///
    /// - Returns: the number of deleted rows.
    private func exchange(
        on database: some SQLConnection,
        new: Int,
        before: Int,
        _ counts: inout LoadCounts
    ) throws -> Int {
        if before == new, try hasSameContents(database, where: inScope) {
            counts.unchanged = new
            return 0
        }
        // Rejected values come and go; other rows without a key are still devices.
        if schema.dataset?.rowsEnd != .atAnyTime {
            try guardRetired(before - new, permitted: removals.permittedCount, of: before)
        }
        let leaving = inScope && differs("t", among: inScope)
        let gone = try count(database, where: leaving)
        try delete(gone, where: leaving, on: database)
        try insertMissing(of: new, among: inScope, on: database, &counts)
        if before > 0, try !hasSameContents(database, where: inScope) {
            counts.notes.append(
                """
                the database changed values of \(table) while they were written, so that its rows are written again \
                every night: look for a trigger or a rule
                """
            )
        }
        return gone
    }

    /// Whether a row is not equally often among the rows of the table `t` that meet a condition and among the staged
    /// rows; `by` is how the numbers must differ.
    ///
    /// Both are compared as texts: null is equal to null then, and the database need not look at each pair of rows.
    func differs(_ row: String, among part: Condition, by difference: String = "<> 0") -> Condition {
        func whole(_ row: String) -> String { dialect.wholeRow(compared.map { exact(row, $0) }) }
        return Condition(
            """
            \(whole(row)) IN (
                SELECT whole FROM (
                    SELECT \(whole("t")) AS whole, 1 AS side FROM \(target) AS t WHERE \(part)
                    UNION ALL SELECT \(whole("s")), -1 FROM \(staging) AS s
                ) AS sides GROUP BY whole HAVING sum(side) \(difference)
            )
            """
        )
    }

    /// Inserts the staged rows that a part of the table lacks, and counts the others.
    func insertMissing(
        of new: Int,
        among part: Condition,
        on database: some SQLConnection,
        _ counts: inout LoadCounts
    ) throws {
        // A row that the table has too often is not missing, although it stays with mode `append`.
        let missing = differs("s", among: part, by: "< 0")
        // Not the number of rows that the database says it inserted: the books would always balance.
        counts.unchanged = new - (try database.count("SELECT count(*) FROM \(staging) AS s WHERE \(missing)"))
        guard counts.unchanged < new else { return }
        func insert(_ part: Condition) -> String { insertStatement(where: missing && part) }
        counts.written = try write(insert, on: database) { try database.guarded(insert(.always)) }
    }

    func insertStatement(where condition: Condition) -> String {
        "INSERT INTO \(target) (\(list)) SELECT \(list) FROM \(staging) AS s WHERE \(condition)"
    }

    /// Whether two sets with the same number of rows contain the same rows, equally often: the staged rows, and those
    /// of the table `t` that meet a condition.
    func hasSameContents(_ database: some SQLConnection, where part: Condition) throws -> Bool {
        if compared.isEmpty { return true }
        func groups(_ row: String, _ rows: String) -> String {
            let columns = compared.map { exact(row, $0) }.joined(separator: ", ")
            return "SELECT \(columns), count(*) FROM \(rows) GROUP BY \(columns)"
        }
        return try database.rows(
            "\(groups("s", "\(staging) AS s")) EXCEPT \(groups("t", "\(target) AS t WHERE \(part)")) LIMIT 1"
        ).isEmpty
    }

    func refuseRowsOutsideScope(_ database: some SQLConnection) throws {
        guard let scope = removals.scope else { return }
        let strangers = try database.count("SELECT count(*) FROM \(staging) AS s WHERE \(inScope) IS NOT TRUE")
        guard strangers > 0 else { return }
        throw Failure(
            .badData,
            "\(counted(strangers, "row for \(table) does", "rows for \(table) do")) not meet \(scope.shown); nothing was changed",
            advice: "change the rows or the condition: such rows would never be replaced"
        )
    }

    /// Our row would replace another owner's row with the same key.
    private func refuseKeysOfOthers(_ database: some SQLConnection) throws {
        guard let scope = removals.scope else { return }
        let taken = try database.count(
            """
            SELECT count(*) FROM \(target) AS t
            WHERE \(inScope.isNotTrue && stagedKey(where: .always))
            """
        )
        guard taken > 0 else { return }
        throw Failure(
            .badData,
            """
            \(counted(taken, "row for \(table) has", "rows for \(table) have")) the \
            \(schema.key.joined(separator: ", ")) of rows that do not meet \(scope.shown); nothing was changed
            """,
            advice: "exclude them with `where:`, or delete the other owner's rows first"
        )
    }
}

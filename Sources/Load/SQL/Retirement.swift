import Records
import Stages

/// Removes rows from a table, or marks them as removed.
extension TableLoad {
    /// Removes exactly this many rows. Throws if a trigger or a rule keeps some.
    func delete(_ expected: Int, where condition: Condition, on database: some SQLConnection) throws {
        guard expected > 0 else { return }
        let deleted = try deleteRows(where: condition, on: database)
        guard deleted != expected else { return }
        throw Failure(
            .destinationFailed,
            "\(counted(expected, "row was", "rows were")) to be deleted from \(table), but \(deleted) were; nothing was changed",
            advice: "look for a trigger or a rule on the table that prevents deletes"
        )
    }

    /// Setting `removed: delete`. Returns the number of staged rows that this settles.
    func deleteRemoved(_ database: some SQLConnection, staged: Int, _ counts: inout LoadCounts) throws -> Int {
        try refuseRowsOutsideScope(database)
        let gone = inScope && stagedKey(where: flag)
        let before = try count(database, where: inScope)
        counts.retired = try count(database, where: gone)
        let permitted = try permittedCount(database, where: gone)
        try guardRetired(counts.retired, permitted: permitted, of: before)
        try delete(counts.retired, where: gone, on: database)
        let done = try database.execute("DELETE FROM \(staging) AS s WHERE \(flag)")
        if counts.retired > 0, counts.retired == before {
            try refuseEmpty(new: staged - done, before: before, permitted: permitted)
        }
        counts.filtered = done - counts.retired
        return done
    }

    /// Setting `removed: mark`. Removes the staged rows of devices that now belong to another organization.
    ///
    /// - Returns: their number.
    func filterRemovedOfOthers(_ database: some SQLConnection, _ counts: inout LoadCounts) throws -> Int {
        guard removals.scope != nil else { return 0 }
        counts.filtered = try database.execute(
            """
            DELETE FROM \(staging) AS s WHERE \(flag)
            AND (\(keys("s"))) IN (SELECT \(keys("t")) FROM \(target) AS t WHERE \(inScope.isNotTrue))
            """
        )
        return counts.filtered
    }

    /// Refuses to mark more rows than the limit allows. All rows of the table are counted only for the refusal.
    func guardMarked(_ marked: Int, on database: some SQLConnection) throws {
        guard marked > removals.limit.allowance else { return }
        let live = live && inScope
        if let enough = removals.limit.leastTotal(allowing: marked) {
            let some = "(SELECT 1 FROM \(target) AS t WHERE \(live) LIMIT \(enough)) AS t"
            if try database.count("SELECT count(*) FROM \(some)") == enough { return }
        }
        let permitted = try permittedCount(database, where: beingMarked)
        try guardRetired(marked, permitted: permitted, of: try count(database, where: live))
    }

    /// The number of table rows `t` that meet a condition.
    func count(_ database: some SQLConnection, where condition: Condition) throws -> Int {
        try database.count("SELECT count(*) FROM \(target) AS t WHERE \(condition)")
    }

    /// The number of table rows about to get their `removed_at`.
    func markedCount(_ database: some SQLConnection) throws -> Int { try count(database, where: beingMarked) }

    var beingMarked: Condition { inScope && live && stagedKey(where: isMarked) }

    /// Whether the staged row `s` gives its device the time at which it left.
    var isMarked: Condition { flag && Condition(#"s."removed_at" IS NOT NULL"#) }

    /// Whether the table row `t` has the key of a staged row `s` that meets a condition.
    func stagedKey(where condition: Condition) -> Condition {
        Condition("(\(keys("t"))) IN (SELECT \(keys("s")) FROM \(staging) AS s WHERE \(condition))")
    }

    func keys(_ row: String) -> String { key.map { alike(row, $0) }.joined(separator: ", ") }
}

import Records
import Stages

/// Brings a table up to date from a staging table that holds the new rows: one body of SQL for every database.
///
/// Rows that would not change are taken out of the staging table first, so that they are neither written nor locked.
/// Runs inside the caller's transaction.
struct Merge: Sendable {
    /// The rows as they come.
    let incoming: Schema
    /// The rows as the table holds them.
    let schema: Schema
    private(set) var table: TableName
    let dialect: SQLDialect
    /// The name under which the database is attached, where it is.
    let attached: String?
    /// The staging table as SQL names it.
    let staging: String
    let mode: TableMode
    /// A condition for the rows of the table that are this load's to take away; all of them when nil.
    let scope: Scope?
    let removal: RemovedDevices
    let guardian: RemovalGuard
    let hasHistory: Bool
    let migrates: Bool
    let context: LoadContext
    /// How the table that was found compares values, by quoted column.
    private(set) var comparisons: [String: Comparison] = [:]
    /// Rows that the table may lose whatever the guard says, because a person accepted it.
    var permitted: [Batch] = []

    /// A condition, and how messages show it: as a pipeline file says it, where it does.
    struct Scope: Sendable {
        let condition, shown: String
    }

    /// Marks the staged rows of devices that left the organisation. No column of ours has a space in its name.
    static let removedFlag = "axport removed"
    var target: String { qualified(table) }
    private var names: [String] { schema.fields.map { SQLDialect.quote($0.name) } }
    /// Rows outside this part of the table belong to others.
    var isOurs: String { scope.map { "(\($0.condition))" } ?? "true" }
    var flag: String { "s.\(SQLDialect.quote(Self.removedFlag))" }
    var key: [String] { schema.key.map(SQLDialect.quote) }
    var list: String { names.joined(separator: ", ") }

    /// The columns in which a difference is a change.
    var compared: [String] {
        schema.fields.filter { $0.role != .bookkeeping }.map { SQLDialect.quote($0.name) }
    }
    var matchesKey: String { matchesKey("t", "s") }

    func matchesKey(_ left: String, _ right: String) -> String {
        key.map { "\(alike(left, $0)) = \(alike(right, $0))" }.joined(separator: " AND ")
    }

    func isSame(_ left: String, _ right: String) -> String {
        ([matchesKey(left, right)]
            + compared.filter(isToBeCompared).map { "\(exact(left, $0)) IS NOT DISTINCT FROM \(exact(right, $0))" })
            .joined(separator: " AND ")
    }

    /// A column of a row as the table tells rows apart by it.
    func alike(_ row: String, _ column: String) -> String { "\(row).\(column)\(comparisons[column]?.collation ?? "")" }

    /// A column of a row, to be compared to the last byte.
    func exact(_ row: String, _ column: String) -> String { "\(row).\(column)\(comparisons[column]?.exact ?? "")" }

    /// Columns of the key by which the table takes different texts for the same.
    var foldedKey: [String] { key.filter { comparisons[$0]?.rule != nil } }

    /// Rows that agree in their key may still differ in how it is written.
    private func isToBeCompared(_ column: String) -> Bool { !key.contains(column) || foldedKey.contains(column) }

    /// The same, for what belongs into the schema of a table that was found.
    private func beside(_ found: TargetTable?) -> Merge {
        var merge = self
        merge.table = TableName(table.name, in: table.schema ?? found?.schema)
        return merge
    }

    /// The same, comparing values as a table that was found does.
    private func comparing(as found: TargetTable?) -> Merge {
        guard let found else { return self }
        var merge = self
        for name in schema.fields.map(\.name) {
            merge.comparisons[SQLDialect.quote(name)] = found.column(name)?.comparison
        }
        return merge
    }

    func qualified(_ table: TableName) -> String { (attached.map { "\($0)." } ?? "") + table.quoted }

    /// - Parameters:
    ///   - found: the table as it is; nil when there is none.
    ///   - staged: how many rows the staging table was given.
    func run(on database: some SQLConnection, found: TargetTable?, staged: Int) throws -> LoadCounts {
        try prepare(table, for: schema, found: found, on: database)
        try stagePermitted(on: database)
        return try comparing(as: found).bringUpToDate(on: database, found: found, staged: staged)
    }

    private func bringUpToDate(on database: some SQLConnection, found: TargetTable?, staged: Int) throws -> LoadCounts {
        var counts =
            switch mode {
            case .merge: try merge(on: database, staged: staged)
            case .replace:
                try replace(
                    on: database,
                    staged: staged,
                    isKeyed: found?.hasKey(of: schema) ?? (schema.keyIndexes != nil)
                )
            case .append: try append(on: database, staged: staged)
            }
        try dropPermitted(on: database)
        if hasHistory, let note = try beside(found).recordVersions(on: database, as: found) {
            counts.notes.append(note)
        }
        return counts
    }

    private func merge(on database: some SQLConnection, staged: Int) throws -> LoadCounts {
        try refuseRepeatedKeys(database)
        var counts = LoadCounts()
        var new = staged
        switch removal {
        case .keep: break
        case .delete: new -= try deleteRemoved(database, staged: staged, &counts)
        case .mark: new -= try countMarked(database, &counts)
        }
        try upsert(new, on: database, &counts)
        if removal == .mark { counts.exceptRetired() }
        try balance(counts, staged: staged)
        return counts
    }

    /// Writes the rows that differ and counts the others.
    ///
    /// - Parameters:
    ///   - new: how many rows are staged.
    ///   - part: a condition for the rows of the table `t` that may be among them, where it is known.
    func upsert(_ new: Int, on database: some SQLConnection, _ counts: inout LoadCounts, among part: String = "true")
        throws
    {
        let isUnchanged = "\(part) AND \(isSame("t", "s"))"
        counts.unchanged = try database.compare(
            new,
            dialect.findsBySets
                ? """
                DELETE FROM \(staging) AS s
                WHERE (\(keys("s"))) IN (
                    SELECT \(keys("s")) FROM \(staging) AS s JOIN \(target) AS t ON \(isUnchanged))
                """
                : "DELETE FROM \(staging) AS s WHERE EXISTS (SELECT 1 FROM \(target) AS t WHERE \(isUnchanged))"
        )
        let rest = new - counts.unchanged
        guard rest > 0 else { return }
        // The limit cuts nothing off; it tells the planner how few rows are left.
        counts.updated = try database.count(
            """
            SELECT count(*) FROM (SELECT \(key.joined(separator: ", ")) FROM \(staging) LIMIT \(rest)) AS s
            JOIN \(target) AS t ON \(part) AND \(matchesKey)
            """
        )
        if context.isRehearsal, counts.updated > 0 { counts.changedColumns = try changedColumns(on: database) }
        counts.written = try write(upsertStatement, on: database) {
            let upsert = upsertStatement(where: "true")
            return try counts.updated > 0
                ? database.guarded(upsert)
                : database.insert(insertStatement(where: "true"), orWhereKeysAreTaken: upsert)
        }
        if counts.updated > 0 { counts.notes += try rewrittenRows(on: database) }
    }

    /// What the database made of updated rows: one that it changes on their way is written anew every night.
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

    /// In how many rows that are about to be updated each column differs.
    private func changedColumns(on database: some SQLConnection) throws -> [String: Int] {
        let names = schema.fields.filter { $0.role != .bookkeeping && isToBeCompared(SQLDialect.quote($0.name)) }
            .map(\.name)
        if names.isEmpty { return [:] }
        let differences = names.map(SQLDialect.quote).map {
            "count(*) FILTER (WHERE \(exact("t", $0)) IS DISTINCT FROM \(exact("s", $0)))"
        }
        let counts =
            try database.rows(
                """
                SELECT \(differences.joined(separator: ", ")) FROM \(staging) AS s JOIN \(target) AS t ON \(matchesKey)
                """
            ).first ?? []
        return Dictionary(uniqueKeysWithValues: zip(names, counts.map { $0.flatMap { Int($0) } ?? 0 })).filter {
            $0.value > 0
        }
    }

    private func upsertStatement(where condition: String) -> String {
        let settable = names.filter(isToBeCompared)
        let action =
            settable.isEmpty
            ? "NOTHING" : "UPDATE SET " + settable.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        // SQLite needs the WHERE to tell this ON from that of a join.
        return """
            INSERT INTO \(target) (\(list)) SELECT \(list) FROM \(staging) AS s WHERE \(condition)
            ON CONFLICT (\(key.joined(separator: ", "))) DO \(action)
            """
    }

    /// The books: every row that went in must have come out as one of these.
    func balance(_ counts: LoadCounts, staged: Int) throws {
        let found = counts.written + counts.unchanged + counts.retired + counts.filtered
        guard found != staged else { return }
        throw Failure(
            .destinationFailed,
            "\(counted(staged, "row was", "rows were")) to go into \(table), but \(found) did; nothing was changed",
            advice: "look for a trigger or a rule on the table that keeps rows back"
        )
    }
}

extension LoadCounts {
    /// Rows that were marked as removed have been written, too, but count once.
    mutating func exceptRetired() {
        written -= retired
        updated -= retired
    }
}

import Pipeline
import Records

/// Brings a table up to date from a staging table that holds the new rows: one body of SQL for every database.
///
/// Rows that would not change are taken out of the staging table first, so that they are neither written nor locked.
/// Runs inside the caller's transaction.
struct Merge: Sendable {
    let schema: Schema
    let table: TableName
    /// The tables as SQL names them.
    let target: String
    let staging: String
    let mode: TableMode
    /// A condition for the rows of the table that are this load's to take away; all of them when nil.
    let scope: String?
    let removal: RemovedDevices
    let guardian: RemovalGuard

    /// Marks the staged rows of devices that left the organisation. No column of ours has a space in its name.
    static let removedFlag = "axport removed"
    private var names: [String] { schema.fields.map { SQLDialect.quote($0.name) } }
    /// Rows outside this part of the table belong to others.
    var isOurs: String { scope.map { "(\($0))" } ?? "true" }
    var flag: String { "s.\(SQLDialect.quote(Self.removedFlag))" }
    var key: [String] { schema.key.map(SQLDialect.quote) }
    var list: String { names.joined(separator: ", ") }

    /// The columns in which a difference is a change.
    var compared: [String] {
        schema.fields.filter { $0.role != .bookkeeping }.map { SQLDialect.quote($0.name) }
    }
    var matchesKey: String { key.map { "t.\($0) = s.\($0)" }.joined(separator: " AND ") }
    private var isSame: String {
        ([matchesKey]
            + compared.filter { !key.contains($0) }.map { "t.\($0) IS NOT DISTINCT FROM s.\($0)" })
            .joined(separator: " AND ")
    }

    /// - Parameters:
    ///   - staged: how many rows the staging table was given.
    ///   - isKeyed: whether the target, too, tells rows apart by their key.
    func run(on database: some SQLConnection, staged: Int, isKeyed: Bool) throws -> LoadCounts {
        switch mode {
        case .merge: try merge(on: database, staged: staged)
        case .replace: try replace(on: database, staged: staged, isKeyed: isKeyed)
        }
    }

    private func merge(on database: some SQLConnection, staged: Int) throws -> LoadCounts {
        try refuseRepeatedKeys(database)
        var counts = LoadCounts()
        switch removal {
        case .keep: break
        case .delete:
            let before = try database.count("SELECT count(*) FROM \(target) AS t WHERE \(isOurs)")
            counts.retired = try database.execute(
                """
                DELETE FROM \(target) AS t
                WHERE EXISTS (SELECT 1 FROM \(staging) AS s WHERE \(flag) AND \(matchesKey))
                """
            )
            try guardRetired(counts.retired, of: before)
            let done = try database.execute("DELETE FROM \(staging) AS s WHERE \(flag)")
            counts.leftOut = done - counts.retired
        case .mark:
            counts.retired = try markedCount(database)
            if counts.retired > guardian.allowance {
                let live = try database.count(
                    #"SELECT count(*) FROM \#(target) AS t WHERE t."removed_at" IS NULL AND \#(isOurs)"#
                )
                try guardRetired(counts.retired, of: live)
            }
        }
        let affected = try upsert(on: database, &counts)
        counts.written = removal == .mark ? affected - counts.retired : affected
        try balance(counts, staged: staged)
        return counts
    }

    /// How many rows of the table are about to get their `removed_at`.
    func markedCount(_ database: some SQLConnection) throws -> Int {
        try database.count(
            """
            SELECT count(*) FROM \(staging) AS s JOIN \(target) AS t ON \(matchesKey)
            WHERE \(flag) AND s."removed_at" IS NOT NULL AND t."removed_at" IS NULL
            """
        )
    }

    /// Writes the rows that differ and counts the others. Returns how many were written.
    func upsert(on database: some SQLConnection, _ counts: inout LoadCounts) throws -> Int {
        counts.unchanged = try database.execute(
            "DELETE FROM \(staging) AS s WHERE EXISTS (SELECT 1 FROM \(target) AS t WHERE \(isSame))"
        )
        return try database.execute(upsertStatement)
    }

    private var upsertStatement: String {
        let settable = names.filter { !key.contains($0) }
        let action =
            settable.isEmpty
            ? "NOTHING" : "UPDATE SET " + settable.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        // SQLite needs the WHERE to tell this ON from that of a join.
        return """
            INSERT INTO \(target) (\(list)) SELECT \(list) FROM \(staging) AS s WHERE true
            ON CONFLICT (\(key.joined(separator: ", "))) DO \(action)
            """
    }

    func refuseRepeatedKeys(_ database: some SQLConnection) throws {
        let columns = key.joined(separator: ", ")
        let keyless = try database.count(
            "SELECT count(*) FROM \(staging) AS s WHERE \(key.map { "s.\($0) IS NULL" }.joined(separator: " OR "))"
        )
        if keyless > 0 {
            throw Failure(
                .badData,
                "\(keyless) rows for \(table) have no \(schema.key.joined(separator: ", ")); nothing was loaded",
                advice: "leave them out with `where:`"
            )
        }
        let repeated = try database.rows(
            """
            SELECT \(columns), count(*) FROM \(staging) AS s
            GROUP BY \(columns) HAVING count(*) > 1 ORDER BY \(columns) LIMIT 4
            """
        )
        if repeated.isEmpty { return }
        let examples = repeated.prefix(3).map { $0.dropLast().map { $0 ?? "" }.joined(separator: " / ") }
        throw Failure(
            .badData,
            """
            rows for \(table) repeat their key (\(schema.key.joined(separator: ", "))): \
            \(examples.joined(separator: ", "))\(repeated.count > 3 ? " and others" : ""); nothing was loaded
            """,
            advice: "a transform may make several rows of one device: load them into a table without that key"
        )
    }

    func guardRetired(_ retired: Int, of total: Int) throws {
        guard guardian.refuses(removing: retired, of: total) else { return }
        throw Failure(
            .badData,
            """
            refused to retire \(retired) of \(total) rows in \(table): more than max_removed: \(guardian.most); \
            nothing was changed
            """,
            advice: RemovalGuard.advice
        )
    }

    /// The books: every row that went in must have come out as one of these.
    func balance(_ counts: LoadCounts, staged: Int) throws {
        let found = counts.written + counts.unchanged + counts.retired + counts.leftOut
        guard found != staged else { return }
        throw Failure(
            .destinationFailed,
            "\(staged) rows were to go into \(table), but \(found) did; nothing was changed",
            advice: "look for a trigger or a rule on the table that keeps rows back"
        )
    }
}

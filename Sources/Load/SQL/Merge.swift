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
    let removal: RemovedDevices
    let maxRemoved: Percentage

    /// Marks the staged rows of devices that left the organisation. No column of ours has a space in its name.
    static let removedFlag = "axport removed"
    /// However small the table is, so many rows may be retired at once.
    static let alwaysAllowed = 10

    private var names: [String] { schema.fields.map { SQLDialect.quote($0.name) } }
    private var flag: String { "s.\(SQLDialect.quote(Self.removedFlag))" }
    private var key: [String] { schema.key.map(SQLDialect.quote) }
    private var list: String { names.joined(separator: ", ") }

    /// The columns in which a difference is a change.
    private var compared: [String] {
        schema.fields.filter { $0.role != .bookkeeping }.map { SQLDialect.quote($0.name) }
    }
    private var matchesKey: String { key.map { "t.\($0) = s.\($0)" }.joined(separator: " AND ") }
    private var isSame: String {
        ([matchesKey]
            + compared.filter { !key.contains($0) }.map { "t.\($0) IS NOT DISTINCT FROM s.\($0)" })
            .joined(separator: " AND ")
    }

    /// - Parameter staged: how many rows the staging table was given.
    func run(on database: some SQLConnection, staged: Int) throws -> LoadCounts {
        try schema.keyIndexes == nil
            ? replace(on: database, staged: staged)
            : upsert(on: database, staged: staged)
    }

    private func upsert(on database: some SQLConnection, staged: Int) throws -> LoadCounts {
        try refuseRepeatedKeys(database)
        var counts = LoadCounts()
        switch removal {
        case .keep: break
        case .delete:
            let before = try database.count("SELECT count(*) FROM \(target)")
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
            counts.retired = try database.count(
                """
                SELECT count(*) FROM \(staging) AS s JOIN \(target) AS t ON \(matchesKey)
                WHERE \(flag) AND s."removed_at" IS NOT NULL AND t."removed_at" IS NULL
                """
            )
            if counts.retired > Self.alwaysAllowed {
                let live = try database.count(#"SELECT count(*) FROM \#(target) AS t WHERE t."removed_at" IS NULL"#)
                try guardRetired(counts.retired, of: live)
            }
        }
        counts.unchanged = try database.execute(
            "DELETE FROM \(staging) AS s WHERE EXISTS (SELECT 1 FROM \(target) AS t WHERE \(isSame))"
        )
        let affected = try database.execute(upsertStatement)
        counts.written = removal == .mark ? affected - counts.retired : affected
        try balance(counts, staged: staged)
        return counts
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

    /// Rows without a key of their own: the table is to hold exactly the new ones. Equal contents stay as they are.
    private func replace(on database: some SQLConnection, staged: Int) throws -> LoadCounts {
        let leftOut = removal == .mark ? 0 : try database.execute("DELETE FROM \(staging) AS s WHERE \(flag)")
        let new = staged - leftOut
        let before = try database.count("SELECT count(*) FROM \(target)")
        if before == new, try hasSameContents(database) { return LoadCounts(unchanged: new, leftOut: leftOut) }
        // Rows that never had a key, such as refused values, come and go; rows that lost it are still devices.
        if !schema.key.isEmpty { try guardRetired(before - new, of: before) }
        try database.execute("DELETE FROM \(target)")
        let written = try database.execute("INSERT INTO \(target) (\(list)) SELECT \(list) FROM \(staging) AS s")
        let counts = LoadCounts(written: written, leftOut: leftOut)
        try balance(counts, staged: staged)
        return counts
    }

    /// Whether two tables of equally many rows hold the same ones, equally often.
    private func hasSameContents(_ database: some SQLConnection) throws -> Bool {
        let columns = compared.joined(separator: ", ")
        guard !columns.isEmpty else { return true }
        func groups(_ table: String) -> String { "SELECT \(columns), count(*) FROM \(table) GROUP BY \(columns)" }
        return try database.rows("\(groups(staging)) EXCEPT \(groups(target)) LIMIT 1").isEmpty
    }

    private func refuseRepeatedKeys(_ database: some SQLConnection) throws {
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

    private func guardRetired(_ retired: Int, of total: Int) throws {
        guard retired > Self.alwaysAllowed, maxRemoved.isExceeded(by: retired, of: total) else { return }
        throw Failure(
            .badData,
            """
            refused to retire \(retired) of \(total) rows in \(table): more than max_removed: \(maxRemoved); \
            nothing was changed
            """,
            advice: "if so many devices did leave, raise max_removed for one run"
        )
    }

    /// The books: every row that went in must have come out as one of these.
    private func balance(_ counts: LoadCounts, staged: Int) throws {
        let found = counts.written + counts.unchanged + counts.retired + counts.leftOut
        guard found != staged else { return }
        throw Failure(
            .destinationFailed,
            "\(staged) rows were to go into \(table), but \(found) did; nothing was changed",
            advice: "look for a trigger or a rule on the table that keeps rows back"
        )
    }
}

import Records
import Stages

/// Setting `history`: a second table with every version of a row (a slowly changing dimension of type 2). A version is
/// valid from the start of the run that wrote it until the start of the run that changed or retired the row:
/// [valid_from, valid_to).
///
/// Versions are copied from the table after it is up to date. A new history, or one that was off for a while, therefore
/// needs only the next run.
extension TableLoad {
    static let validFrom = "valid_from"
    static let validTo = "valid_to"
    static let versionColumns = [validFrom, validTo]
    private static let from = SQLDialect.quote(validFrom)
    private static let to = SQLDialect.quote(validTo)

    private static let name = "_history"
    private static let index = "_history_current"
    /// The longest suffix of the names derived from the table's.
    static let longestSuffix = index

    var historyTable: TableName { TableName(table.name + Self.name, in: table.schema) }
    private var history: String { qualified(historyTable) }

    private var versions: Schema {
        Schema(
            schema.name,
            "Every version of the rows of \(table): the current one has no \(Self.validTo).",
            key: schema.key + [Self.validFrom],
            schema.fields + [
                Field(Self.validFrom, .timestamp, "When the run began that brought this version."),
                Field(Self.validTo, .timestamp, "When the run began that changed or retired it."),
            ]
        )
    }

    /// Rows marked as removed stay in the table, but have no current version.
    var live: Condition { removals.devices == .mark ? Condition(#"t."removed_at" IS NULL"#) : .always }
    private var current: Condition { Condition("h.\(Self.to) IS NULL") }
    private var stillInTable: Condition {
        Condition("EXISTS (SELECT 1 FROM \(target) AS t WHERE \(live && sameRow("t", "h")))")
    }
    private var currentVersion: Condition {
        Condition("EXISTS (SELECT 1 FROM \(history) AS h WHERE \(current && sameKey("t", "h")))")
    }

    /// - Returns: a note for the user, if any.
    func recordVersions(on database: some SQLConnection, as table: TargetTable?) throws -> String? {
        try prepareHistory(on: database, as: table)
        let moment = try moment(on: database)
        if moment.isTaken {
            // These versions were never valid.
            try database.execute("DELETE FROM \(history) AS h WHERE \(ended) AND h.\(Self.from) = \(moment.sql)")
        }
        try database.execute("UPDATE \(history) AS h SET \(Self.to) = \(moment.sql) WHERE \(ended)")
        if moment.isTaken { try reopen(at: moment.sql, on: database) }
        try database.execute(
            """
            INSERT INTO \(history) (\(list), \(Self.from))
            SELECT \(list), \(moment.sql) FROM \(target) AS t WHERE \(inScope && live && !currentVersion)
            """
        )
        try balanceHistory(database)
        return moment.note
    }

    /// Current versions whose row is no longer in the table.
    private var ended: Condition { current && inScope && !stillInTable }

    /// If a version ended at this very moment and the table has it again, it continues.
    private func reopen(at moment: String, on database: some SQLConnection) throws {
        try database.execute(
            """
            UPDATE \(history) AS h SET \(Self.to) = NULL
            WHERE h.\(Self.to) = \(moment) AND \(inScope) AND \(stillInTable) AND NOT EXISTS (
                SELECT 1 FROM \(history) AS c WHERE c.\(Self.to) IS NULL AND \(sameKey("c", "h"))
            )
            """
        )
    }

    /// The existing table of the versions, after a check that it can store them; nil if there is none.
    func findHistory(on database: some SQLConnection) throws -> TargetTable? {
        let found = try database.inspect(historyTable)
        if let found { try check(found, versions, as: historyTable, on: database) }
        return found
    }

    /// The statements that every run executes on an existing history, for no row.
    var historyStatements: [String] {
        [
            "UPDATE \(history) AS h SET \(Self.to) = h.\(Self.from) WHERE false",
            "INSERT INTO \(history) (\(list), \(Self.from)) SELECT \(list), h.\(Self.from) FROM \(history) AS h WHERE false",
        ]
    }

    private func prepareHistory(on database: some SQLConnection, as table: TargetTable?) throws {
        let found = try findHistory(on: database)
        try prepare(
            historyTable,
            for: versions,
            found: found,
            types: table?.types ?? [:],
            checks: ["\(Self.to) > \(Self.from)"],
            on: database
        )
        guard found == nil else { return }
        let index = qualified(TableName(self.table.name + Self.index))
        try database.execute(
            """
            CREATE UNIQUE INDEX \(index) ON \(historyTable.quoted)
            (\(key.joined(separator: ", "))) WHERE \(Self.to) IS NULL
            """
        )
    }

    private struct Moment {
        var sql: String
        /// Whether the history contains this moment.
        var isTaken = false
        var note: String?
    }

    /// The moment of this run: its start, or the millisecond after the latest moment in the history if that is later. A
    /// run that began earlier may end later, and the clock may have been ahead. Versions keep their order, and none
    /// ends before it begins.
    private func moment(on database: some SQLConnection) throws -> Moment {
        let start = context.startedAt
        func moments(_ column: String) -> String { "SELECT \(column) AS moment FROM \(history) WHERE \(inScope)" }
        let latest = try database.rows(
            """
            SELECT max(moment), CASE WHEN max(moment) > '\(start)' THEN \(dialect.nextMillisecond("max(moment)")) END,
              CASE WHEN max(moment) > '\(max(start, .now))' THEN 1 END
            FROM (\(moments(Self.from)) UNION ALL \(moments(Self.to))) AS moments
            WHERE moment >= '\(start)'
            """
        ).first
        guard let known = latest?[0] else { return Moment(sql: "'\(start)'") }
        guard let next = latest?[1] else { return Moment(sql: SQLDialect.literal(known), isTaken: true) }
        var moment = Moment(sql: SQLDialect.literal(next))
        if latest?[2] != nil {
            moment.note = """
                \(historyTable) holds versions of \(known), which is in the future: the clock was ahead when they were \
                written, or is behind now. The versions of this run follow by a millisecond
                """
        }
        return moment
    }

    /// Checks that every row of the table has a current version, and that there are no others.
    private func balanceHistory(_ database: some SQLConnection) throws {
        let rows = try count(database, where: inScope && live)
        let current = try database.count("SELECT count(*) FROM \(history) AS h WHERE \(inScope && current)")
        guard rows != current else { return }
        throw Failure(
            .destinationFailed,
            "\(table) has \(counted(rows, "row")), but \(historyTable) \(counted(current, "current version")); nothing was changed",
            advice: "look for a trigger or a rule on \(historyTable) that discards rows"
        )
    }
}

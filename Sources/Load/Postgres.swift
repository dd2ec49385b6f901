import PostgreSQL
import Records
import Stages

/// A table of a PostgreSQL database.
struct Postgres: Loader {
    let settings: TableSettings
    let url: PostgresURL?
    let unfit: UnfitValues
    let lockTimeout: Period
    let statementTimeout: Period
    let retries: Count

    static let spec = StageSpec<any Loader>(
        "postgres",
        """
        Updates a PostgreSQL table in one transaction: COPY into a temporary table, then an upsert of the rows that \
        differ. Unchanged rows are neither written nor locked. Creates the table if it is missing. Never touches other \
        columns. Rows without a key replace the contents of the table, or the part that `only` selects.
        """,
        example: "postgres: { url: \"postgresql://axport@db.example/assets\", table: assets.devices }",
        shared: TableSettings.group,
        settings: Setting<PostgresURL?>.optional(
            "url",
            "URL of the database. Default: what libpq finds in PGHOST, PGSERVICE, and the password file."
        ),
        Setting("unfit", UnfitValues.meaning, default: UnfitValues.refuse),
        Setting("lock_timeout", PostgresLimits.lockMeaning, default: Period(seconds: 60)),
        Setting("statement_timeout", PostgresLimits.statementMeaning, default: Period(seconds: 30 * 60)),
        Setting("retries", PostgresLimits.retriesMeaning, default: Count(3)),
        build: Postgres.init
    )

    var place: String? { url?.reveal ?? "" }

    var retryWaits: [Duration] { PostgresLimits.waits(retries.number) }

    var destination: String { settings.table?.description ?? "the dataset's own table" }

    func replacesRows(of schema: Schema) -> Bool { settings.mode(for: settings.rows(of: schema)) == .replace }

    func claim(_ schema: Schema) -> Claim? {
        settings.claim(of: schema, in: url?.reveal ?? "", .postgres)
    }

    func places(_ schema: Schema, _ context: LoadContext) -> [String] {
        [(url?.reveal ?? "") + "\n" + SQLDialect.postgres.names.identity(settings.table(for: schema).quoted)]
    }

    private var limits: PostgresLimits { PostgresLimits(lock: lockTimeout, statement: statementTimeout) }

    func doubts(_ schema: Schema) -> [Problem] { settings.doubts(schema) }

    func check(_ schema: Schema, at location: SourceLocation) throws(PlanError) {
        var problems = Problems()
        problems.take(try settings.check(schema, .postgres, at: location))
        problems.add(limits.problems(retries: retries).map { Diagnostic($0, at: location) })
        try problems.end()
    }

    func open(_ schema: Schema, _ context: LoadContext) async throws -> any LoadSession {
        try await PostgresSession(url, target(schema, context))
    }

    func target(_ schema: Schema, _ context: LoadContext) throws(Failure) -> PostgresTarget {
        PostgresTarget(
            merge: try settings.merge(schema, context, .postgres, staging: PostgresTarget.staging),
            unfit: unfit,
            limits: limits
        )
    }
}

/// Works in one transaction, which ends with the session. The target is not touched before the commit, so that several
/// loads of a run can write one table.
struct PostgresSession: LoadSession {
    private let connection = PostgresConnection()
    private var target: PostgresTarget
    private(set) var copy: PostgresCopy
    let notes: [String]
    private var sending = Sending()

    init(_ url: PostgresURL?, _ target: PostgresTarget) async throws {
        self.target = target
        notes = try await connection.connect(url, hiding: target.merge.context.secrets)
        do {
            copy = try await connection.run { database in try target.explaining(database) { try target.begin(database) }
            }
        } catch {
            await connection.close()
            throw error
        }
    }

    var takesRemovedRows: Bool { target.merge.removals.devices != .keep }

    mutating func write(_ batch: Batch) async throws {
        if copy.way == .table, !target.merge.adds(batch) {
            copy.filtered += batch.count
            return
        }
        let rows = try copy.format.rows(batch)
        copy.sent += batch.count
        let (target, connection) = (self.target, self.connection)
        try await sending.send {
            try await connection.run { database in try target.explaining(database) { try database.copy(rows) } }
        }
    }

    mutating func permit(_ batch: Batch) { target.merge.removals.permitted.append(batch) }

    /// If the table's database has the lease, nobody can take it before the commit. In another database, the lease is
    /// asked for last.
    mutating func commit() async throws -> LoadCounts {
        let lease = target.merge.context.lease
        let (counts, isLocked) = try await end { database in try lease.map { try database.lock($0.row) } ?? true }
        if let lease {
            if !isLocked { try await lease.confirm() }
            try lease.require()
        }
        let target = target
        try await connection.run { database in try target.explaining(database) { try database.commit() } }
        await connection.close()
        return counts
    }

    /// The end of the connection rolls the transaction back.
    mutating func rehearse() async throws -> LoadCounts {
        let counts = try await end { _ in }.counts
        await connection.close()
        return counts
    }

    /// Does everything except the end of the transaction.
    private mutating func end<Result: Sendable>(
        _ ending: @Sendable (PostgresHandle) throws -> Result
    ) async throws -> (counts: LoadCounts, Result) {
        try await sending.finish()
        let (target, copy) = (target, copy)
        return try await connection.run { database in
            try target.explaining(database) {
                let counts = try target.bringUpToDate(database, copy)
                return (counts, try ending(database))
            }
        }
    }

    mutating func rollback() async {
        await sending.cancel()
        await connection.close()
    }
}

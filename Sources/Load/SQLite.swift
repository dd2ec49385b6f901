import GRDB
import Records
import Stages

/// A table of a SQLite file.
struct SQLite: Loader {
    let settings: TableSettings
    let file: PathPattern

    static let spec = StageSpec<any Loader>(
        "sqlite",
        """
        Updates a table of a SQLite file in one transaction. Unchanged rows are not written. Creates the file and the \
        table if they are missing. Never touches other columns or tables. Rows without a key replace the contents of \
        the table, or the part that `only` selects.
        """,
        example: "sqlite: { file: out/assets.sqlite }",
        shared: TableSettings.group,
        settings: Setting("file", "Path of the file. `{source}`, `{date}`, and `{run}` are replaced."),
        build: SQLite.init
    )

    var destination: String { settings.table.map { "\(file.pattern) (\($0))" } ?? file.pattern }

    func claim(_ schema: Schema) -> Claim? {
        settings.claim(of: schema, in: file.place, .sqlite)
    }

    func replacesRows(of schema: Schema) -> Bool { settings.mode(for: settings.rows(of: schema)) == .replace }

    var sharesFiles: Bool { true }

    func files(_ context: LoadContext) -> [String] {
        let path = file.path(context)
        return ([""] + SQLiteFile.companions).map { path + $0 }
    }

    func leftBehind(_ context: LoadContext) -> LeftBehind? {
        file.leftBehind(context, companions: SQLiteFile.companions)
    }

    func check(_ schema: Schema, at location: SourceLocation) throws(PlanError) {
        var problems = Problems()
        if file.pattern == "-" {
            problems.add(Diagnostic("a SQLite database cannot be written to standard output", at: location))
        }
        if let table = settings.table, table.schema != nil {
            let name = TableName(table.name)
            problems.add(Diagnostic("SQLite has no schemas", hint: "expected a table such as \(name)", at: location))
        }
        problems.take(try settings.check(schema, .sqlite, at: location))
        if let only = settings.only { problems.take(try TableCondition.check(only)) }
        try problems.end()
    }

    func merge(_ schema: Schema, _ context: LoadContext) throws -> TableLoad {
        try settings.merge(
            schema,
            context,
            .sqlite,
            attached: SQLiteStaging.attached,
            staging: SQLiteStaging.table
        )
    }

    func open(_ schema: Schema, _ context: LoadContext) async throws -> any LoadSession {
        let merge = try merge(schema, context)
        return try await SQLiteSession(file.path(context), merge, asNewTable: refusal(schema, context))
    }

    /// Why a new list must be refused: its last version is elsewhere. Another load may already have created the file.
    private func refusal(_ schema: Schema, _ context: LoadContext) -> Failure? {
        guard schema.isAllowlist, settings.maxRemoved.percent < 100 else { return nil }
        return file.formerFiles(context, companions: SQLiteFile.companions).map {
            RemovalGuard(most: settings.maxRemoved, allowance: 0).refuse(destination, without: $0)
        }
    }
}

/// Rows wait in a private database of this session. The file is therefore locked only during the update, and several
/// loads can write it.
struct SQLiteSession: LoadSession {
    private var file: SQLiteFile
    private var merge: TableLoad
    private let database: DatabaseQueue
    private var staged = 0

    /// - Parameter refusal: why the table must not be new.
    init(_ path: String, _ merge: TableLoad, asNewTable refusal: Failure?) async throws {
        self.merge = merge
        file = try SQLiteFile(path)
        do {
            database = try SQLiteStaging.open()
            let file = file
            try await database.writeWithoutTransaction { staging in
                // For `only`, which is an expression like any other.
                if let connection = staging.sqliteConnection { _ = GuardedFunctions(on: connection) }
                try file.attach(to: staging)
                defer { file.detach(from: staging) }
                let connection = SQLiteConnection(database: staging)
                let found = try connection.inspect(merge.table)
                if found == nil, let refusal { throw refusal }
                try merge.check(found, on: connection)
                try staging.execute(sql: merge.createStaging)
            }
        } catch {
            file.removeIfUnused()
            throw file.failure(error)
        }
    }

    var takesRemovedRows: Bool { merge.removals.devices != .keep }

    mutating func write(_ batch: Batch) async throws {
        let merge = merge
        do {
            try await database.writeWithoutTransaction { try merge.stage(batch, $0) }
        } catch {
            throw SQLiteStaging.failure(error, loading: file.path)
        }
        staged += batch.count
    }

    mutating func permit(_ batch: Batch) { merge.removals.permitted.append(batch) }

    mutating func commit() async throws -> LoadCounts { try await end(.commit) }

    mutating func rehearse() async throws -> LoadCounts {
        let counts = try await end(.rollback)
        file.removeIfUnused()
        return counts
    }

    private mutating func end(_ completion: Database.TransactionCompletion) async throws -> LoadCounts {
        do {
            try file.make()
            let (file, merge, staged) = (file, merge, staged)
            let counts = try await database.writeWithoutTransaction { database in
                try file.attach(to: database)
                defer { file.detach(from: database) }
                if completion == .commit {
                    try database.execute(sql: "PRAGMA \(SQLiteStaging.attached).journal_mode = WAL")
                }
                var counts = LoadCounts()
                try database.inTransaction(.immediate) {
                    let connection = SQLiteConnection(database: database)
                    let found = try connection.inspect(merge.table)
                    try merge.check(found, on: connection)
                    counts = try merge.run(on: connection, found: found, staged: staged)
                    return completion
                }
                return counts
            }
            try? database.close()
            return counts
        } catch {
            throw file.failure(error)
        }
    }

    mutating func rollback() async {
        try? database.close()
        file.removeIfUnused()
    }
}

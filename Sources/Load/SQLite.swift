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

    func doubts(_ schema: Schema) -> [Problem] { settings.doubts(schema) }

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

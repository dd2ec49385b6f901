import Records
import Stages

/// The settings for loading a table, the same for every database.
struct TableSettings: Sendable {
    let table: TableName?
    let mode: TableMode?
    let key: [ColumnName]?
    let only: Expression?
    let removed: RemovedDevices?
    let maxRemoved: Percentage
    let history: Bool
    let migrate: Bool

    private static let tableMeaning = """
        Table to load; created if missing. Default: the name of the dataset. Names are used as written, including \
        capitals. Quotes work as in PostgreSQL: `'assets."my.devices"'` has a period in its name.
        """
    private static let modeMeaning = """
        `merge` adds and updates rows by their key. `replace` also deletes rows that are no longer there, for any \
        reason. `append` adds rows beside those of earlier runs, with a column `run_id` first. Defaults: `replace` \
        for allowlists, for rows without a key, and for the datasets coverage and servers (with `--limit`, `merge`); \
        `merge` for all others. If rows or table have no key, `replace` refuses a table that has columns of other \
        owners, except columns that the database fills itself.
        """
    private static let keyMeaning = """
        Columns that identify a row; default: the key of the dataset. The table needs a primary key or a unique index \
        on exactly these columns. With `append`, `run_id` is added.
        """
    private static let onlyMeaning = """
        A SQL condition over the table's columns. Only rows that meet it are replaced; other rows are left alone. New \
        rows must meet it.
        """
    private static let removedMeaning = """
        What to do with rows of devices that left the organization: keep them as they were, set `removed_at` (mark), \
        or delete them. Defaults: mark if there is a column `removed_at`; delete in an allowlist; otherwise keep. \
        `append` never changes old rows: it leaves such rows out (keep) or adds them with their `removed_at` (mark). \
        If rows have a column `source`, only rows of the run's source are retired. If pipelines of several \
        organizations share a table, the table needs that column; otherwise each pipeline retires the devices of the \
        others.
        """
    private static let maxRemovedMeaning = """
        Refuse to retire more than this share of the table at once; \(RemovalGuard.usualAllowance) rows may always \
        go. A table never loses its last row unless this is 100%. An allowlist is never published empty. `rejects` \
        may become empty.
        """
    private static let historyMeaning = """
        Keep every version of a row in a second table, named after the first with `_history`. `valid_from` is the \
        start of the run that brought the version, `valid_to` the start of the run that changed or retired it. The \
        current version has no `valid_to`. A difference in bookkeeping columns such as `last_seen_at` alone does not \
        create a version.
        """
    private static let migrateMeaning = """
        Add missing columns, in the transaction of the load. The types of existing columns never change. While \
        PostgreSQL adds a column, readers of the table wait until the load commits.
        """

    static let group = SettingGroup<TableSettings>(
        settings: Setting<TableName?>.optional(
            "table",
            tableMeaning
        ),
        Setting<TableMode?>.optional("mode", modeMeaning),
        Setting<[ColumnName]?>.optional("key", keyMeaning),
        Setting<Expression?>.optional("only", onlyMeaning),
        Setting<RemovedDevices?>.optional("removed", removedMeaning),
        Setting("max_removed", maxRemovedMeaning, default: RemovalGuard.usual),
        Setting("history", historyMeaning, default: false),
        Setting("migrate", migrateMeaning, default: false),
        build: TableSettings.init
    )

    func table(for schema: Schema) -> TableName { table ?? TableName(schema.name) }

    /// The schema of the rows in the table: with the pipeline's key, and in mode `append` with the run.
    func rows(of schema: Schema) -> Schema {
        var rows = schema
        if let key { rows.key = key.map(\.name) }
        return mode == .append ? rows.withRun : rows
    }

    func mode(for rows: Schema) -> TableMode {
        if mode == .append { return .append }
        if rows.keyIndexes == nil { return .replace }
        return mode ?? (rows.isAllowlist || rows.dataset?.rowsEnd == .missing ? .replace : .merge)
    }

    private func mode(for rows: Schema, _ context: LoadContext) -> TableMode {
        let mode = mode(for: rows)
        // The user did not ask for `replace`, and a part of the rows must not replace all.
        let canMerge = self.mode == nil && only == nil && rows.keyIndexes != nil && !rows.isAllowlist
        return context.isPartial && mode == .replace && canMerge ? .merge : mode
    }

    /// The rows that no second load of the same run may write.
    func claim(of schema: Schema, in database: String, _ dialect: SQLDialect) -> Claim? {
        let (rows, table) = (rows(of: schema), table(for: schema))
        let place = [database, dialect.names.identity(table.quoted)]
        switch mode(for: rows) {
        case .append where rows.keyIndexes == nil:
            return Claim(
                place: place,
                deed: "adds rows without a key to \(table)",
                advice: "name the columns of a key with `key:`, or these rows look like a repetition of the others"
            )
        case .replace where only == nil:
            return Claim(
                place: place,
                deed: "replaces the rows of \(table)",
                advice: """
                    load into another table, name a part of this one with `only:`, or name a key with `key:` and set \
                    mode: merge
                    """
            )
        case .merge, .append, .replace: return nil
        }
    }

    func removal(for rows: Schema) -> RemovedDevices {
        if let removed { return removed }
        if mode == .append { return .keep }
        if rows.isAllowlist { return .delete }
        return rows.index(of: "removed_at") == nil ? .keep : .mark
    }

    /// The part of a table from which a load may remove rows, as a condition; nil for the whole table.
    private func scope(of schema: Schema, _ context: LoadContext) -> Removals.Scope? {
        let hasSource = schema.index(of: Schema.sourceColumn) != nil
        let own = "\(SQLDialect.quote(Schema.sourceColumn)) = \(SQLDialect.literal(context.source))"
        guard let only = only?.sql else {
            return hasSource ? Removals.Scope(condition: Condition(own), shown: own) : nil
        }
        // On separate lines, so that a comment at the end of the condition ends there.
        let condition = "(\n\(only)\n)"
        return hasSource
            ? Removals.Scope(condition: Condition("\(condition) AND \(own)"), shown: "only: (\(only)) AND \(own)")
            : Removals.Scope(condition: Condition(condition), shown: "only: \(only)")
    }

    /// - Parameters:
    ///   - attached: the name of the attached database, if it is attached.
    ///   - staging: the SQL name of the table with the new rows.
    func merge(
        _ schema: Schema,
        _ context: LoadContext,
        _ dialect: SQLDialect,
        attached: String? = nil,
        staging: String
    ) throws(Failure) -> TableLoad {
        let rows = rows(of: schema)
        let table = table(for: schema)
        let mode = mode(for: rows, context)
        if context.isPartial, mode == .replace {
            throw RemovalGuard.refuse(partOf: table.description)
        }
        return TableLoad(
            incoming: schema,
            schema: rows,
            table: table,
            dialect: dialect,
            attached: attached,
            staging: staging,
            mode: mode,
            removals: Removals(
                devices: removal(for: rows),
                scope: scope(of: schema, context),
                limit: RemovalGuard(most: maxRemoved, allowance: RemovalGuard.usualAllowance)
            ),
            hasHistory: history,
            migrates: migrate,
            context: context
        )
    }
}

/// How a load changes a table.
enum TableMode: String, SettingValue, CaseIterable {
    case merge, replace, append
}

/// The treatment of rows of devices that left the organization.
enum RemovedDevices: String, SettingValue, CaseIterable {
    case keep, mark, delete
}

extension Schema {
    /// The column that tells apart the rows of several runs.
    static let runColumn = "run_id"

    /// The same schema with the run as its first column and first in its key.
    fileprivate var withRun: Schema {
        var rows = self
        if index(of: Self.runColumn) == nil {
            rows.fields.insert(Field(Self.runColumn, .text, as: .identifier, "The run that added the row."), at: 0)
        }
        if keyIndexes != nil, !key.contains(Self.runColumn) { rows.key.insert(Self.runColumn, at: 0) }
        return rows
    }
}

import Pipeline
import Records

/// What a pipeline file says about loading a table, the same for every database.
struct TableSettings: Sendable {
    let table: TableName?
    let mode: TableMode?
    let only: String?
    let removed: RemovedDevices?
    let maxRemoved: Percentage

    static let modeMeaning = """
        `merge` adds and updates rows by their key; `replace` also deletes the rows that are no longer there, whatever the \
        reason. Without it, merge where rows have a key, and replace lists for network access control and rows without a \
        key.
        """
    static let onlyMeaning = """
        A SQL condition over the table's columns: replace the rows for which it is true, and leave the others to their \
        owner. The new rows must meet it.
        """
    static let tableMeaning = "Table; made where it is missing. Without it, the name of the dataset."
    static let removedMeaning = """
        Rows of devices that left the organisation: leave them as they were, set `removed_at`, or delete them. \
        Without it, mark where there is a column `removed_at`, delete from a list for network access control, otherwise \
        keep.
        """
    static let maxRemovedMeaning = """
        Refuse to retire more rows at once than this share of the table; up to \(RemovalGuard.usualAllowance) rows are \
        always allowed. A list for network access control is never emptied unless this is 100%.
        """

    func table(for schema: Schema) -> TableName { table ?? TableName(schema.name) }

    /// The part of a table that a load may take rows from, as a condition; nil where that is all of it.
    func scope(of schema: Schema, _ context: LoadContext) -> String? {
        let own = "\(SQLDialect.quote(Schema.sourceColumn)) = \(SQLDialect.literal(context.source))"
        let conditions = [only.map { "(\n\($0)\n)" }, schema.isOneOfSeveral ? own : nil].compactMap { $0 }
        return conditions.isEmpty ? nil : conditions.joined(separator: " AND ")
    }

    func mode(for schema: Schema) -> TableMode {
        if schema.keyIndexes == nil { return .replace }
        return mode ?? (schema.isAllowlist ? .replace : .merge)
    }

    func removal(for schema: Schema) -> RemovedDevices {
        if let removed { return removed }
        if schema.isAllowlist { return .delete }
        return schema.index(of: "removed_at") == nil ? .keep : .mark
    }

    func check(_ schema: Schema, at location: SourceLocation) throws(PlanError) {
        try schema.refuseRepeatedColumns(at: location)
        if mode == .merge, schema.keyIndexes == nil {
            throw PlanError([Diagnostic("mode: merge needs rows with a key; these have none", at: location)])
        }
        if only != nil, mode(for: schema) == .merge {
            throw PlanError([
                Diagnostic("only: limits what mode: replace replaces; mode: merge never does", at: location)
            ])
        }
        guard removed == .mark, schema.index(of: "removed_at") == nil else { return }
        throw PlanError([
            Diagnostic("removed: mark needs the column removed_at; load it, or choose keep or delete", at: location)
        ])
    }
}

/// How rows come into a table.
enum TableMode: String, SettingValue, CaseIterable {
    case merge, replace
}

/// What a table does with the rows of devices that left the organisation.
enum RemovedDevices: String, SettingValue, CaseIterable {
    case keep, mark, delete
}

import Pipeline
import Records

/// What a pipeline file says about loading a table, the same for every database.
struct TableSettings: Sendable {
    let table: TableName?
    let removed: RemovedDevices?
    let maxRemoved: Percentage

    static let defaultMaxRemoved = Percentage(percent: 5)
    static let tableMeaning = "Table; made where it is missing. Without it, the name of the dataset."
    static let removedMeaning = """
        Rows of devices that left the organisation: leave them as they were, set `removed_at`, or delete them. \
        Without it, mark where there is a column `removed_at`, otherwise keep.
        """
    static let maxRemovedMeaning = """
        Refuse to retire more rows at once than this share of the table; up to \(Merge.alwaysAllowed) rows are always \
        allowed.
        """

    func table(for schema: Schema) -> TableName { table ?? TableName(schema.name) }

    func removal(for schema: Schema) -> RemovedDevices {
        removed ?? (schema.index(of: "removed_at") == nil ? .keep : .mark)
    }

    func check(_ schema: Schema, at location: SourceLocation) throws(PlanError) {
        try schema.refuseRepeatedColumns(at: location)
        guard removed == .mark, schema.index(of: "removed_at") == nil else { return }
        throw PlanError([
            Diagnostic("removed: mark needs the column removed_at; load it, or choose keep or delete", at: location)
        ])
    }
}

/// What a table does with the rows of devices that left the organisation.
enum RemovedDevices: String, SettingValue, CaseIterable {
    case keep, mark, delete
}

import Records
import Stages

extension TableLoad {
    /// The columns that the load writes to the staging table, in this order.
    var stagedList: String {
        (incoming.fields.map(\.name) + [Self.removedFlag]).map(SQLDialect.quote).joined(separator: ", ")
    }

    /// The columns of the staging table: those of the rows, the flag of removed devices, and those with one value for
    /// all rows.
    func stagingColumns(_ columns: [String], flagType: String) -> String {
        var columns = columns + ["\(SQLDialect.quote(Self.removedFlag)) \(flagType)"]
        if let run = schema.fields.first(where: { incoming.index(of: $0.name) == nil }) {
            let value = SQLDialect.literal(context.runID)
            columns.append("\(SQLDialect.quote(run.name)) \(dialect.spell(run.type)) DEFAULT \(value)")
        }
        return columns.joined(separator: ", ")
    }

    /// Creates a table, or adds its missing columns.
    ///
    /// - Parameter types: declared types of columns that must match another table.
    func prepare(
        _ name: TableName,
        for rows: Schema,
        found: TargetTable?,
        types: [String: String] = [:],
        checks: [String] = [],
        on database: some SQLConnection
    ) throws {
        let statements =
            if let found {
                rows.fields.filter { found.column($0.name) == nil }.flatMap {
                    dialect.addColumn($0, types[$0.name], to: qualified(name))
                }
            } else {
                dialect.createTable(rows, named: qualified(name), types: types, checks: checks)
            }
        for statement in statements {
            if statement.hasPrefix(SQLDialect.comment) {
                try database.comment(statement)
            } else {
                try database.execute(statement)
            }
        }
    }
}

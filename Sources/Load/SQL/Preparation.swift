import Records
import Stages

extension TableLoad {
    /// What the staging table is given, in this order.
    var stagedList: String {
        (incoming.fields.map(\.name) + [Self.removedFlag]).map(SQLDialect.quote).joined(separator: ", ")
    }

    /// The columns of the staging table: those of the rows, the mark of removed devices, and what is the same for all.
    func stagingColumns(_ columns: [String], flagType: String) -> String {
        var columns = columns + ["\(SQLDialect.quote(Self.removedFlag)) \(flagType)"]
        if let run = schema.fields.first(where: { incoming.index(of: $0.name) == nil }) {
            let value = SQLDialect.literal(context.runID)
            columns.append("\(SQLDialect.quote(run.name)) \(dialect.spell(run.type)) DEFAULT \(value)")
        }
        return columns.joined(separator: ", ")
    }

    /// Makes a table, or adds the columns that it lacks.
    ///
    /// - Parameter types: declared types of columns that are to be as in another table.
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

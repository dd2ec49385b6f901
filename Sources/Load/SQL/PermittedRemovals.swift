import Records
import Stages

/// Rows whose removal a person accepted: the guard does not count them.
extension TableLoad {
    private static let permittedName = "axport_permitted"
    private var permittedTable: String { "\(dialect.temporarySchema).\(Self.permittedName)" }

    /// Writes down their keys, in a table that goes with the transaction or the connection.
    func stagePermitted(on database: some SQLConnection) throws {
        guard removals.permittedCount > 0, let columns = incoming.keyColumns(schema.key) else { return }
        let names = key.joined(separator: ", ")
        // Of the same types, so that keys compare as they do everywhere else.
        try database.execute(
            "CREATE TEMPORARY TABLE \(Self.permittedName) AS SELECT \(names) FROM \(staging) AS s WHERE false"
        )
        let rows = removals.permitted.flatMap { batch in
            (0..<batch.count).map { row in
                let values = columns.map { batch.display(batch[$0, row]).map(SQLDialect.literal) ?? "NULL" }
                return "(\(values.joined(separator: ", ")))"
            }
        }
        for start in stride(from: 0, to: rows.count, by: 500) {
            let some = rows[start..<min(rows.count, start + 500)].joined(separator: ", ")
            try database.execute("INSERT INTO \(permittedTable) (\(names)) VALUES \(some)")
        }
    }

    /// Of the rows `t` of the table that meet a condition, those that may go.
    func permittedCount(_ database: some SQLConnection, where condition: Condition) throws -> Int {
        guard removals.permittedCount > 0, incoming.keyColumns(schema.key) != nil else { return 0 }
        return try count(
            database,
            where: Condition("(\(condition))")
                && Condition("(\(keys("t"))) IN (SELECT \(keys("p")) FROM \(permittedTable) AS p)")
        )
    }

    /// Ends the transaction's own table, which would stay with a pooled connection.
    func dropPermitted(on database: some SQLConnection) throws {
        if removals.permittedCount > 0, incoming.keyColumns(schema.key) != nil {
            try database.execute("DROP TABLE \(permittedTable)")
        }
    }
}

extension Schema {
    /// Positions of the columns of a key; nil if one is not among the rows, or there is none.
    fileprivate func keyColumns(_ key: [String]) -> [Int]? {
        let columns = key.compactMap(index(of:))
        return columns.count == key.count && !key.isEmpty ? columns : nil
    }
}

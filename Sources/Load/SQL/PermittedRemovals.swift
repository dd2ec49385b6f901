import Records
import Stages

/// Rows whose removal a person accepted: the guard does not count them.
extension TableLoad {
    private var permittedTable: String { "\(dialect.temporarySchema).\(Self.permittedName)" }

    /// Stores their keys in a table that ends with the transaction or the connection.
    func stagePermitted(on database: some SQLConnection) throws {
        guard removals.permittedCount > 0, let columns = incoming.keyColumns(schema.key) else { return }
        let names = key.joined(separator: ", ")
        // With the same types, so that keys compare as everywhere else.
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

    /// The number of table rows `t` that meet a condition and that may be removed.
    func permittedCount(_ database: some SQLConnection, where condition: Condition) throws -> Int {
        guard removals.permittedCount > 0, incoming.keyColumns(schema.key) != nil else { return 0 }
        return try count(
            database,
            where: Condition("(\(condition))")
                && Condition("(\(keys("t"))) IN (SELECT \(keys("p")) FROM \(permittedTable) AS p)")
        )
    }

    /// Drops the temporary table, which would otherwise stay in a pooled connection.
    func dropPermitted(on database: some SQLConnection) throws {
        if removals.permittedCount > 0, incoming.keyColumns(schema.key) != nil {
            try database.execute("DROP TABLE \(permittedTable)")
        }
    }
}

extension Schema {
    /// Positions of the key's columns; nil if a column is missing, or without a key.
    fileprivate func keyColumns(_ key: [String]) -> [Int]? {
        let columns = key.compactMap(index(of:))
        return columns.count == key.count && !key.isEmpty ? columns : nil
    }
}

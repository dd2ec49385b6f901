import GRDB
import Records

/// The database file that is attached to a staging database.
struct SQLiteConnection: SQLConnection {
    let database: Database

    func execute(_ sql: String) throws -> Int {
        try database.execute(sql: sql)
        return database.changesCount
    }

    func rows(_ sql: String) throws -> [[String?]] {
        try Row.fetchAll(database, sql: sql).map { row in
            row.databaseValues.map { value in
                switch value.storage {
                case .null, .blob: nil
                case .int64(let number): "\(number)"
                case .double(let number): "\(number)"
                case .string(let text): text
                }
            }
        }
    }

    func freeIndexName(for table: TableName) throws -> String {
        let taken = try Set(rows("SELECT lower(name) FROM \(SQLiteStaging.attached).sqlite_master").map { $0[0] ?? "" })
        var name = "\(table.name)_key"
        while taken.contains(name.lowercased()) { name += "_2" }
        return "\(SQLDialect.quote(name)) "
    }

    func inspect(_ table: TableName) throws -> TargetTable? {
        let name = SQLDialect.literal(table.name)
        let attached = SQLDialect.literal(SQLiteStaging.attached)
        let kind = try String.fetchOne(
            database,
            sql: """
                SELECT type FROM \(SQLiteStaging.attached).sqlite_master
                WHERE name = \(name) COLLATE NOCASE AND type IN ('table', 'view')
                """
        )
        guard kind != "view" else {
            throw Failure(.destinationFailed, "\(table) is not a table", advice: "load into a table with another name")
        }
        let columns = try Row.fetchAll(
            database,
            sql:
                "SELECT name, type, hidden, pk, \"notnull\", dflt_value IS NOT NULL AS filled FROM pragma_table_xinfo(\(name), \(attached))"
        )
        if columns.isEmpty { return nil }
        let indexes = try SQLiteIndexes(of: table, in: database)
        let primaryKey = columns.filter { $0["pk"] as Int > 0 }.map { $0["name"] as String }
        return TargetTable(
            schema: nil,
            columns: columns.map { Self.column($0, primaryKey: primaryKey, indexes.collations[$0["name"]]) },
            uniqueKeys: indexes.uniqueKeys + [Set(primaryKey)],
            mayAddColumns: true,
            partitionKey: [],
            // A column's type only suggests how values are stored.
            mayAlterRows: true,
            // A trigger of SQLite cannot change the row that it sees.
            mayFillColumns: false,
            names: .sqlite
        )
    }

    private static func column(_ row: Row, primaryKey: [String], _ collation: String?) -> TargetTable.Column {
        let type: String = row["type"]
        return TargetTable.Column(
            name: row["name"],
            type: type,
            baseType: type,
            plainType: type,
            isGenerated: row["hidden"] as Int > 1,
            // A key of one integer column is SQLite's rowid.
            hasOwnValue: row["filled"] || row["hidden"] as Int > 1
                || primaryKey == [row["name"]] && type.uppercased() == "INTEGER",
            isRequired: row["notnull"],
            modifier: nil,
            isFree: false,
            comparison: Comparison(
                rule: collation.map { "COLLATE \($0)" },
                collation: collation.map { " COLLATE \(SQLDialect.quote($0))" } ?? "",
                exact: " COLLATE BINARY"
            )
        )
    }
}

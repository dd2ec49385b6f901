import GRDB
import Records

/// The file that is attached to a staging database.
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
            throw Failure(.destinationFailed, "\(table) is not a table", advice: "load into a table of another name")
        }
        let columns = try Row.fetchAll(
            database,
            sql:
                "SELECT name, type, hidden, pk, \"notnull\", dflt_value IS NOT NULL AS filled FROM pragma_table_xinfo(\(name), \(attached))"
        )
        if columns.isEmpty { return nil }
        let indexed = try Row.fetchAll(
            database,
            sql: """
                SELECT list.name AS "index", info.name AS "column"
                FROM pragma_index_list(\(name), \(attached)) AS list,
                    pragma_index_info(list.name, \(attached)) AS info
                WHERE list."unique" AND NOT list.partial
                """
        )
        var uniqueKeys: [String: Set<String>] = [:]
        // An expression has no name; an index with one is no key of ours.
        for row in indexed { uniqueKeys[row["index"], default: []].insert(row["column"] ?? "") }
        let primaryKey = columns.filter { $0["pk"] as Int > 0 }.map { $0["name"] as String }
        return TargetTable(
            schema: nil,
            columns: columns.map { row in
                let type: String = row["type"]
                return TargetTable.Column(
                    name: row["name"],
                    type: type,
                    baseType: type,
                    isGenerated: row["hidden"] as Int > 1,
                    // A lone key of integers is SQLite's own number of the row.
                    fillsItself: row["filled"] || row["hidden"] as Int > 1
                        || primaryKey == [row["name"]] && type.uppercased() == "INTEGER",
                    isRequired: row["notnull"],
                    modifier: nil
                )
            },
            uniqueKeys: uniqueKeys.values + [Set(primaryKey)],
            isOurs: true
        )
    }
}

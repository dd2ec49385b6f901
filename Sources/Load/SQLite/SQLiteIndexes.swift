import GRDB
import Records

/// The unique indexes that tell the rows of a table apart.
struct SQLiteIndexes {
    private(set) var uniqueKeys: [Set<String>] = []
    /// By column: the collation of a unique index that treats different texts as equal.
    private(set) var collations: [String: String] = [:]

    init(of table: TableName, in database: Database) throws {
        let name = SQLDialect.literal(table.name)
        let attached = SQLDialect.literal(SQLiteStaging.attached)
        let columns = try Row.fetchAll(
            database,
            sql: """
                SELECT list.name AS "index", list."unique" AND NOT list.partial AS isKey, list."unique" AS isUnique,
                    info.name AS "column", upper(info.coll) AS collation
                FROM pragma_index_list(\(name), \(attached)) AS list,
                    pragma_index_xinfo(list.name, \(attached)) AS info
                WHERE info.key
                """
        )
        var keys: [String: Set<String>] = [:]
        for row in columns {
            let collation: String = row["collation"]
            // SQLite also lists custom collations that a table names, but only a program can define them.
            guard ["BINARY", "NOCASE", "RTRIM"].contains(collation) else { throw Self.refusal(of: collation, table) }
            let column: String? = row["column"]
            // An expression has no name, so an index that has one cannot be our key.
            if row["isKey"] { keys[row["index"], default: []].insert(column ?? "") }
            if row["isUnique"], let column, collation != "BINARY" { collations[column] = collation }
        }
        uniqueKeys = Array(keys.values)
    }

    private static func refusal(of collation: String, _ table: TableName) -> Failure {
        Failure(
            .destinationFailed,
            """
            an index of table \(table) sorts by the collation \(collation), which only the program that created it \
            knows, so axport cannot write to it
            """,
            advice: "load into another table"
        )
    }
}

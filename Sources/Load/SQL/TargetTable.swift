import Records

/// A table as it is found in a database.
struct TargetTable: Sendable {
    struct Column: Sendable, Hashable {
        let name: String
        /// As it was declared.
        let type: String
        /// What the declaration comes down to, in the dialect's terms.
        let baseType: String
        /// The same as a statement writes it, without limits and without the rules of a domain.
        let plainType: String
        let isGenerated: Bool
        /// Whether the database fills it where a row does not.
        let hasOwnValue: Bool
        /// Whether it refuses nulls.
        let isRequired: Bool
        /// How long or precise its values may be, as the database counts; nil if it says nothing of the kind.
        let modifier: Int?
        /// Whether nothing else in the database depends on its type.
        let isFree: Bool
        let comparison: Comparison
    }

    /// The schema that it was found in, in databases that have such.
    let schema: String?
    var columns: [Column]
    /// Sets of columns that are unique in the database.
    var uniqueKeys: [Set<String>]
    /// Whether we may add columns.
    let mayAddColumns: Bool
    /// Columns that every unique index has to have, because they decide where a row is kept.
    let partitionKey: Set<String>
    let names: NameRules

    /// The declared types of its columns by their names, with the collation that tells keys apart.
    var types: [String: String] {
        Dictionary(
            columns.map { ($0.name, $0.type + $0.comparison.collation) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    func column(_ name: String) -> Column? {
        let identity = names.identity(name)
        return columns.first { names.identity($0.name) == identity }
    }

    /// Whether the key is unique in the database, too.
    func hasKey(of schema: Schema) -> Bool {
        guard schema.keyIndexes != nil else { return false }
        let key = Set(schema.key.map(names.identity))
        return uniqueKeys.contains { Set($0.map(names.identity)) == key }
    }
}

/// How a database compares the values of a column.
struct Comparison: Sendable, Hashable {
    /// The rule by which it treats different values as equal, as messages show it; nil if there is none.
    var rule: String?
    /// Compares two values as the table's key does.
    var collation = ""
    /// Makes them compare to the last byte.
    var exact = ""
}

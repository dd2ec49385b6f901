import Records

/// An existing table of a database.
struct TargetTable: Sendable {
    struct Column: Sendable, Hashable {
        let name: String
        /// The declared type.
        let type: String
        /// The underlying type, in the dialect's terms.
        let baseType: String
        /// The type in a statement, without limits and without the rules of a domain.
        let plainType: String
        let isGenerated: Bool
        /// Whether the database sets it if a row has no value for it.
        let hasOwnValue: Bool
        /// Whether it refuses nulls.
        let isRequired: Bool
        /// The limit on its length or precision, in the database's encoding; nil if there is none.
        let modifier: Int?
        /// Whether nothing else in the database depends on its type.
        let isFree: Bool
        let comparison: Comparison
    }

    /// The schema that contains it, in databases with schemas.
    let schema: String?
    var columns: [Column]
    /// Sets of columns with a unique index.
    var uniqueKeys: [Set<String>]
    /// Whether we may add columns.
    let mayAddColumns: Bool
    /// The columns that every unique index must include, because they select a row's partition.
    let partitionKey: Set<String>
    /// Whether a trigger, a rule or a partition may store other rows than are written.
    let mayAlterRows: Bool
    /// Whether a trigger or a rule may give values to columns that the rows lack.
    let mayFillColumns: Bool
    let names: NameRules

    /// The declared types of its columns by name, with the collation of the key.
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

    /// Whether it stores exactly the values that are written, or refuses them.
    func stores(_ schema: Schema) -> Bool {
        !mayAlterRows
            && schema.fields.allSatisfy { field in
                column(field.name).map { $0.modifier == nil && $0.type == $0.plainType } ?? true
            }
    }

    /// Whether the key has a unique index.
    func hasKey(of schema: Schema) -> Bool {
        guard schema.keyIndexes != nil else { return false }
        let key = Set(schema.key.map(names.identity))
        return uniqueKeys.contains { Set($0.map(names.identity)) == key }
    }
}

/// How a database compares the values of a column.
struct Comparison: Sendable, Hashable {
    /// The rule that treats different values as equal, for messages; nil if there is none.
    var rule: String?
    /// Compares two values like the table's key.
    var collation = ""
    /// Compares two values to the last byte.
    var exact = ""
}

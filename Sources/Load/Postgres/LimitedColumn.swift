import Records

/// A column of the table that cannot store some values of its type.
struct LimitedColumn {
    let field: Field
    let type: String
    let limit: ColumnLimit
    /// Whether it needs a value.
    let isRequired: Bool
    /// Whether nothing else in the database depends on its type.
    let isFree: Bool

    var name: String { field.name }
    var quoted: String { SQLDialect.quote(name) }
    /// A condition for the staged rows whose value does not fit.
    var unfitting: Condition { limit.excess(of: "s.\(quoted)") }
}

import Records

/// A column of the table that has no room for some values of its type.
struct LimitedColumn {
    let field: Field
    let type: String
    let limit: ColumnLimit
    /// Whether it cannot do without a value.
    let isRequired: Bool
    /// Whether nothing stands in the way of another type.
    let isFree: Bool

    var name: String { field.name }
    var quoted: String { SQLDialect.quote(name) }
    /// A condition for the waiting rows whose value does not fit.
    var unfitting: Condition { limit.excess(of: "s.\(quoted)") }
}

/// What a column of somebody's own has no room for, although its kind of type has.
enum ColumnLimit: Hashable {
    /// `varchar(n)`
    case length(Int)
    /// `varchar(n)[]`
    case elementLength(Int)
    /// `numeric(p,s)`: so many digits before and after the point.
    case digits(Int, fraction: Int)
    /// `integer`
    case int4

    init?(_ column: TargetTable.Column) {
        // The server keeps lengths and precisions with four added.
        switch (column.baseType, column.modifier.map { $0 - 4 }) {
        case ("varchar", let length?): self = .length(length)
        case ("_varchar", let length?): self = .elementLength(length)
        case ("numeric", let modifier?):
            let scale = modifier & 0x7FF
            let fraction = scale < 0x400 ? scale : scale - 0x800
            self = .digits((modifier >> 16 & 0xFFFF) - fraction, fraction: fraction)
        case ("int4", _): self = .int4
        default: return nil
        }
    }

    /// The type without the limit, under which values wait.
    var stagedType: String {
        switch self {
        case .length: "text"
        case .elementLength: "text[]"
        case .digits: "numeric"
        case .int4: "bigint"
        }
    }

    /// Whether waiting values compare with those of the table only once they have its type: a fraction is rounded.
    var isConverted: Bool {
        switch self {
        case .length, .int4: false
        case .elementLength, .digits: true
        }
    }

    /// A condition for the values of a column that do not fit. A text with nothing but spaces too many would be cut.
    func isExceeded(by column: String) -> String {
        switch self {
        case .length(let most): "char_length(\(column)) > \(most)"
        case .elementLength(let most):
            "EXISTS (SELECT 1 FROM unnest(\(column)) AS element WHERE char_length(element) > \(most))"
        case .digits(let whole, let fraction): "abs(round(\(column), \(fraction))) >= 1e\(whole)::numeric"
        case .int4: "\(column) NOT BETWEEN -2147483648 AND 2147483647"
        }
    }
}

import Records

/// The values that a column of the user's table cannot store, although its kind of type can.
enum ColumnLimit: Hashable {
    /// `varchar(n)`
    case length(Int)
    /// `varchar(n)[]`
    case elementLength(Int)
    /// `numeric(p,s)`: this many digits before and after the decimal point.
    case digits(Int, fraction: Int)
    /// `integer` and `smallint`
    case whole(ClosedRange<Int>)
    /// `timestamptz(p)`: this many fractional digits of a second.
    case seconds(fraction: Int)
    /// Characters that the database's encoding lacks, in a column whose staged values are bytes.
    case characters([Unicode.Scalar])

    init?(_ column: TargetTable.Column) {
        // The server stores lengths and precisions plus four.
        switch (column.baseType, column.modifier.map { $0 - 4 }) {
        case ("varchar", let length?): self = .length(length)
        case ("_varchar", let length?): self = .elementLength(length)
        case ("numeric", let modifier?):
            let scale = modifier & 0x7FF
            let fraction = scale < 0x400 ? scale : scale - 0x800
            self = .digits((modifier >> 16 & 0xFFFF) - fraction, fraction: fraction)
        case ("int4", _): self = .whole(-0x8000_0000...0x7FFF_FFFF)
        case ("int2", _): self = .whole(-0x8000...0x7FFF)
        case ("timestamptz", _):
            guard let fraction = column.modifier, fraction < 6 else { return nil }
            self = .seconds(fraction: fraction)
        default: return nil
        }
    }

    /// The same type without the limit. It stores every value of the column.
    var roomyType: String? {
        switch self {
        case .length: "text"
        case .elementLength: "text[]"
        case .digits: "numeric"
        case .whole: "bigint"
        case .seconds: "timestamptz"
        case .characters: nil
        }
    }

    /// A condition for values of a column that do not fit unchanged. The server would cut spaces at the end of a text,
    /// and would round.
    func excess(of column: String) -> Condition {
        let sql =
            switch self {
            case .length(let most): "char_length(\(column)) > \(most)"
            case .elementLength(let most):
                "EXISTS (SELECT 1 FROM unnest(\(column)) AS element WHERE char_length(element) > \(most))"
            case .digits(let whole, let fraction):
                "(abs(\(column)) >= 1e\(whole)::numeric OR \(column) <> round(\(column), \(fraction)))"
            case .whole(let range): "\(column) NOT BETWEEN \(range.lowerBound) AND \(range.upperBound)"
            case .seconds(let fraction): "\(column) <> \(column)::timestamptz(\(fraction))"
            case .characters(let missing):
                "(\(missing.map { "position(\(Self.bytes(of: $0)) IN \(column)) > 0" }.joined(separator: " OR ")))"
            }
        return Condition(sql)
    }

    /// A value of the column as text.
    func text(of column: String) -> String {
        if case .characters = self { "encode(\(column), 'hex')" } else { "\(column)::text" }
    }

    /// The original value of the result of ``text(of:)``.
    func value(of text: String) -> String {
        guard case .characters = self else { return text }
        let digits = Array(text.utf8)
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { index in
            digits[index].hexDigit.flatMap { high in digits[index + 1].hexDigit.map { UInt8(high << 4 | $0) } }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func bytes(of character: Unicode.Scalar) -> String {
        "'\\x\(String(character).utf8.hex)'::bytea"
    }
}

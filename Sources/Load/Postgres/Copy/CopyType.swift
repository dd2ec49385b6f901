import Records

/// A type whose binary form we write (its `…recv` function in PostgreSQL's sources).
enum CopyType: Sendable {
    case text, textArray, jsonb, int8, float8, bool, timestamptz, date, macaddr

    /// Nil if values are sent as text, which every type reads.
    ///
    /// - Parameter column: the column whose type the staging table takes; nil if the table lacks it.
    init?(_ field: Field, in column: TargetTable.Column?) {
        switch (field.type, column?.baseType) {
        case (.text, nil), (.text, "text"), (.text, "varchar"), (.text, "citext"): self = .text
        case (.mac, "text"), (.mac, "varchar"), (.mac, "citext"): self = .text
        case (.mac, nil), (.mac, "macaddr"): self = .macaddr
        case (.integer, nil), (.integer, "int8"), (.integer, "int4"), (.integer, "int2"): self = .int8
        case (.real, nil), (.real, "float8"): self = .float8
        case (.boolean, nil), (.boolean, "bool"): self = .bool
        case (.timestamp, nil), (.timestamp, "timestamptz"): self = .timestamptz
        case (.date, nil), (.date, "date"): self = .date
        case (.textList, nil), (.textList, "_text"): self = .textArray
        case (.json, nil), (.json, "jsonb"): self = .jsonb
        default: return nil
        }
    }

    /// Those of all columns; nil if one has none.
    ///
    /// - Parameter table: the existing table; nil if there is none.
    static func all(_ rows: Schema, in table: TargetTable?) -> [CopyType]? {
        let types = rows.fields.compactMap { CopyType($0, in: table?.column($0.name)) }
        return types.count == rows.fields.count ? types : nil
    }
}

import Records

/// A value as tests write it.
enum TestValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByFloatLiteral
{
    case null
    case text(String)
    case integer(Int64)
    case real(Double)
    case boolean(Bool)
    /// Seconds since 1970.
    case moment(Int64)
    /// Days since 1970.
    case day(Int32)

    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(floatLiteral value: Double) { self = .real(value) }
    init(booleanLiteral value: Bool) { self = .boolean(value) }
    init(nilLiteral: ()) { self = .null }
}

extension Batch {
    init(_ rows: [[TestValue]], isRemoved: Bool = false) {
        self.init(width: rows.first?.count ?? 0)
        self.isRemoved = isRemoved
        for (index, row) in rows.enumerated() {
            appendRow()
            for (column, value) in row.enumerated() {
                self[column, index] =
                    switch value {
                    case .null: .null
                    case .text(let text): self.text(text)
                    case .integer(let number): .integer(number)
                    case .real(let number): .real(number)
                    case .boolean(let flag): .boolean(flag)
                    case .moment(let seconds): .timestamp(seconds * 1_000_000)
                    case .day(let days): .date(days)
                    }
            }
        }
    }
}

extension Schema {
    /// Two texts, the first of them the key.
    static let pairs = Schema(
        "pairs",
        "What tests write.",
        key: ["id"],
        [Field("id", .text, as: .identifier, "Key."), Field("note", .text, "Any text.")]
    )

    /// Devices as far as retiring goes.
    static let fleet = Schema(
        "fleet",
        "Devices of a test.",
        key: ["serial_number"],
        [
            Field("serial_number", .text, as: .identifier, "Serial number."),
            Field("color", .text, "Colour."),
            Field("last_seen_at", .timestamp, as: .bookkeeping, "When a listing last held it."),
            Field("removed_at", .timestamp, "When a listing first lacked it."),
        ]
    )

    /// Addresses that a network lets in.
    static let allowlist: Schema = {
        var schema = Schema(
            "allowed",
            "Addresses of a test.",
            key: ["mac"],
            [Field("mac", .mac, as: .identifier, "Address."), Field("owner", .text, "Whose list it is.")]
        )
        schema.isAllowlist = true
        return schema
    }()

    /// A column of every type.
    static let types = Schema(
        "types",
        "A column of every type.",
        key: ["id"],
        [
            Field("id", .text, as: .identifier, "Key."),
            Field("size", .integer, "A size."),
            Field("share", .real, "A share."),
            Field("is_new", .boolean, "A flag."),
            Field("seen_at", .timestamp, "A moment."),
            Field("ends_on", .date, "A day."),
            Field("wifi_mac_address", .mac, as: .identifier, "An address."),
            Field("imeis", .textList, as: .identifier, "A list."),
            Field("extra", .json, "Anything else, it's said."),
        ]
    )
}

extension Batch {
    /// Rows of two texts, numbered.
    static func pairs(_ numbers: Range<Int>, note: String = "note") -> Batch {
        Batch(numbers.map { [.text("\(1000 + $0)"), .text(note)] })
    }

    /// Rows of an allowlist.
    static func addresses(_ numbers: Range<Int>, isRemoved: Bool = false) -> Batch {
        Batch(numbers.map { [.text("a4:83:e7:00:\(10 + $0 / 90):\(10 + $0 % 90)"), "axport"] }, isRemoved: isRemoved)
    }
}

/// Texts that writers have got wrong.
let awkwardTexts = [
    "plain", "a,b", "iMac 21.5\"", "l1\nl2", "l1\r\nl2", "a\rb", " lead", "trail ", "\ttab", "\\.", "\\N", "NULL",
    "null",
    "C:\\dir\\", "Zürich — 東京 🍎", "=1+1", "-2085650007946880", "'quoted'", "a;b|c", "{\"a\":1}", "\u{2028}line",
    "\u{85}",
    "\u{1}\u{b}\u{c}\u{8}", "e\u{301}", "%s $1 ? :x",
]

import Records
import Stages

/// Comma-separated values (RFC 4180).
struct CSV: FileLoader {
    let settings: FileSettings
    let profile: CSVProfile
    let delimiter: CSVDelimiter
    let lineEnding: LineEnding
    let header: Bool
    let quotes: CSVQuotes
    let listSeparator: String

    static let spec = StageSpec<any Loader>(
        "csv",
        """
        Writes a CSV file. It is replaced as a whole, and only if something changed. Null is an empty field; empty text \
        is `""`. The profile `machine` writes every value unchanged. The profile `excel` adds a byte order mark, \
        keeps long numbers and texts such as `1/2` from being converted, disarms formulas, and writes times as \
        `2025-01-16 09:30:00` (UTC) and, with `delimiter: ';'`, numbers with a decimal comma; do not import such a file \
        into another system.
        """,
        example: "csv: { file: out/devices.csv, columns: [serial_number, eid] }",
        shared: FileSettings.group,
        settings: Setting("profile", "Who reads the file.", default: CSVProfile.machine),
        Setting("delimiter", "Character between fields, or `tab`.", default: CSVDelimiter.comma),
        Setting("line_ending", "End of every line.", default: LineEnding.crlf),
        Setting("header", "Whether the first line names the columns.", default: true),
        Setting(
            "quotes",
            """
            Quote the values that need it, or `never`, for readers that do not understand quotes. With `never`, a value \
            that contains a delimiter or a line break fails the load.
            """,
            default: CSVQuotes.whenNeeded
        ),
        Setting("list_separator", "Text between the elements of a list.", default: ";"),
        build: CSV.init
    )

    func check(_ schema: Schema, at location: SourceLocation) throws(PlanError) {
        var problems = Problems(settings.nameProblems(.csv, at: location))
        problems.take(try settings.check(schema, at: location))
        if listSeparator.isEmpty { problems.add(Diagnostic("list_separator must not be empty", at: location)) }
        if quotes == .never { problems.add(quoteProblems(schema, at: location)) }
        try problems.end()
    }

    /// Why values or names need quotes.
    private func quoteProblems(_ schema: Schema, at location: SourceLocation) -> [Diagnostic] {
        if profile == .excel { return [Diagnostic("the profile excel needs quotes", at: location)] }
        let breaks = [Character(UnicodeScalar(delimiter.byte)), "\n", "\r", "\r\n"]
        let names = header ? schema.fields.map(\.name).filter { $0.contains { breaks.contains($0) } } : []
        return names.map { Diagnostic("the column name '\($0)' needs quotes", at: location) }
    }

    func format(_ schema: Schema) -> CSVFormat { CSVFormat(schema, self) }

    func syntax(_ schema: Schema, key: Int) -> (any ListSyntax)? {
        CSVList(
            names: schema.fields.map(\.name),
            key: key,
            format: format(schema),
            delimiter: delimiter.byte,
            lineEnding: lineEnding.bytes,
            hasHeader: header
        )
    }
}

enum CSVQuotes: String, SettingValue, CaseIterable {
    case whenNeeded = "when_needed"
    case never
}

enum CSVProfile: String, SettingValue, CaseIterable {
    case machine, excel
}

enum LineEnding: String, SettingValue, CaseIterable {
    case crlf, lf

    var bytes: [UInt8] { self == .crlf ? [0x0D, 0x0A] : [0x0A] }
}

/// The character between two fields.
struct CSVDelimiter: SettingValue, CustomStringConvertible {
    let byte: UInt8

    static let comma = CSVDelimiter(byte: UInt8(ascii: ","))
    static var typeName: String { "character" }
    /// YAML takes `~` for an empty value.
    static var form: ValueForm {
        .anyOf([.pattern("^(tab|\t|[\(String(decoding: allowed.sorted(), as: UTF8.self))])$"), .empty])
    }

    private init(byte: UInt8) { self.byte = byte }

    init(from node: ConfigNode) throws(Diagnostic) {
        let text = try String(from: node)
        let bytes = text == "tab" ? [UInt8(ascii: "\t")] : Array(text.utf8)
        guard bytes.count == 1, bytes == [UInt8(ascii: "\t")] || Self.allowed.contains(bytes[0]) else {
            throw Diagnostic("expected a punctuation mark such as ; or |, or the word tab", at: node.location)
        }
        byte = bytes[0]
    }

    /// Characters without another meaning in a value or its quoting.
    private static let allowed = Set(",;|:~^!#$%&*/@_".utf8)

    var description: String { byte == UInt8(ascii: "\t") ? "tab" : String(UnicodeScalar(byte)) }
}

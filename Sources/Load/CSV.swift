import Pipeline
import Records

/// Comma-separated values (RFC 4180).
struct CSV: Loader {
    let file: FileName
    let profile: CSVProfile
    let delimiter: CSVDelimiter
    let lineEnding: LineEnding
    let header: Bool
    let listSeparator: String
    let removed: RemovedRows

    static let spec = StageSpec<any Loader>(
        "csv",
        """
        Writes a CSV file, replaced as a whole and only when something changed. A null is an empty field, an empty \
        text is `""`. The profile `machine` writes every value as it is; `excel` adds a byte-order mark, keeps long \
        numbers from being rounded and formulas from being run: never feed that file to a machine.
        """,
        example: "csv: { file: out/devices.csv, columns: [serial_number, eid] }",
        settings: Setting("file", "Path; `{source}`, `{date}` and `{run}` are filled in. `-` is standard output."),
        Setting("profile", "Who reads it.", default: CSVProfile.machine),
        Setting("delimiter", "Between fields: one character, or `tab`.", default: CSVDelimiter.comma),
        Setting("line_ending", "At the end of every line.", default: LineEnding.crlf),
        Setting("header", "Whether the first line names the columns.", default: true),
        Setting("list_separator", "Between the elements of a list.", default: ";"),
        Setting("removed", "Rows of devices that left the organisation.", default: RemovedRows.skip),
        build: CSV.init
    )

    var destination: String { file.pattern }
    var writesBookkeeping: Bool { false }
    var separation: SourceSeparation { file.separation }

    func open(_ schema: Schema, _ context: LoadContext) async throws -> any LoadSession {
        try FileSession(file, CSVFormat(schema, self), removed: removed, context)
    }
}

enum CSVProfile: String, SettingValue, CaseIterable {
    case machine, excel
}

enum LineEnding: String, SettingValue, CaseIterable {
    case crlf, lf

    var bytes: [UInt8] { self == .crlf ? [0x0D, 0x0A] : [0x0A] }
}

/// What stands between two fields.
struct CSVDelimiter: SettingValue, CustomStringConvertible {
    let byte: UInt8

    static let comma = CSVDelimiter(byte: UInt8(ascii: ","))
    static var typeName: String { "character" }

    private init(byte: UInt8) { self.byte = byte }

    init(from node: ConfigNode) throws(Diagnostic) {
        let text = try String(from: node)
        let bytes = text == "tab" ? [UInt8(ascii: "\t")] : Array(text.utf8)
        guard bytes.count == 1, bytes == [UInt8(ascii: "\t")] || Self.allowed.contains(bytes[0]) else {
            throw Diagnostic("expected a punctuation mark such as ; or |, or the word tab", at: node.location)
        }
        byte = bytes[0]
    }

    /// Marks that have no other meaning in a field's value or its quoting.
    private static let allowed = Set(",;|:~^!#$%&*/@_".utf8)

    var description: String { byte == UInt8(ascii: "\t") ? "tab" : String(UnicodeScalar(byte)) }
}

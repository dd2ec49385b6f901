import Records
import Stages

/// An Excel workbook with one sheet.
struct XLSX: FileLoader {
    let settings: FileSettings
    let listSeparator: String

    static let spec = StageSpec<any Loader>(
        "xlsx",
        """
        Writes an Excel workbook with one sheet. Times and dates are Excel's own, in UTC; identifiers and all other text \
        stay text, digit by digit. It is replaced as a whole, and only if something changed.
        """,
        example: "xlsx: { file: out/devices.xlsx, columns: [serial_number, eid, ordered_at] }",
        shared: FileSettings.group,
        settings: Setting("list_separator", "Text between the elements of a list.", default: ";"),
        build: XLSX.init
    )

    static let suffix = ".xlsx"

    func check(_ schema: Schema, at location: SourceLocation) throws(PlanError) {
        var problems = Problems()
        problems.take(try settings.check(schema, at: location))
        if !settings.file.isStandardOutput, !settings.file.pattern.lowercased().hasSuffix(Self.suffix) {
            problems.add(
                Diagnostic(
                    "Excel opens a workbook only if its name ends in \(Self.suffix)",
                    hint: "name it such as devices\(Self.suffix)",
                    at: location
                )
            )
        }
        if settings.changesFile != nil {
            problems.add(
                Diagnostic(
                    "changes_file: the rows of a workbook cannot be compared",
                    hint: "write the list with `csv`, `ndjson`, or `json`",
                    at: location
                )
            )
        }
        if schema.fields.count > WorkbookLimits.columns {
            problems.add(
                Diagnostic(
                    "a sheet has at most \(WorkbookLimits.columns) columns, and there are \(schema.fields.count)",
                    at: location
                )
            )
        }
        try problems.end()
    }

    func format(_ schema: Schema) -> XLSXFormat { XLSXFormat(schema, listSeparator: listSeparator) }
}

import Pipeline
import Records

/// One JSON object per line.
struct NDJSON: Loader {
    let file: FileName
    let removed: RemovedRows

    static let spec = StageSpec<any Loader>(
        "ndjson",
        """
        Writes one JSON object per line, members in the order of the columns and every column in each, null or not. \
        The file is replaced as a whole and only when something changed.
        """,
        example: "ndjson: { file: \"-\" }",
        settings: Setting("file", "Path; `{source}`, `{date}` and `{run}` are filled in. `-` is standard output."),
        Setting("removed", "Rows of devices that left the organisation.", default: RemovedRows.skip),
        build: NDJSON.init
    )

    var destination: String { file.pattern }
    var writesBookkeeping: Bool { false }
    var separation: SourceSeparation { file.separation }

    func check(_ schema: Schema, at location: SourceLocation) throws(PlanError) {
        try schema.refuseRepeatedColumns(at: location)
    }

    func open(_ schema: Schema, _ context: LoadContext) async throws -> any LoadSession {
        try FileSession(file, NDJSONFormat(schema), removed: removed, context)
    }
}

extension Schema {
    func refuseRepeatedColumns(at location: SourceLocation) throws(PlanError) {
        var seen: Set<String> = []
        let repeated = fields.map(\.name).filter { !seen.insert($0).inserted }
        if repeated.isEmpty { return }
        throw PlanError(repeated.map { Diagnostic("column '\($0)' twice; a row can hold it once", at: location) })
    }
}

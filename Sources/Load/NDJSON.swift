import Pipeline
import Records

/// One JSON object per line.
struct NDJSON: Loader {
    let file: FileName
    let removed: RemovedRows
    let maxRemoved: Percentage?
    let splitRows: Count?

    static let spec = StageSpec<any Loader>(
        "ndjson",
        """
        Writes one JSON object per line, every column in each, null or not. Members come in the order of `columns:` or \
        `select`, otherwise by name. The file is replaced as a whole and only when something changed.
        """,
        example: "ndjson: { file: \"-\" }",
        settings: Setting("file", FileSettings.fileMeaning),
        Setting("removed", FileSettings.removedMeaning, default: RemovedRows.skip),
        Setting<Percentage?>.optional("max_removed", FileSettings.maxRemovedMeaning),
        Setting<Count?>.optional("split_rows", FileSettings.splitMeaning),
        build: NDJSON.init
    )

    private var settings: FileSettings {
        FileSettings(file: file, removed: removed, maxRemoved: maxRemoved, splitRows: splitRows)
    }

    var destination: String { file.pattern }
    var writesBookkeeping: Bool { false }
    var sortsColumns: Bool { true }
    var separation: SourceSeparation { file.separation }

    func check(_ schema: Schema, at location: SourceLocation) throws(PlanError) {
        try schema.refuseRepeatedColumns(at: location)
        try settings.check(schema, at: location)
    }

    func open(_ schema: Schema, _ context: LoadContext) async throws -> any LoadSession {
        try FileSession(settings, NDJSONFormat(schema), schema, context)
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

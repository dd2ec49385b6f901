import Records
import Stages

/// One JSON object per line.
struct NDJSON: FileLoader {
    let settings: FileSettings

    static let spec = StageSpec<any Loader>(
        "ndjson",
        """
        Writes one JSON object per line. Each object has every column, including nulls. Members are in the order of \
        `columns:` or `select`, otherwise sorted by name. The file is replaced as a whole, and only if something changed.
        """,
        example: "ndjson: { file: \"-\" }",
        shared: FileSettings.group,
        build: NDJSON.init
    )

    var sortsColumns: Bool { true }

    func check(_ schema: Schema, at location: SourceLocation) throws(PlanError) {
        var problems = Problems(settings.nameProblems(.ndjson, at: location))
        problems.take(try settings.check(schema, at: location))
        try problems.end()
    }

    func format(_ schema: Schema) -> NDJSONFormat { NDJSONFormat(schema) }

    func syntax(_ schema: Schema, key: Int) -> (any ListSyntax)? {
        JSONList(key: schema.fields[key].name, frame: nil, isValue: false)
    }
}

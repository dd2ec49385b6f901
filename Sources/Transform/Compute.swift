import Records
import Stages

struct Compute: Transformer {
    let values: NamedValues<Expression>

    static let spec = StageSpec<any Transformer>(
        "compute",
        """
        Adds or replaces columns, each computed by a SQL expression. Every expression sees the columns as they were \
        before this stage. A result is text, with three exceptions: an expression inside `CAST(… AS INTEGER)` or \
        `CAST(… AS REAL)` is a number; one inside `json(…)`, `json_array(…)`, `json_object(…)`, or `json_patch(…)` is \
        JSON; a column name alone keeps the type of the column.
        """,
        example: #"compute: { asset_tag: "'APL-' || serial_number" }"#,
        body: Setting("columns", "Name of each column and its expression."),
        build: Compute.init
    )

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        let compiler = try ExpressionCompiler(input, at: context.location, moment: context.moment)
        var output = input
        var columns = input.fields.enumerated().map { Projection.Column(field: $1, source: .input($0)) }
        var problems = Problems()
        for entry in values.entries {
            if let twin = output.fields.first(where: { $0.name.isTwin(of: entry.name) }) {
                problems.add(
                    Diagnostic(
                        "'\(entry.name)' and the column '\(twin.name)' differ only in case, which SQL ignores",
                        at: entry.location
                    )
                )
            }
            guard let checked = problems.take(try compiler.check(entry.value)) else { continue }
            let column = Projection.Column(entry.name, checked, input: input)
            let index = output.place(column.field)
            if index < columns.count { columns[index] = column } else { columns.append(column) }
        }
        try problems.end()
        return ProjectingTransform(
            projection: try Projection(
                columns,
                output: output,
                stage: "compute",
                input: input,
                compiler: compiler,
                at: context.location
            )
        )
    }

    func outline(of input: Schema) -> Schema? {
        var output = input
        output.extent = max(output.extent, .names)
        for entry in values.entries { _ = output.place(Field(entry.name, .text, "Computed.")) }
        return output
    }
}

extension String {
    fileprivate func isTwin(of name: String) -> Bool { self != name && sqlFolded == name.sqlFolded }
}

/// The bound form of `compute` and `select`.
struct ProjectingTransform: BoundTransform {
    let projection: Projection

    var output: Schema { projection.output }

    func apply(_ batch: inout Batch, findings: inout Findings) throws {
        try projection.apply(&batch, findings: &findings)
    }
}

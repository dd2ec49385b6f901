import Records
import Stages

struct Select: Transformer {
    let selection: Selection

    static let spec = StageSpec<any Transformer>(
        "select",
        "Replaces the row: either a list of columns, in the order to keep, or a map of new names to SQL expressions.",
        example: #"select: { Serial: serial_number, Policy: "''", Model: "upper(device_model)" }"#,
        body: Setting("columns", "Columns to keep, or the name of each new column with its expression."),
        build: Select.init
    )

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        var compiler: ExpressionCompiler?
        var columns: [Projection.Column] = []
        var problems = Problems()
        switch selection {
        case .columns(let names):
            columns = zip(names, input.positions(of: names, problems: &problems)).map { name, index in
                Projection.Column(field: input.fields[index].renamed(name.name), source: .input(index))
            }
        case .expressions(let values):
            let expressions = try ExpressionCompiler(input, at: context.location, moment: context.moment)
            compiler = expressions
            for entry in values.entries {
                guard let checked = problems.take(try expressions.check(entry.value)) else { continue }
                columns.append(Projection.Column(entry.name, checked, input: input))
            }
        }
        try problems.end()
        var output = input
        output.hasChosenOrder = true
        output.extent = min(output.extent, .names)
        output.fields = columns.map(\.field)
        output.key = key(of: input, in: columns)
        output.admitted = input.admitted.flatMap { newName(of: $0, input, in: columns) }
        return ProjectingTransform(
            projection: try Projection(
                columns,
                output: output,
                stage: "select",
                input: input,
                compiler: compiler,
                at: context.location
            )
        )
    }

    func outline(of input: Schema) -> Schema? {
        var output = input
        output.extent = .names
        output.hasChosenOrder = true
        output.fields = selection.names.map { name in
            input.fields.first { $0.name == name } ?? Field(name, .text, "Selected.")
        }
        return output
    }

    /// The key with its new names; no key if one of its columns is not selected.
    private func key(of input: Schema, in columns: [Projection.Column]) -> [String] {
        let names = input.key.compactMap { newName(of: $0, input, in: columns) }
        return names.count == input.key.count ? names : []
    }

    /// Nil for a column that is not selected unchanged.
    private func newName(of name: String, _ input: Schema, in columns: [Projection.Column]) -> String? {
        columns.first { column in
            if case .input(let index) = column.source { input.fields[index].name == name } else { false }
        }?.field.name
    }
}

/// The setting of `select`.
enum Selection: SettingValue {
    case columns([ColumnName])
    case expressions(NamedValues<Expression>)

    var names: [String] {
        switch self {
        case .columns(let names): names.map(\.name)
        case .expressions(let values): values.entries.map(\.name)
        }
    }

    static var typeName: String { "list of columns, or map of name to SQL expression" }
    static var form: ValueForm {
        .anyOf([.list(.column, acceptsOne: false, minimum: 1), NamedValues<Expression>.form])
    }

    init(from node: ConfigNode) throws(Diagnostic) {
        guard case .list = node.content else {
            self = .expressions(try NamedValues(from: node))
            return
        }
        let names = try [ColumnName](from: node)
        if names.isEmpty { throw Diagnostic("expected a column", at: node.location) }
        var seen: Set<String> = []
        for name in names where !seen.insert(name.name).inserted {
            throw Diagnostic("a column '\(name.name)' already exists", at: name.location)
        }
        self = .columns(names)
    }
}

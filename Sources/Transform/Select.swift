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
        var problems: [Diagnostic] = []
        func keep(_ column: () throws(Diagnostic) -> Projection.Column) {
            do throws(Diagnostic) { columns.append(try column()) } catch { problems.append(error) }
        }
        switch selection {
        case .columns(let names):
            for name in names {
                keep { () throws(Diagnostic) in
                    let index = try name.index(in: input)
                    return Projection.Column(field: input.fields[index].renamed(name.name), source: .input(index))
                }
            }
        case .expressions(let values):
            let expressions = try ExpressionCompiler(input, at: context.location)
            compiler = expressions
            for entry in values.entries {
                keep { () throws(Diagnostic) in
                    Projection.Column(entry.name, try expressions.check(entry.value), input: input)
                }
            }
        }
        guard problems.isEmpty else { throw PlanError(problems) }
        var output = input
        output.hasChosenOrder = true
        output.fields = columns.map(\.field)
        output.key = key(of: input, in: columns)
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

    /// The key with its new names; no key if one of its columns is not selected.
    private func key(of input: Schema, in columns: [Projection.Column]) -> [String] {
        let names = input.key.compactMap { name in
            columns.first { column in
                if case .input(let index) = column.source { input.fields[index].name == name } else { false }
            }?.field.name
        }
        return names.count == input.key.count ? names : []
    }
}

/// The setting of `select`.
enum Selection: SettingValue {
    case columns([ColumnName])
    case expressions(NamedValues<Expression>)

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

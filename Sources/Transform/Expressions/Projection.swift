import Records
import Stages

/// Columns from other columns: some are copied, some computed.
struct Projection {
    /// An output column and its expression.
    struct Column {
        let field: Field
        let source: Source
    }

    enum Source {
        case input(Int)
        case expression(CheckedExpression)
        /// The same cell in every row.
        case constant(Cell)
    }

    let output: Schema
    /// Positions of the input's columns, followed by the results and the constants.
    private let order: [Int]
    private let computed: [String]
    private let constants: [Cell]
    private let query: RowQuery?
    private let quarantine: Quarantine

    init(
        _ columns: [Column],
        output: Schema,
        stage: String,
        input: Schema,
        compiler: ExpressionCompiler?,
        at location: SourceLocation
    ) throws(PlanError) {
        self.output = output
        quarantine = Quarantine(stage: stage, input: input)
        var expressions: [CheckedExpression] = []
        var names: [String] = []
        var constants: [Cell] = []
        var order: [Int] = []
        let results = columns.count { if case .expression = $0.source { true } else { false } }
        for column in columns {
            switch column.source {
            case .input(let index): order.append(index)
            case .expression(let expression):
                order.append(input.fields.count + expressions.count)
                expressions.append(expression)
                names.append(column.field.name)
            case .constant(let cell):
                order.append(input.fields.count + results + constants.count)
                constants.append(cell)
            }
        }
        self.order = order
        computed = names
        self.constants = constants
        do {
            if let compiler, !expressions.isEmpty {
                query = try RowQuery(values: expressions, compiler: compiler, input: input)
            } else {
                query = nil
            }
        } catch {
            throw PlanError([Diagnostic(error.message, at: location)])
        }
    }

    func apply(_ batch: inout Batch, findings: inout Findings) throws(Failure) {
        if let query {
            let results: RowQuery.Results
            do {
                results = try query.values(of: batch)
            } catch {
                throw quarantine.failure(error, in: batch)
            }
            for refused in results.refused {
                findings.rejects.append(
                    quarantine.reject(
                        refused.text,
                        refused.reason,
                        column: computed[refused.expression],
                        row: refused.row,
                        of: batch
                    )
                )
            }
            append(results, to: &batch)
        }
        for cell in constants {
            batch.appendColumn()
            let index = batch.columns.count - 1
            for row in 0..<batch.count { batch[index, row] = cell }
        }
        batch.select(columns: order)
    }

    private func append(_ results: RowQuery.Results, to batch: inout Batch) {
        guard case .text(let texts) = batch.copy(results.bytes) else { return }
        for column in results.columns {
            batch.appendColumn()
            let index = batch.columns.count - 1
            for (row, cell) in column.enumerated() {
                if case .text(let text) = cell {
                    batch[index, row] = .text(TextRange(start: Int(texts.start + text.start), count: Int(text.count)))
                } else {
                    batch[index, row] = cell
                }
            }
        }
    }
}

extension Projection.Column {
    /// A column with a new name. If its expression is only another column's name, it keeps that column's type.
    init(_ name: String, _ expression: CheckedExpression, input: Schema) {
        if let index = expression.copiedColumn {
            self.init(field: input.fields[index].renamed(name), source: .input(index))
        } else if let moment = expression.copiedMoment {
            self.init(field: moment.field.renamed(name), source: .constant(moment.cell))
        } else {
            let meaning = "Computed: \(expression.sql)"
            // A text that contains an identifier must also keep every digit.
            let isIdentifier = expression.columns.contains { input.fields[$0].role == .identifier }
            let role: Field.Role = expression.type == .text && isIdentifier ? .identifier : .plain
            self.init(
                field: Field(name, expression.type, as: role, changing: expression.pace, meaning),
                source: .expression(expression)
            )
        }
    }
}

extension Field {
    /// The pipeline asked for this column by its new name, so it is no longer hidden.
    func renamed(_ name: String) -> Field {
        Field(
            name,
            type,
            from: path,
            aliases: aliases,
            as: role == .hidden ? .plain : role,
            changing: pace,
            meaning
        )
    }
}

extension Quarantine {
    /// The failure of an expression, with its stage and its device.
    func failure(_ failure: RowQuery.RowFailure, in batch: Batch) -> Failure {
        let device = serialNumber(of: failure.row, in: batch).map { "device \($0): " } ?? ""
        return Failure(.badData, "\(stage): \(device)\(failure.message)")
    }
}

import Records
import Stages

struct Where: Transformer {
    let expression: Expression

    static let spec = StageSpec<any Transformer>(
        "where",
        "Keeps the rows for which a SQL expression is true. Null is not true: `color <> 'RED'` drops rows without a color.",
        example: "where: status = 'ASSIGNED' AND product_family IN ('iPhone', 'iPad')",
        body: Setting("expression", "A condition over the columns."),
        build: Where.init
    )

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        let compiler = try ExpressionCompiler(input, at: context.location, moment: context.moment)
        let checked = try compiler.check(expression)
        do {
            return Bound(
                output: input,
                condition: checked.sql,
                columns: checked.columns,
                query: try RowQuery(filter: checked, compiler: compiler, input: input),
                quarantine: Quarantine(stage: "where", input: input)
            )
        } catch {
            throw PlanError([Diagnostic(error.message, at: expression.location)])
        }
    }

    func outline(of input: Schema) -> Schema? { input }

    private struct Bound: RowFilter {
        let output: Schema
        let condition: String
        let columns: [Int]
        let query: RowQuery
        let quarantine: Quarantine

        func apply(_ batch: inout Batch, findings: inout Findings) throws {
            do {
                let rows = try query.rows(of: batch)
                if rows.count < batch.count { batch.select(rows: rows) }
            } catch {
                throw quarantine.failure(error, in: batch)
            }
        }
    }
}

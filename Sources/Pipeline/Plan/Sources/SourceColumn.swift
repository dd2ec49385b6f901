import Records
import Stages

/// Adds the source's name as the first column if a pipeline has several sources.
struct SourceColumn: Transformer {
    let source: String

    static let name = "source"

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        Bound(source: source, output: input.withSource)
    }

    private struct Bound: BoundTransform {
        let source: String
        let output: Schema

        mutating func apply(_ batch: inout Batch, findings: inout Findings) throws {
            batch.appendColumn()
            let last = batch.columns.count - 1
            let name = batch.text(source)
            for row in 0..<batch.count { batch[last, row] = name }
            batch.select(columns: [last] + Array(0..<last))
        }
    }
}

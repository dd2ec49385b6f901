import Records
import Stages

struct NormalizeEID: Transformer {
    let warningsAsErrors: Bool

    static let spec = StageSpec<any Transformer>(
        "eid",
        "Normalizes the eSIM identifier in `eid`: 32 digits with correct check digits.",
        example: "eid: { warnings_as_errors: true }",
        settings: .warningsAsErrors("Reject an EID that does not begin with 89."),
        build: NormalizeEID.init
    )

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        let columns = try input.require(["eid": .text], for: "eid", at: context.location)
        return Bound(
            output: input,
            column: CanonicalColumn(columns[0], of: input, refusesWarnings: warningsAsErrors),
            quarantine: Quarantine(stage: "eid", input: input)
        )
    }

    private struct Bound: BoundTransform {
        let output: Schema
        var column: CanonicalColumn<EID>
        let quarantine: Quarantine

        mutating func apply(_ batch: inout Batch, findings: inout Findings) {
            for row in 0..<batch.count {
                column.apply(&batch, row: row, quarantine: quarantine, findings: &findings)
            }
        }
    }
}

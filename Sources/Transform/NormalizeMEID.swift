import Records
import Stages

struct NormalizeMEID: Transformer {
    let warningsAsErrors: Bool

    static let spec = StageSpec<any Transformer>(
        "meid",
        "Normalizes the MEIDs in `meids`: 14 uppercase hexadecimal digits, without a check digit.",
        example: "meid",
        settings: .warningsAsErrors("Reject an MEID in decimal form or with a check digit instead of converting it."),
        build: NormalizeMEID.init
    )

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        let columns = try input.require(["meids": .textList], for: "meid", at: context.location)
        return Bound(
            output: input,
            list: CanonicalListColumn(columns[0], of: input, refusesWarnings: warningsAsErrors),
            quarantine: Quarantine(stage: "meid", input: input)
        )
    }

    private struct Bound: BoundTransform {
        let output: Schema
        var list: CanonicalListColumn<MEID>
        let quarantine: Quarantine

        mutating func apply(_ batch: inout Batch, findings: inout Findings) {
            for row in 0..<batch.count {
                list.apply(&batch, row: row, quarantine: quarantine, findings: &findings)
            }
        }
    }
}

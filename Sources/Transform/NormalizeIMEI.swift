import Pipeline
import Records

struct NormalizeIMEI: Transformer {
    let warningsAsErrors: Bool

    static let spec = StageSpec<any Transformer>(
        "imei",
        """
        Makes the IMEIs in `imeis` canonical (15 digits, check digit verified) and adds `imei1` and `imei2`, and \
        `imeis_partial` for expressions: whether a value of the list was refused.
        """,
        example: "imei",
        settings: .warningsAsErrors(
            "Refuse an IMEI without its check digit, an IMEISV and a JSON number, instead of converting them."
        ),
        build: NormalizeIMEI.init
    )

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        let columns = try input.require(["imeis": .textList], for: "imei", at: context.location)
        var output = input
        let first = output.place(Field("imei1", .text, as: .identifier, "IMEI of the first SIM."))
        let second = output.place(Field("imei2", .text, as: .identifier, "IMEI of the second SIM."))
        let partial = output.place(
            Field("imeis_partial", .boolean, as: .hidden, "Whether an IMEI of the device was refused.")
        )
        return Bound(
            output: output,
            list: CanonicalListColumn(columns[0], of: input, refusesWarnings: warningsAsErrors),
            flat: [first, second],
            partial: partial,
            quarantine: Quarantine(stage: "imei", input: input)
        )
    }

    private struct Bound: BoundTransform {
        let output: Schema
        var list: CanonicalListColumn<IMEI>
        let flat: [Int]
        let partial: Int
        let quarantine: Quarantine

        mutating func apply(_ batch: inout Batch, findings: inout Findings) {
            batch.widen(to: output.fields.count)
            for row in 0..<batch.count {
                list.apply(&batch, row: row, quarantine: quarantine, findings: &findings)
                batch[partial, row] = .boolean(!list.list.refused.isEmpty)
                for position in flat.indices {
                    batch[flat[position], row] = element(position, of: batch[list.index, row])
                }
            }
        }

        /// The bytes of the list hold the IMEI already: `["…15…","…15…"]`.
        private func element(_ position: Int, of cell: Cell) -> Cell {
            guard case .text(let text) = cell, position < list.list.values.count else { return .null }
            return .text(TextRange(start: Int(text.start) + 2 + position * (IMEI.length + 3), count: IMEI.length))
        }
    }
}

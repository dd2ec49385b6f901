import Records
import Stages

struct NormalizeIMEI: Transformer {
    let warningsAsErrors: Bool

    static let spec = StageSpec<any Transformer>(
        "imei",
        """
        Normalizes the IMEIs in `imeis`: 15 digits with a correct check digit. Adds `imei1` and `imei2`, the first and \
        the second IMEI that Apple lists. A column stays empty if its IMEI is blank or rejected; `imei2` also if it \
        repeats `imei1`. Use `coalesce(imei1, imei2)` for either. In expressions, `imeis_partial` is true if an IMEI \
        of the list was rejected.
        """,
        example: "imei",
        settings: .warningsAsErrors(
            "Reject an IMEI without its check digit, an IMEISV, and a JSON number instead of converting them."
        ),
        build: NormalizeIMEI.init
    )

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        let columns = try input.require(["imeis": .textList], for: "imei", at: context.location)
        var output = input
        // A list that is already canonical no longer has the places of rejected values; the columns have them.
        let isFirst = ["imei1", "imei2", Self.partial].contains { input.index(of: $0) == nil }
        let first = output.place(Field("imei1", .text, as: .identifier, Self.meaning(of: "first")))
        let second = output.place(Field("imei2", .text, as: .identifier, Self.meaning(of: "second")))
        let partial = output.place(
            Field(Self.partial, .boolean, as: .hidden, "Whether an IMEI of the device was rejected.")
        )
        return Bound(
            output: output,
            list: CanonicalListColumn(columns[0], of: input, refusesWarnings: warningsAsErrors),
            flat: isFirst ? [first, second] : [],
            partial: isFirst ? partial : nil,
            quarantine: Quarantine(stage: "imei", input: input)
        )
    }

    private static let partial = "imeis_partial"

    private static func meaning(of place: String) -> String {
        "The \(place) IMEI that Apple lists; empty if that one was rejected or blank."
    }

    private struct Bound: BoundTransform {
        let output: Schema
        var list: CanonicalListColumn<IMEI>
        let flat: [Int]
        let partial: Int?
        let quarantine: Quarantine

        mutating func apply(_ batch: inout Batch, findings: inout Findings) {
            batch.widen(to: output.fields.count)
            for row in 0..<batch.count {
                list.apply(&batch, row: row, quarantine: quarantine, findings: &findings)
                if let partial { batch[partial, row] = .boolean(!list.list.refused.isEmpty) }
                for position in flat.indices {
                    batch[flat[position], row] = element(position, of: batch[list.index, row])
                }
            }
        }

        /// The list's bytes already contain the IMEI: `["…15…","…15…"]`.
        private func element(_ position: Int, of cell: Cell) -> Cell {
            let places = list.list.places
            guard case .text(let text) = cell, position < places.count, let place = places[position] else {
                return .null
            }
            return .text(TextRange(start: Int(text.start) + 2 + place * (IMEI.length + 3), count: IMEI.length))
        }
    }
}

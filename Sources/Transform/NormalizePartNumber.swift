import Records
import Stages

struct NormalizePartNumber: Transformer {
    static let spec = StageSpec<any Transformer>(
        "part_number",
        """
        Writes `part_number` in uppercase and adds `part_number_region`, such as LL, and `sale_type`. Part numbers in \
        another format, such as those of configure-to-order devices, stay as they are.
        """,
        example: "part_number",
        build: NormalizePartNumber.init
    )

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        let columns = try input.require(["part_number": .text], for: "part_number", at: context.location)
        var output = input
        let region = output.place(Field("part_number_region", .text, "Letters before the slash in the part number."))
        let saleType = output.place(Field("sale_type", .text, "retail, refurbished, replacement, or personalized."))
        return Bound(
            output: output,
            number: columns[0],
            region: region,
            saleType: saleType,
            quarantine: Quarantine(stage: "part_number", input: input)
        )
    }

    private struct Bound: BoundTransform {
        let output: Schema
        let number: Int
        let region: Int
        let saleType: Int
        let quarantine: Quarantine

        func apply(_ batch: inout Batch, findings: inout Findings) {
            batch.widen(to: output.fields.count)
            for row in 0..<batch.count {
                (batch[region, row], batch[saleType, row]) = (.null, .null)
                guard case .text(let text) = batch[number, row] else { continue }
                let verdict = PartNumber.parse(batch.bytes.span.extracting(text.range))
                guard let part = verdict.value else {
                    if !verdict.isValid {
                        let raw = batch.string(.text(text)) ?? ""
                        findings.rejects.append(
                            quarantine.reject(raw, verdict.reason, column: "part_number", row: row, of: batch)
                        )
                    }
                    batch[number, row] = .null
                    continue
                }
                findings.note(verdict.warnings)
                batch[number, row] = batch.text(part.text)
                if let letters = part.region { batch[region, row] = batch.text(letters) }
                if let type = part.saleType { batch[saleType, row] = batch.text(type.rawValue) }
            }
        }
    }
}

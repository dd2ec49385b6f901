import Records
import Stages

struct Storage: Transformer {
    let binaryUnits: Bool

    static let spec = StageSpec<any Transformer>(
        "storage",
        "Adds `capacity_bytes`: `device_capacity` in bytes. 1 GB is 1,000,000,000 bytes.",
        example: "storage",
        settings: Setting("binary_units", "Accept binary units such as GiB (powers of 1024).", default: true),
        build: Storage.init
    )

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        let columns = try input.require(["device_capacity": .text], for: "storage", at: context.location)
        var output = input
        let bytes = output.place(Field("capacity_bytes", .integer, "Capacity in bytes."))
        return Bound(
            output: output,
            label: columns[0],
            bytes: bytes,
            refusesWarnings: !binaryUnits,
            quarantine: Quarantine(stage: "storage", input: input)
        )
    }

    private struct Bound: BoundTransform {
        let output: Schema
        let label: Int
        let bytes: Int
        let refusesWarnings: Bool
        let quarantine: Quarantine

        func apply(_ batch: inout Batch, findings: inout Findings) {
            batch.widen(to: output.fields.count)
            for row in 0..<batch.count {
                batch[bytes, row] = .null
                guard case .text(let text) = batch[label, row] else { continue }
                let verdict = StorageBytes.parse(batch.bytes.span.extracting(text.range))
                    .refusingWarnings(refusesWarnings)
                if let value = verdict.value {
                    batch[bytes, row] = .integer(value.count)
                    findings.note(verdict.warnings)
                } else if !verdict.isValid {
                    let raw = batch.string(.text(text)) ?? ""
                    findings.rejects.append(
                        quarantine.reject(raw, verdict.reason, column: "capacity_bytes", row: row, of: batch)
                    )
                }
            }
        }
    }
}

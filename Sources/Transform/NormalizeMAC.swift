import Records
import Stages

struct NormalizeMAC: Transformer {
    let style: MACStyle
    let warningsAsErrors: Bool

    static let spec = StageSpec<any Transformer>(
        "mac",
        "Normalizes `wifi_mac_address`, `bluetooth_mac_address`, and `ethernet_mac_addresses`.",
        example: "mac: { style: colon_lower }",
        settings: Setting("style", "Format to write.", default: MACStyle.colonLower),
        .warningsAsErrors("Reject a locally administered (private) address."),
        build: NormalizeMAC.init
    )

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        let columns = try input.require(
            ["wifi_mac_address": .text, "bluetooth_mac_address": .text, "ethernet_mac_addresses": .textList],
            for: "mac",
            at: context.location
        )
        var output = input
        for column in columns.prefix(2) { output.fields[column].type = style == .colonLower ? .mac : .text }
        return Bound(
            output: output,
            wifi: CanonicalColumn(columns[0], of: input, style: style, refusesWarnings: warningsAsErrors),
            bluetooth: CanonicalColumn(columns[1], of: input, style: style, refusesWarnings: warningsAsErrors),
            ethernet: CanonicalListColumn(columns[2], of: input, style: style, refusesWarnings: warningsAsErrors),
            quarantine: Quarantine(stage: "mac", input: input)
        )
    }

    private struct Bound: BoundTransform {
        let output: Schema
        var wifi: CanonicalColumn<MACAddress>
        var bluetooth: CanonicalColumn<MACAddress>
        var ethernet: CanonicalListColumn<MACAddress>
        let quarantine: Quarantine

        mutating func apply(_ batch: inout Batch, findings: inout Findings) {
            for row in 0..<batch.count {
                wifi.apply(&batch, row: row, quarantine: quarantine, findings: &findings)
                bluetooth.apply(&batch, row: row, quarantine: quarantine, findings: &findings)
                ethernet.apply(&batch, row: row, quarantine: quarantine, findings: &findings)
            }
        }
    }
}

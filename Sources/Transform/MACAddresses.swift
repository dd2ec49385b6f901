import Records
import Stages

struct MACAddresses: Transformer {
    let interfaces: [Interface]
    let style: MACStyle
    let allowLocal: Bool
    let shared: Bool

    enum Interface: String, CaseIterable, SettingValue, CustomStringConvertible {
        case wifi, ethernet

        var description: String { rawValue }

        var column: String {
            switch self {
            case .wifi: "wifi_mac_address"
            case .ethernet: "ethernet_mac_addresses"
            }
        }
    }

    static let spec = StageSpec<any Transformer>(
        "mac_addresses",
        """
        Replaces each row by one row per address of the device, with the columns `mac` and `interface`: an allowlist \
        for network access control. It leaves out multicast addresses, placeholders, values that are not addresses, \
        and devices that the organization released. A load refuses to publish a list that is empty or much shorter \
        than before (`max_removed`).
        """,
        example: "mac_addresses: { interfaces: [wifi, ethernet], style: colon_upper }",
        settings: Setting("interfaces", "Interfaces to list, in this order.", default: [Interface.wifi, .ethernet]),
        Setting("style", "Format of `mac`.", default: MACStyle.colonLower),
        Setting("allow_local", "Also list locally administered (private) addresses.", default: false),
        Setting(
            "shared",
            "If several devices report one address (a USB adapter), list it for each; by default only for the first.",
            default: false
        ),
        build: MACAddresses.init
    )

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        var sources: [Source] = []
        var problems: [Diagnostic] = []
        for interface in interfaces where !sources.contains(where: { $0.interface == interface }) {
            if let column = input.index(of: interface.column) {
                sources.append(Source(interface: interface, column: column, name: interface.column))
            } else {
                problems.append(input.unknownColumn(interface.column, at: context.location))
            }
        }
        if interfaces.isEmpty { problems.append(Diagnostic("mac_addresses needs an interface", at: context.location)) }
        let releasedAt = input.index(of: "released_from_org_at")
        if input.lacks("released_from_org_at") {
            problems.append(
                Diagnostic(
                    "mac_addresses needs 'released_from_org_at', to leave out devices that were released",
                    hint: "keep the column until this stage",
                    at: context.location
                )
            )
        }
        guard let releasedAt, problems.isEmpty else { throw PlanError(problems) }
        var output = input
        let type: ValueType = style == .colonLower ? .mac : .text
        let mac = output.place(Field("mac", type, as: .identifier, "Address of the interface."))
        let interface = output.place(Field("interface", .text, "wifi or ethernet."))
        output.isAllowlist = true
        output.admitted = "mac"
        let source = input.isOneOfSeveral ? [Schema.sourceColumn] : []
        output.key = (shared && !input.key.isEmpty ? input.key : source) + ["mac"]
        return Bound(
            output: output,
            sources: sources,
            mac: mac,
            interface: interface,
            style: style,
            shared: shared,
            releasedAt: releasedAt,
            list: CanonicalList(refusesWarnings: !allowLocal),
            quarantine: Quarantine(stage: "mac_addresses", input: input)
        )
    }

    private struct Source {
        let interface: Interface
        let column: Int
        let name: String
    }

    private struct Bound: BoundTransform {
        let output: Schema
        let sources: [Source]
        let mac: Int
        let interface: Int
        let style: MACStyle
        let shared: Bool
        let releasedAt: Int
        var list: CanonicalList<MACAddress>
        let quarantine: Quarantine
        /// The addresses that already have a row: 8 bytes for each address of the fleet.
        var seen: Set<MACAddress> = []

        mutating func apply(_ batch: inout Batch, findings: inout Findings) {
            var rows: [Int] = []
            var found: [(address: MACAddress, interface: Interface)] = []
            for row in 0..<batch.count where !isReleased(row, in: batch) {
                if shared { seen.removeAll(keepingCapacity: true) }
                for source in sources {
                    guard case .text(let text) = batch[source.column, row] else { continue }
                    read(
                        batch.bytes.span.extracting(text.range),
                        isList: output.fields[source.column].type == .textList
                    )
                    for address in list.values where seen.insert(address).inserted {
                        rows.append(row)
                        found.append((address, source.interface))
                    }
                    findings.note(list.warnings)
                    for element in list.refused {
                        findings.rejects.append(
                            quarantine.reject(element.text, element.reason, column: source.name, row: row, of: batch)
                        )
                    }
                }
            }
            batch = batch.rows(rows)
            batch.widen(to: output.fields.count)
            write(found, to: &batch)
        }

        /// A table retires the rows of devices that left, so it needs these rows.
        private func isReleased(_ row: Int, in batch: Batch) -> Bool {
            !batch.isRemoved && !batch[releasedAt, row].isNull
        }

        private mutating func read(_ text: Span<UInt8>, isList: Bool) {
            if isList { list.read(text) } else { list.read(single: text) }
        }

        private func write(_ found: [(address: MACAddress, interface: Interface)], to batch: inout Batch) {
            var text: [UInt8] = []
            for (row, entry) in found.enumerated() {
                text.removeAll(keepingCapacity: true)
                entry.address.append(to: &text, style: style)
                batch[mac, row] = batch.copy(text)
                batch[interface, row] = batch.text(entry.interface.rawValue)
            }
        }
    }
}

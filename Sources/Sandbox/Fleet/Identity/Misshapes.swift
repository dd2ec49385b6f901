/// Deviations from the documentation: another type, another name, a word outside the documented list. Clients report
/// most of them; a new version of the API may bring the others.
enum Misshapes {
    private typealias Change = @Sendable (inout [SandboxAttribute], inout Draw) -> Void

    static func apply(to attributes: inout [SandboxAttribute], draw: inout Draw) {
        draw.pick(changes)(&attributes, &draw)
    }

    private static let changes: [Change] = [
        { attributes, _ in attributes.change("imei", firstOnly) },
        { attributes, _ in attributes.change("imei", numeric) },
        { attributes, _ in attributes.change("meid", firstOnly) },
        { attributes, _ in attributes.change("ethernetMacAddress", firstOnly) },
        { attributes, _ in attributes.change("wifiMacAddress") { .array([$0]) } },
        { attributes, _ in attributes.change("bluetoothMacAddress") { .array([$0]) } },
        { attributes, _ in attributes.change("eid") { .array([$0]) } },
        { attributes, _ in attributes.removeAll { $0.name == "serialNumber" } },
        { attributes, _ in attributes.rename("purchaseSourceId", "purchaseSourceUid") },
        { attributes, _ in attributes.rename("ethernetMacAddress", "builtInEthernetMacAddress") },
        { attributes, _ in attributes.change("color") { _ in .null } },
        { attributes, _ in attributes.change("deviceCapacity") { _ in .number("256") } },
        { attributes, _ in attributes.change("orderDateTime") { _ in .text("2025-03-09") } },
        { attributes, _ in attributes.change("orderNumber") { _ in .number("4711") } },
        { attributes, draw in
            let word = draw.pick(["HomePod", "iPod", "AUDIO_ACCESSORY"])
            attributes.change("productFamily") { _ in .text(word) }
        },
        { attributes, _ in attributes.change("status") { $0 == .text("UNASSIGNED") ? .text("PENDING_TRANSFER") : $0 } },
        { attributes, _ in attributes.change("purchaseSourceType") { _ in .text("SELF_SERVICE_REPAIR") } },
        { attributes, _ in attributes.change("mdmMigrationStatus") { _ in .text("PAUSED") } },
    ]

    private static func firstOnly(_ value: SandboxValue) -> SandboxValue {
        guard case .array(let values) = value, let first = values.first else { return value }
        return first
    }

    private static func numeric(_ value: SandboxValue) -> SandboxValue {
        guard case .array(let values) = value else { return value }
        return .array(
            values.map { element in
                guard case .text(let digits) = element, let number = UInt64(digits) else { return element }
                return .number("\(number)")
            }
        )
    }
}

extension [SandboxAttribute] {
    fileprivate mutating func change(_ name: String, _ change: (SandboxValue) -> SandboxValue) {
        guard let place = firstIndex(where: { $0.name == name }) else { return }
        self[place].value = change(self[place].value)
    }

    fileprivate mutating func rename(_ name: String, _ newName: String) {
        guard let place = firstIndex(where: { $0.name == name }) else { return }
        self[place].name = newName
    }
}

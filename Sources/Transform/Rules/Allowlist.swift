import Records

/// Addresses of devices that a network may admit, without duplicates, in ascending order (Rules/README.md section 5).
struct Allowlist {
    let addresses: [MACAddress]

    /// Reads `{"include": ["wifi", "ethernet"], "records": [{"wifi": …, "ethernet": […]}, …]}`; nil for any other
    /// input. Bluetooth is excluded even if requested: it gives no access to a network.
    static func read(_ input: JSONMember) throws -> Allowlist? {
        try input.members(["include", "records"]) { parts in
            guard
                let include = parts["include"], case .array = include.kind,
                let records = parts["records"], case .array = records.kind
            else { return nil }
            var interfaces: Set<String> = []
            try JSONReader().members(include.text) { interfaces.insert($0.string) }
            interfaces.formIntersection(["wifi", "ethernet"])
            var found: Set<MACAddress> = []
            var list = CanonicalList<MACAddress>(refusesWarnings: true)
            let (outer, inner) = (JSONReader(), JSONReader())
            try outer.members(records.text) { record in
                guard case .object = record.kind else { return }
                try inner.members(record.text) { member in
                    guard interfaces.contains(member.name) else { return }
                    var json: [UInt8] = []
                    JSONText.append(member, to: &json)
                    list.read(json.span)
                    found.formUnion(list.values)
                }
            }
            return Allowlist(addresses: found.sorted())
        } ?? nil
    }
}

extension Fleet {
    /// A change makes at most this many entries.
    static let auditEntriesPerChange = 2

    /// The entries for a device's change between the previous night and this one, in order of time.
    func auditEvents(of index: Int, night: Int) -> [AuditEvent] {
        guard night > 1, birthNight(of: index) == night || event(at: index, night: night) != nil,
            let after = standing(at: index, night: night, atBeginning: true)
        else { return [] }
        let before = standing(at: index, night: night - 1)
        let serial = serial(at: index)
        let purchase = Purchase(at: index, standing: after, seed: seed)
        var entries: [(type: String, data: [SandboxAttribute])] = []
        let serialMember = SandboxAttribute("serialNumber", .text(serial))
        if after.isListed, before?.isListed != true {
            var data = [serialMember, SandboxAttribute("purchaseSourceType", .text(purchase.sourceType))]
            if let source = purchase.sourceID {
                data.append(SandboxAttribute("purchaseSourceId", .text(source)))
            }
            entries.append(("DEVICE_ADDED_TO_ORG", data))
        } else if !after.isListed, before?.isListed == true {
            let data = [
                serialMember, SandboxAttribute("releaseEntityId", .text("user-0001")),
                SandboxAttribute("releaseEntityType", .text("USER")),
            ]
            entries.append(("DEVICE_REMOVED_FROM_ORG", data))
        }
        if after.isListed, after.server != before?.server {
            if let server = after.server {
                let name = SandboxAttribute("targetServerName", .text(roster.entries[server].name))
                entries.append(("DEVICE_ASSIGNED_TO_SERVER", [serialMember, name]))
            } else if before?.server != nil {
                entries.append(("DEVICE_UNASSIGNED_FROM_SERVER", [serialMember]))
            }
        }
        if let before, after.coverageEdits > before.coverageEdits {
            let word = after.coverageEdits % 2 == 0 ? "REMOVED" : "ADDED"
            let subscription = SandboxAttribute("subscriptionId", .text("sub-\(serial)-\(after.coverageEdits)"))
            entries.append(("SUBJECT_HAS_APPLECARE_PURCHASE_\(word)", [subscription]))
        }
        let time = eventTime(at: index, night: night)
        return entries.enumerated().map { number, entry in
            AuditEvent(
                id: "event-\(night)-\(index)-\(number)",
                time: time,
                type: entry.type,
                serial: serial,
                actor: entry.type.contains("PURCHASE") ? .system : .person,
                data: entry.data
            )
        }
    }
}

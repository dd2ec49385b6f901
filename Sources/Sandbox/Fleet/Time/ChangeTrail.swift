extension Fleet {
    /// The entries for changes that evolution did not cause, except those after a time.
    func auditEvents(ofChangesUntil last: Moment, account: AuditActor) -> [AuditEvent] {
        ledger.changes.enumerated().compactMap { number, entry in
            let change = entry.change
            guard change.time <= last, let (type, data) = auditData(of: change, account) else { return nil }
            return AuditEvent(
                id: "change-\(number)",
                time: change.time,
                type: type,
                serial: serial(at: change.index),
                actor: change.actor == .api ? account : .person,
                data: [SandboxAttribute("serialNumber", .text(serial(at: change.index)))] + data
            )
        }
    }

    private func auditData(of change: DeviceChange, _ account: AuditActor) -> (String, [SandboxAttribute])? {
        switch change.kind {
        case .assigned(let place), .migrating(let place, _), .canceled(let place?):
            let name = SandboxAttribute("targetServerName", .text(roster.entries[place].name))
            return ("DEVICE_ASSIGNED_TO_SERVER", [name])
        case .unassigned, .canceled(nil): return ("DEVICE_UNASSIGNED_FROM_SERVER", [])
        case .deadline: return nil
        case .released:
            let by = [("releaseEntityId", account.id), ("releaseEntityType", "API")]
            return ("DEVICE_REMOVED_FROM_ORG", by.map { SandboxAttribute($0, .text($1)) })
        }
    }
}

import Records
import Stages

/// What Apple's audit log tells of the assignment of a device (Apple Business only; AppleClient/README.md section 13.2).
package struct AssignmentEvent: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// To the service with this name.
        case assigned(String)
        case unassigned
        /// It left the organization.
        case removed
    }

    package let serialNumber: String
    package let kind: Kind
    package let time: Timestamp

    /// The latest event of each device in a time of the log.
    package static func latest(
        from start: Timestamp,
        to end: Timestamp,
        _ api: any AppleAPI
    ) async throws(APIError) -> [String: AssignmentEvent] {
        var pager = Pager(
            api,
            AuditLog.path,
            query: AuditLog.range(from: start, to: end),
            bound: PageBound(after: nil),
            needsIDs: false
        )
        var latest: [String: AssignmentEvent] = [:]
        while let page = try await pager.next() {
            for event in page.resources.compactMap(AssignmentEvent.init) {
                if let known = latest[event.serialNumber], known.time >= event.time { continue }
                latest[event.serialNumber] = event
            }
        }
        return latest
    }

    /// Nil for other events, for those that did not succeed, and for what cannot be read.
    private init?(_ resource: Resource) {
        guard let entry = try? AuditEntry(resource), entry.hasSucceeded, let serial = entry.serialNumber,
            let time = entry.time
        else { return nil }
        switch entry.type {
        case "DEVICE_ASSIGNED_TO_SERVER": kind = .assigned(entry.service ?? "")
        case "DEVICE_UNASSIGNED_FROM_SERVER": kind = .unassigned
        case "DEVICE_REMOVED_FROM_ORG": kind = .removed
        default: return nil
        }
        serialNumber = serial
        self.time = time
    }
}

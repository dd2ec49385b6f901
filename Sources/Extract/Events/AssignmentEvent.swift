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
        var type: String?
        var time: Timestamp?
        var serial: String?
        var service: String?
        var succeeded = true
        let payload = JSONReader()
        try? JSONReader().members(resource.attributes) { member in
            switch (member.name, member.kind) {
            case ("type", .string): type = member.string
            case ("eventDateTime", .string): time = Timestamp.parse(member.text.span).value
            case ("outcome", .string): succeeded = member.string != "FAILURE"
            case (_, .object):
                try payload.members(member.text) { part in
                    guard case .string = part.kind else { return }
                    if part.name == "serialNumber" { serial = part.string }
                    if part.name == "targetServerName" { service = part.string }
                }
            default: break
            }
        }
        guard succeeded, let serial, let time else { return nil }
        switch type {
        case "DEVICE_ASSIGNED_TO_SERVER": kind = .assigned(service ?? "")
        case "DEVICE_UNASSIGNED_FROM_SERVER": kind = .unassigned
        case "DEVICE_REMOVED_FROM_ORG": kind = .removed
        default: return nil
        }
        serialNumber = serial
        self.time = time
    }
}

import Inventory
import Pipeline
import Records

/// Apple's audit log, as far as it is about devices (Apple Business only; apple-api.md section 13.2).
enum AuditLog {
    private static let kinds: [String: DeviceEvent.Kind] = [
        "DEVICE_ADDED_TO_ORG": .added,
        "DEVICE_REMOVED_FROM_ORG": .removed,
        "DEVICE_ASSIGNED_TO_SERVER": .assigned,
        "DEVICE_UNASSIGNED_FROM_SERVER": .unassigned,
        "SUBJECT_HAS_APPLECARE_PURCHASE_ADDED": .appleCare,
        "SUBJECT_HAS_APPLECARE_PURCHASE_REMOVED": .appleCare,
    ]

    /// Not filtered by type: Apple takes one type a request, and all types together rarely fill a page.
    static func events(from start: Timestamp, to end: Timestamp, _ api: any AppleAPI) async throws -> [DeviceEvent] {
        var pager = Pager(
            api,
            "/v1/auditEvents",
            query: [("filter[startTimestamp]", start.description), ("filter[endTimestamp]", end.description)]
        )
        var events: [DeviceEvent] = []
        while let page = try await pager.next() { events += try page.compactMap(event) }
        return events
    }

    private static func event(_ resource: Resource) throws -> DeviceEvent? {
        var kind: DeviceEvent.Kind?
        var time: Timestamp?
        var subject: String?
        var serial: String?
        var subjectIsDevice = false
        var succeeded = true
        let payload = JSONReader()
        try JSONReader().members(resource.attributes) { member in
            switch (member.name, member.kind) {
            case ("type", .string): kind = kinds[member.string]
            case ("eventDateTime", .string): time = Timestamp.parse(member.text.span).value
            case ("subjectType", .string): subjectIsDevice = member.string == "DEVICE"
            case ("subjectId", .string): subject = member.string
            case ("outcome", .string): succeeded = member.string != "FAILURE"
            case (_, .object):
                try payload.members(member.text) { part in
                    if part.name == "serialNumber", case .string = part.kind { serial = part.string }
                }
            default: break
            }
        }
        guard let kind, let time, succeeded, let named = serial ?? (subjectIsDevice ? subject : nil) else { return nil }
        return DeviceEvent(kind, id: resource.id, serial: named, time: time)
    }
}

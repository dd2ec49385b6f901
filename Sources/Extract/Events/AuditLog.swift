import Inventory
import Records
import Stages

/// The entries of Apple's audit log about devices (Apple Business only; AppleClient/README.md section 13.2).
enum AuditLog {
    private static let kinds: [String: DeviceEvent.Kind] = [
        "DEVICE_ADDED_TO_ORG": .added,
        "DEVICE_REMOVED_FROM_ORG": .removed,
        "DEVICE_ASSIGNED_TO_SERVER": .assigned,
        "DEVICE_UNASSIGNED_FROM_SERVER": .unassigned,
        "SUBJECT_HAS_APPLECARE_PURCHASE_ADDED": .appleCare,
        "SUBJECT_HAS_APPLECARE_PURCHASE_REMOVED": .appleCare,
    ]

    /// Without it, the stage lists all devices.
    static func endpoint(at now: Timestamp) -> Endpoint {
        Endpoint(
            path,
            query: range(from: now.adding(seconds: -3600), to: now) + Endpoint.one,
            isDispensable: true
        )
    }

    static let path = "/v1/auditEvents"

    static func range(from start: Timestamp, to end: Timestamp) -> [(name: String, value: String)] {
        [("filter[startTimestamp]", start.description), ("filter[endTimestamp]", end.description)]
    }

    /// Does not filter by type: Apple takes one type per request, and all types together rarely fill a page.
    ///
    /// - Returns: also unreadable entries that may be about a device but lack its name or what happened.
    static func events(
        from start: Timestamp,
        to end: Timestamp,
        _ context: SyncContext
    ) async throws -> (events: [DeviceEvent], unreadable: [UnreadableElement]) {
        var pager = Pager(
            context.api,
            path,
            query: range(from: start, to: end),
            bound: PageBound(after: try context.inventory.pages(of: .events)),
            needsIDs: false
        )
        var events: [DeviceEvent] = []
        var unreadable: [UnreadableElement] = []
        while let page = try await pager.next() {
            unreadable += page.unreadable
            for resource in page.resources {
                do {
                    if let event = try event(resource) { events.append(event) }
                } catch let element as UnreadableEvent {
                    unreadable.append(element.element)
                }
            }
        }
        try context.inventory.record(pages: pager.pages, of: .events)
        return (events, unreadable)
    }

    /// The events of one device. What cannot be read is left out.
    static func events(
        of serial: String,
        from start: Timestamp,
        to end: Timestamp,
        _ api: any AppleAPI
    ) async throws -> [DeviceEvent] {
        let query = range(from: start, to: end) + [("filter[subjectId]", serial)]
        var pager = Pager(api, path, query: query, bound: .small, needsIDs: false)
        var events: [DeviceEvent] = []
        while let page = try await pager.next() {
            events += page.resources.compactMap { try? event($0) }.filter { $0.serial == serial }
        }
        return events
    }

    private struct UnreadableEvent: Error {
        let element: UnreadableElement

        init(_ cause: String, _ resource: Resource) {
            let text = String(decoding: resource.attributes.prefix(300), as: UTF8.self)
            element = UnreadableElement(cause: cause, text: text)
        }
    }

    private static func event(_ resource: Resource) throws -> DeviceEvent? {
        let entry = try AuditEntry(resource)
        guard let type = entry.type else { throw UnreadableEvent("it has no type", resource) }
        guard let kind = kinds[type], entry.hasSucceeded else { return nil }
        guard let time = entry.time else { throw UnreadableEvent("it has no time", resource) }
        guard let named = entry.serialNumber else { throw UnreadableEvent("it names no device", resource) }
        let id = resource.id.isEmpty ? "\(named) \(time) \(kind)" : resource.id
        return DeviceEvent(
            kind,
            id: id,
            serial: named,
            time: time,
            actor: entry.actor,
            detail: entry.service ?? entry.releasedBy
        )
    }
}

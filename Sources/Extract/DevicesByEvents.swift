import Inventory
import Pipeline
import Records

/// Where the stage `devices` learns what changed.
enum ChangeSource: String, SettingValue, CaseIterable {
    case listing
    case auditEvents = "audit_events"
}

extension Devices {
    /// Nobody says how late an event may be written. Events that come twice cost a page, not a request each.
    private static let overlap: Int64 = 24 * 3600

    func mayHearEvents(listed: Timestamp, at now: Timestamp) -> Bool {
        changes == .auditEvents && now.microseconds - listed.microseconds < Int64(fullEvery.seconds) * 1_000_000
    }

    /// Whether a listing may succeed where the audit log fails.
    private static func leavesListing(_ error: APIError) -> Bool {
        [.forbidden, .notFound, .badRequest, .unavailable].contains(error.kind)
    }

    /// Reads the devices that events name. False where a listing must do: the latest one is too old, the audit log
    /// cannot be read, a device may have left, or a listing takes fewer requests.
    func refreshByEvents(_ context: SyncContext) async throws -> Bool {
        let inventory = context.inventory
        guard
            context.limit == nil, let listed = try inventory.lastCompleteListing,
            mayHearEvents(listed: listed, at: context.startedAt), let heard = try inventory.heardUntil
        else { return false }
        let events: [DeviceEvent]
        do {
            let start = Timestamp(microseconds: heard.microseconds - Self.overlap * 1_000_000)
            events = try await AuditLog.events(from: start, to: context.startedAt, context.api)
        } catch let error as APIError where Self.leavesListing(error) {
            context.meter.update { $0.notes.append("no audit events, so all devices were listed: \(error.message)") }
            return false
        }
        let news = try inventory.news(in: events)
        guard news.removed == 0, news.changed.count <= Pager.pages(for: try inventory.deviceCount) else {
            let devices = news.changed.count + news.removed
            context.meter.update { $0.notes.append("\(devices) devices changed, so all were listed") }
            return false
        }
        context.meter.update { $0.total = news.changed.count }
        for device in news.changed {
            try Task.checkCancellation()
            if try await !read(device.serial, context), device.isPresent { return false }
        }
        try inventory.recordHeard(until: context.startedAt)
        let note = "\(events.count) audit events: \(news.changed.count) devices read, the rest of the list not"
        context.meter.update { $0.notes.append(note) }
        return true
    }

    /// False for a device that is not, or no longer, the organisation's.
    private func read(_ serial: String, _ context: SyncContext) async throws -> Bool {
        let path = "/v1/orgDevices/\(serial)"
        let device: Resource?
        do {
            device = try ResourceDocument(try await context.api.get(.path(path))).resources.first { $0.id == serial }
        } catch let error as APIError where error.kind == .notFound {
            return false
        }
        guard let device, try !device.isReleased else { return false }
        context.meter.count(try context.inventory.record(device, at: context.startedAt))
        return true
    }
}

extension Resource {
    fileprivate var isReleased: Bool {
        get throws {
            var isReleased = false
            try JSONReader().members(attributes) { member in
                if member.name == "releasedFromOrgDateTime" { isReleased = !member.isNull && !member.text.isEmpty }
            }
            return isReleased
        }
    }
}

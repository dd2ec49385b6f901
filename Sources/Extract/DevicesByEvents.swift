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

    /// What the audit log leaves to do.
    enum Hearing {
        /// Nothing: every device that an event names was read.
        case enough
        /// All devices are to be listed: the latest listing is too old, a device may have left, or a listing takes
        /// fewer requests.
        case list
        /// The same, and the log is to be read from where it was once more, because it could not be read now.
        case listUnheard
    }

    /// Whether the latest listing is too old to do without another one.
    func isListingDue(after listed: Timestamp, at now: Timestamp) -> Bool {
        now.microseconds - listed.microseconds >= Int64(fullEvery.seconds) * 1_000_000
    }

    /// Whether a listing may succeed where the audit log, or one device, fails.
    private static func leavesListing(_ error: APIError) -> Bool {
        error.kind == .forbidden || error.mayConcernOneDevice
    }

    /// Reads the audit log and the devices that it names.
    ///
    /// The log is read also where a listing follows: what it says of AppleCare is in no list of devices.
    func hearEvents(_ context: SyncContext) async throws -> Hearing {
        let inventory = context.inventory
        guard changes == .auditEvents, let listed = try inventory.lastCompleteListing,
            let heard = try inventory.heardUntil
        else { return .list }
        guard context.limit == nil else { return .listUnheard }
        func note(_ text: String) { context.meter.update { $0.notes.append(text) } }
        guard context.platform.hasAuditLog else {
            note("no audit events, so all devices were listed: \(context.platform.rawValue) has no audit log")
            return .list
        }
        let events: [DeviceEvent]
        do {
            let start = Timestamp(microseconds: heard.microseconds - Self.overlap * 1_000_000)
            events = try await AuditLog.events(from: start, to: context.startedAt, context.api)
        } catch let error as APIError where Self.leavesListing(error) {
            note("no audit events, so all devices were listed: \(error.message)")
            // A log that is refused may be refused for its beginning, which must then not stay where it is.
            return error.kind == .unavailable ? .listUnheard : .list
        }
        let news = try inventory.news(in: events)
        if isListingDue(after: listed, at: context.startedAt) { return .list }
        guard news.removed == 0, news.changed.count <= Pager.pages(for: try inventory.deviceCount) else {
            note("\(news.changed.count + news.removed) devices changed, so all were listed")
            return .list
        }
        context.meter.update { $0.total = news.changed.count }
        for device in news.changed {
            try Task.checkCancellation()
            do {
                if try await !read(device.serial, context), device.isPresent { return .list }
            } catch let error as APIError where Self.leavesListing(error) {
                note("one device could not be read, so all were listed: \(error.message)")
                return .list
            }
        }
        try inventory.recordHeard(until: context.startedAt)
        note("\(events.count) audit events: \(news.changed.count) devices read, the rest of the list not")
        return .enough
    }

    /// False for a device that is not, or no longer, the organisation's.
    private func read(_ serial: String, _ context: SyncContext) async throws -> Bool {
        let path = "/v1/orgDevices/\(PercentEncoding.encode(serial))"
        let device: Resource?
        do {
            device = try ResourceDocument(try await context.api.get(.path(path))).resources.first { $0.id == serial }
        } catch let error as APIError where error.says(missing: "orgDevices") {
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

import Inventory
import Records
import Stages

/// Where the stage `devices` learns what changed.
enum ChangeSource: String, SettingValue, CaseIterable {
    case listing
    case auditEvents = "audit_events"
}

extension Devices {
    /// Apple does not say how late an event may be written. Repeated events cost a page, not a request each.
    private static let overlap: Int64 = 24 * 3600
    /// Where no event is known, by which Apple's time could be told, the log is read as if the clock could be ahead by so
    /// much.
    private static let mostAhead: Int64 = 31 * 24 * 3600

    /// What the audit log leaves to do.
    enum Hearing {
        /// Nothing: every device that an event names was read.
        case enough
        /// All devices are to be listed: the latest listing is too old, a device may have left, or a listing takes
        /// fewer requests. With the events that the listing then makes unnecessary; nil if the log was not read.
        case list(heard: [DeviceEvent]?)
    }

    /// Whether the latest listing is too old to do without another one.
    func isListingDue(after listed: Timestamp, at now: Timestamp) -> Bool {
        !listed.isBelievable(at: now)
            || now.microseconds - listed.microseconds >= Int64(fullEvery.seconds) * 1_000_000
    }

    /// Whether a listing may succeed where the audit log, or one device, fails.
    private static func leavesListing(_ error: APIError) -> Bool {
        error.kind == .forbidden || error.mayConcernOneDevice
    }

    /// Reads the audit log and the devices that it names.
    ///
    /// The log is read also where a listing follows: what it says of AppleCare is in no list of devices, and the next run
    /// knows by it what it has heard.
    func hearEvents(_ context: SyncContext) async throws -> Hearing {
        let inventory = context.inventory
        guard changes == .auditEvents, context.limit == nil else { return .list(heard: nil) }
        func note(_ text: String) { context.meter.update { $0.notes.append(text) } }
        guard context.platform.hasAuditLog else {
            note("no audit events, so all devices were listed: \(context.platform.rawValue) has no audit log")
            return .list(heard: nil)
        }
        let (events, unreadable): ([DeviceEvent], [UnreadableElement])
        do {
            (events, unreadable) = try await self.events(context)
        } catch let error as APIError where Self.leavesListing(error) {
            note("no audit events, so all devices were listed: \(error.message)")
            // Apple may deny the log because of its start time, which must then move.
            if error.kind != .unavailable { try inventory.forgetHeard() }
            return .list(heard: nil)
        }
        let news = try inventory.news(in: events)
        try inventory.record(unreadable, of: .events)
        context.meter.noteUnreadable(unreadable.count, of: "the audit log")
        // Any device may be meant; and what a refused listing lacked is not settled by events.
        if try !unreadable.isEmpty || inventory.refusedListing != nil { return .list(heard: events) }
        guard let listed = try inventory.lastCompleteListing, !isListingDue(after: listed, at: context.startedAt) else {
            return .list(heard: events)
        }
        guard news.removed == 0, news.changed.count <= Pager.pages(for: try inventory.deviceCount) else {
            note("\(counted(news.changed.count + news.removed, "device")) changed, so all were listed")
            return .list(heard: events)
        }
        context.meter.update { $0.total = news.changed.count }
        for device in news.changed {
            try Task.checkCancellation()
            do {
                if try await !read(device.serial, context), device.isPresent { return .list(heard: events) }
            } catch let error as APIError where Self.leavesListing(error) {
                note("one device could not be read, so all were listed: \(error.message)")
                return .list(heard: events)
            }
        }
        try inventory.recordHeard(events)
        note(
            "\(counted(events.count, "audit event")): \(counted(news.changed.count, "device")) read instead of the whole list"
        )
        return .enough
    }

    /// Those since shortly before the latest that was heard, by Apple's clock: this machine's may be days off.
    private func events(
        _ context: SyncContext
    ) async throws -> (events: [DeviceEvent], unreadable: [UnreadableElement]) {
        func moved(_ time: Timestamp, by seconds: Int64) -> Timestamp {
            Timestamp(microseconds: time.microseconds + seconds * 1_000_000)
        }
        guard let latest = try context.inventory.latestEvent else {
            let start = moved(context.startedAt, by: -Self.mostAhead - Int64(fullEvery.seconds))
            return try await AuditLog.events(from: start, to: context.startedAt, context)
        }
        return try await AuditLog.events(
            from: moved(latest, by: -Self.overlap),
            to: max(context.startedAt, moved(latest, by: Self.overlap)),
            context
        )
    }

    /// False for a device that is not, or no longer, the organization's.
    private func read(_ serial: String, _ context: SyncContext) async throws -> Bool {
        guard case .present(let device) = try await SingleDevice(serial, context.api) else { return false }
        context.meter.count(try context.inventory.record(device, at: context.startedAt))
        return true
    }
}

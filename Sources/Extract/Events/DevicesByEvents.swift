import Inventory
import Records
import Stages

/// Where the stage `devices` finds changes.
enum ChangeSource: String, SettingValue, CaseIterable {
    case listing
    case auditEvents = "audit_events"
}

extension Devices {
    /// Apple does not document how late an event may be written. Repeated events cost a page, not a request each.
    private static let overlap: Int64 = 24 * 3600
    /// If no event gives Apple's time, the log is read as if this machine's clock could be this far ahead.
    private static let mostAhead: Int64 = 31 * 24 * 3600

    /// The work that remains after the audit log.
    enum Hearing {
        /// None: every device that an event names was read.
        case enough
        /// List all devices: the latest listing is too old, a device may have left, or a listing takes fewer
        /// requests. `heard` has the events that the listing then makes unnecessary; nil if the log was not read.
        case list(heard: [DeviceEvent]?)
    }

    /// Whether the latest listing is so old that a new one is due.
    func isListingDue(after listed: Timestamp, at now: Timestamp) -> Bool {
        !listed.isBelievable(at: now)
            || now.microseconds - listed.microseconds >= Int64(fullEvery.seconds) * 1_000_000
    }

    /// Whether a listing may succeed although the audit log, or one device, fails.
    private static func leavesListing(_ error: APIError) -> Bool {
        error.kind == .forbidden || error.mayConcernOneDevice
    }

    /// Reads the audit log and the devices that it names.
    ///
    /// The log is read even if a listing follows: lists of devices lack its AppleCare events, and the next run must
    /// know which events are old.
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
            // Apple may deny the log because of its start time, which must then change.
            if error.kind != .unavailable { try inventory.forgetHeard() }
            return .list(heard: nil)
        }
        let news = try inventory.news(in: events)
        try inventory.record(unreadable, of: .events)
        context.meter.noteUnreadable(unreadable.count, of: "the audit log")
        // An unreadable event may be about any device, and events do not settle a refused listing.
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

    /// Events since shortly before the latest known one, by Apple's clock: this machine's may be days off.
    private func events(
        _ context: SyncContext
    ) async throws -> (events: [DeviceEvent], unreadable: [UnreadableElement]) {
        guard let latest = try context.inventory.latestEvent else {
            let start = context.startedAt.adding(seconds: -Self.mostAhead - Int64(fullEvery.seconds))
            return try await AuditLog.events(from: start, to: context.startedAt, context)
        }
        return try await AuditLog.events(
            from: latest.adding(seconds: -Self.overlap),
            to: max(context.startedAt, latest.adding(seconds: Self.overlap)),
            context
        )
    }

    /// Returns false if the device does not, or no longer, belong to the organization.
    private func read(_ serial: String, _ context: SyncContext) async throws -> Bool {
        guard case .present(let device) = try await SingleDevice(serial, context.api) else { return false }
        context.meter.count(try context.inventory.record(device, at: context.startedAt))
        return true
    }
}

import Inventory
import Pipeline
import Records

/// Brings the list of devices up to date. There is no filter and no "changed since": a listing is always read to its
/// end. Between two of them, Apple Business can tell by audit events which devices changed.
struct Devices: Extractor {
    let maxRemoved: Percentage
    let changes: ChangeSource
    let fullEvery: Period

    static let spec = StageSpec<any Extractor>(
        "devices",
        "Lists every device of the organisation. A device counts as removed when a complete listing lacks it.",
        example: "devices: { max_removed: 5%, changes: audit_events, full_every: 7d }",
        settings: Setting(
            "max_removed",
            "A listing that lacks more of the known devices is refused and retires none; up to 10 may always leave.",
            default: Percentage(percent: 5)
        ),
        Setting(
            "changes",
            """
            How to learn what changed: `listing` reads the whole list; `audit_events` (Apple Business) reads the audit \
            log and then the devices it names, or the list where that is cheaper, needed, or the log cannot be read.
            """,
            default: ChangeSource.listing
        ),
        Setting("full_every", "With `audit_events`: how old the latest listing may become.", default: Period.days(7)),
        build: { (removed: Percentage, changes: ChangeSource, fullEvery: Period) throws(PlanError) -> any Extractor in
            Devices(maxRemoved: removed, changes: changes, fullEvery: fullEvery)
        }
    )

    var adds: [Field] { [] }

    func sync(_ context: SyncContext) async throws {
        let round = try context.inventory.round(at: context.startedAt)
        if try context.inventory.isDone(.devices, in: round), let listed = try context.inventory.lastCompleteListing {
            return context.meter.noteDone(at: listed)
        }
        switch try await hearEvents(context) {
        case .enough: break
        case .list(let heard): try await list(context, heard: heard)
        }
    }

    func forecast(_ context: ForecastContext) throws -> Forecast {
        guard let inventory = context.inventory, let listed = try inventory.lastCompleteListing else {
            return Forecast([Forecast.Part("listing", nil)], note: "one for 1,000 devices")
        }
        if let round = context.round, try inventory.isDone(.devices, in: round) { return .alreadyRead }
        let pages = max(1, Pager.pages(for: try inventory.deviceCount))
        let listing = Forecast.Part("listing", pages)
        guard changes == .auditEvents, context.platform.hasAuditLog else { return Forecast([listing]) }
        let log = Forecast.Part("audit events", 1)
        if isListingDue(after: listed, at: context.now) { return Forecast([log, listing]) }
        return Forecast(
            [log, Forecast.Part("devices that changed", pages), listing],
            note: "at most; where nothing changed, the audit events are all",
            isAtMost: true
        )
    }

    /// A handful of devices may leave a small organisation at once, but not all of them.
    private func isAllowed(_ missing: Int, of known: Int) -> Bool {
        if !maxRemoved.isExceeded(by: missing, of: known) { return true }
        return missing < known && missing <= 10
    }

    private func list(_ context: SyncContext, heard: [DeviceEvent]?) async throws {
        let listing = try context.inventory.beginListing(at: context.startedAt)
        let known = try context.inventory.deviceCount
        context.meter.update { $0.total = context.limit ?? (known > 0 ? known : nil) }
        var (page, pager) = try await Pager(context.api, "/v1/orgDevices", from: listing.next).following()
        while let current = page {
            let resources = Array(current.prefix(remaining(context)))
            let isCut = resources.count < current.count
            // A page that was cut has to be read again, so the listing does not go on behind it.
            let position = isCut ? nil : pager.position
            // Apple answers while this page is stored; but not in vain, when it is likely to be the last one wanted.
            let likelyLast = isCut || (remaining(context) == resources.count && position != nil)
            let walk = pager
            async let ahead = likelyLast ? nil : walk.following()
            let outcome = try context.inventory.record(resources, in: listing, next: position, at: context.startedAt)
            context.meter.count(outcome)
            if isCut || (remaining(context) == 0 && position != nil) { return }
            if let following = try await ahead {
                (page, pager) = following
            } else {
                (page, pager) = try await walk.following()
            }
            try Task.checkCancellation()
        }
        // What happened after the first pages of a listing were read is not in them.
        try complete(listing, heard: listing.next == nil ? heard : nil, context)
    }

    private func remaining(_ context: SyncContext) -> Int {
        context.limit.map { max(0, $0 - context.meter.current.received) } ?? .max
    }

    private func complete(_ listing: Listing, heard: [DeviceEvent]?, _ context: SyncContext) throws {
        let (known, missing) = try context.inventory.missing(from: listing)
        guard isAllowed(missing, of: known) else {
            throw Failure(
                .badData,
                "the list lacks \(missing) of \(known) known devices, more than \(maxRemoved); none was retired",
                advice: "check the API account's role; if they really left, raise max_removed of the stage devices",
                refusal: Refusal(missing, of: known, limit: "\(maxRemoved)")
            )
        }
        let removed = try context.inventory.complete(listing, at: context.startedAt, heard: heard)
        context.meter.update { $0.retired += removed }
    }
}

extension StageMeter {
    func count(_ outcome: PageOutcome) {
        let devices = outcome.added + outcome.changed + outcome.unchanged
        update { counts in
            counts.asked += devices
            counts.received += devices
            counts.changed += outcome.added + outcome.changed
            counts.unchanged += outcome.unchanged
        }
    }

    /// There is nothing left to do in a stage that an earlier run of this round has finished.
    func noteDone(at moment: Timestamp) {
        update { $0.notes.append("already read at \(moment) by a run that did not end") }
    }
}

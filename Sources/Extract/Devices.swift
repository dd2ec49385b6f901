import Inventory
import Records
import Stages

/// Updates the list of devices. Apple has no filter and no "changed since", so a listing is always read to the end.
/// Between two listings, audit events show which devices changed (Apple Business only).
struct Devices: Extractor {
    let maxRemoved: Percentage
    let changes: ChangeSource
    let fullEvery: Period

    static let spec = StageSpec<any Extractor>(
        "devices",
        "Lists every device of the organization. A device counts as removed when a complete listing no longer has it.",
        example: "devices: { max_removed: 5%, changes: audit_events, full_every: 7d }",
        settings: Setting(
            "max_removed",
            """
            Largest share of known devices that may be missing from a listing; 10 may always be missing. If more are \
            missing, the listing is refused and no device is retired until a later listing is complete again or you \
            pass `--accept-removals`.
            """,
            default: Percentage(percent: 5)
        ),
        Setting(
            "changes",
            """
            How to find changes. `listing` reads the whole list. `audit_events` (Apple Business) reads the audit log \
            and then the devices that it names. It reads the list instead if that is cheaper or needed, or if the log \
            cannot be read. With the log, `axport show` knows who released or moved a device.
            """,
            default: ChangeSource.listing
        ),
        Setting("full_every", "With `audit_events`: read the whole list at least this often.", default: Period.days(7)),
        build: { (removed: Percentage, changes: ChangeSource, fullEvery: Period) throws(PlanError) -> any Extractor in
            Devices(maxRemoved: removed, changes: changes, fullEvery: fullEvery)
        }
    )

    var adds: [Field] { [] }
    var isEssential: Bool { true }

    func endpoints(on platform: Platform, at now: Timestamp) -> [Endpoint] {
        let log = changes == .auditEvents && platform.hasAuditLog ? [AuditLog.endpoint(at: now)] : []
        return [.devices] + log
    }

    func sync(_ context: SyncContext) async throws {
        let round = try context.inventory.round(at: context.startedAt)
        if try context.inventory.isDone(.devices, in: round), let listed = try context.inventory.lastCompleteListing {
            return context.meter.noteDone(at: listed)
        }
        if let serials = context.serials, try await read(only: serials, context) { return }
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
        let refused = try inventory.refusedListing.map { "the list of devices is refused: \($0)" }
        let listing = Forecast.Part("listing", pages)
        guard changes == .auditEvents, context.platform.hasAuditLog else {
            return Forecast([listing], note: refused)
        }
        let log = Forecast.Part("audit events", 1)
        if refused != nil || isListingDue(after: listed, at: context.now) {
            return Forecast([log, listing], note: refused)
        }
        return Forecast(
            [log, Forecast.Part("devices that changed", pages), listing],
            note: "at most; if nothing changed, only the audit events are read",
            isAtMost: true
        )
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

    /// Records that an earlier run of this round has finished the stage.
    func noteDone(at moment: Timestamp) {
        update { $0.notes.append("already read at \(moment) by a run that did not finish") }
    }

    /// Records elements of a list that could not be read. They make the stage partial.
    func noteUnreadable(_ count: Int, of list: String) {
        guard count > 0 else { return }
        update { counts in
            counts.unreadable += count
            counts.notes.append(
                "\(counted(count, "element")) of \(list) cannot be read; the dataset `rejects` lists them"
            )
        }
    }
}

import Inventory
import Pipeline
import Records

/// Lists all devices. There is no filter and no "changed since": the list is always read to its end.
struct Devices: Extractor {
    let maxRemoved: Percentage

    static let spec = StageSpec<any Extractor>(
        "devices",
        "Lists every device of the organisation. A device counts as removed when a complete listing lacks it.",
        example: "devices: { max_removed: 20% }",
        settings: Setting(
            "max_removed",
            "A listing that lacks more of the known devices is refused; up to 10 of them, and a fifth, may always leave.",
            default: Percentage(percent: 20)
        ),
        build: { (maxRemoved: Percentage) throws(PlanError) -> any Extractor in Devices(maxRemoved: maxRemoved) }
    )

    var adds: [Field] { [] }

    /// A handful of devices may leave a small organisation at once, but not all of them.
    private func isAllowed(_ missing: Int, of known: Int) -> Bool {
        if !maxRemoved.isExceeded(by: missing, of: known) { return true }
        return missing < known && missing <= max(1, min(10, known / 5))
    }

    func sync(_ context: SyncContext) async throws {
        let listing = try context.inventory.beginListing(at: context.startedAt)
        let known = try context.inventory.deviceCount
        context.meter.update { $0.total = context.limit ?? (known > 0 ? known : nil) }
        var pager = Pager(context.api, "/v1/orgDevices", from: listing.next)
        while let page = try await pager.next() {
            let resources = Array(page.prefix(remaining(context)))
            let isCut = resources.count < page.count
            // A page that was cut has to be read again, so the listing does not go on behind it.
            let outcome = try context.inventory.record(
                resources,
                in: listing,
                next: isCut ? nil : pager.position,
                at: context.startedAt
            )
            context.meter.update { counts in
                counts.asked += outcome.added + outcome.changed + outcome.unchanged
                counts.received += outcome.added + outcome.changed + outcome.unchanged
                counts.changed += outcome.added + outcome.changed
                counts.unchanged += outcome.unchanged
            }
            if isCut || (remaining(context) == 0 && pager.position != nil) { return }
            try Task.checkCancellation()
        }
        try complete(listing, context)
    }

    private func remaining(_ context: SyncContext) -> Int {
        context.limit.map { max(0, $0 - context.meter.current.received) } ?? .max
    }

    private func complete(_ listing: Listing, _ context: SyncContext) throws {
        let (known, missing) = try context.inventory.missing(from: listing)
        guard isAllowed(missing, of: known) else {
            throw Failure(
                .badData,
                "the list lacks \(missing) of \(known) known devices, more than \(maxRemoved)",
                advice: "check the API account's role; if they really left, raise max_removed of the stage devices"
            )
        }
        let removed = try context.inventory.complete(listing, at: context.startedAt)
        context.meter.update { $0.retired += removed }
    }
}

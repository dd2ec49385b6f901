import Inventory
import Records
import Stages

/// How many known devices a listing may lack.
struct ListingLimit: Sendable, Hashable {
    let most: Percentage
    /// How many devices may leave a small organization at once, but never all of them.
    private static let allowance = 10

    func allows(_ missing: Int, of known: Int) -> Bool {
        if most.percent >= 100 || !most.isExceeded(by: missing, of: known) { return true }
        return missing < known && missing <= Self.allowance
    }
}

extension Devices {
    func list(_ context: SyncContext, heard: [DeviceEvent]?) async throws {
        let listing = try context.inventory.beginListing(at: context.startedAt)
        let known = try context.inventory.deviceCount
        context.meter.update { $0.total = context.limit ?? (known > 0 ? known : nil) }
        let bound = PageBound(after: try context.inventory.pagesOfLastListing)
        let list = Pager(context.api, "/v1/orgDevices", of: "orgDevices", from: listing.next, bound: bound)
        var (page, pager) = try await list.following()
        while let current = page {
            let resources = Array(current.resources.prefix(remaining(context)))
            let isCut = resources.count < current.resources.count
            // A cut page must be read again, so the listing does not continue after it.
            let position = isCut ? nil : pager.position
            // The next page is requested while this one is stored, unless this one is likely to be the last.
            let likelyLast = isCut || (remaining(context) == resources.count && position != nil)
            let walk = pager
            async let ahead = likelyLast ? nil : walk.following()
            let outcome = try context.inventory.record(
                resources,
                unreadable: current.unreadable,
                in: listing,
                next: position,
                at: context.startedAt,
                found: { context.newDevices?.found($0) }
            )
            context.meter.count(outcome)
            if isCut || (remaining(context) == 0 && position != nil) { return }
            if let following = try await ahead {
                (page, pager) = following
            } else {
                (page, pager) = try await walk.following()
            }
            try Task.checkCancellation()
        }
        // Pages read by an earlier run lack what happened afterwards.
        try await complete(listing, heard: listing.next == nil ? heard : nil, context)
    }

    private func remaining(_ context: SyncContext) -> Int {
        context.limit.map { max(0, $0 - context.meter.current.received) } ?? .max
    }

    private func complete(_ listing: Listing, heard: [DeviceEvent]?, _ context: SyncContext) async throws {
        let inventory = context.inventory
        let unreadable = try inventory.unreadableCount(in: listing)
        context.meter.noteUnreadable(unreadable, of: "the list of devices")
        let (known, missing) = try inventory.missing(from: listing)
        guard ListingLimit(most: maxRemoved).allows(missing, of: known) else {
            throw refusal(try inventory.refuse(listing, at: context.startedAt), context)
        }
        let confirmed = unreadable > 0 && missing > 0 ? try await confirmed(missing: listing, context) : nil
        let removed = try inventory.complete(
            listing,
            at: context.startedAt,
            heard: heard,
            confirmed: confirmed
        )
        context.meter.update { $0.retired += removed }
    }

    private func refusal(_ refused: RefusedListing, _ context: SyncContext) -> Failure {
        Failure(
            .badData,
            "the list of devices is refused: \(refused), more than \(maxRemoved); no device was retired",
            advice: """
                check the API account's role; if the devices really left, `\(context.command) --accept-removals \
                \(refused.missing)` retires them
                """,
            refusal: Refusal(
                refused.missing,
                of: refused.known,
                limit: "\(maxRemoved)",
                since: refused.firstRefusedAt.description
            )
        )
    }

    /// Most devices that one run asks about; the others wait for the next run.
    private static let mostConfirmations = 1000

    /// If a listing could not be read completely, returns those missing devices that left according to Apple's
    /// single-device answers. Nothing is known about the others.
    private func confirmed(missing listing: Listing, _ context: SyncContext) async throws -> [DeviceKey] {
        let missing = try context.inventory.missingDevices(from: listing, limit: Self.mostConfirmations)
        var confirmed: [DeviceKey] = []
        var failuresInARow = 0
        for device in missing {
            try Task.checkCancellation()
            do {
                switch try await SingleDevice(device.serial, context.api) {
                case .present(let resource):
                    context.meter.count(try context.inventory.record(resource, at: context.startedAt))
                case .released, .gone: confirmed.append(device)
                }
                failuresInARow = 0
            } catch let error as APIError where error.mayConcernOneDevice || error.kind == .forbidden {
                failuresInARow += 1
                if failuresInARow == Denials.limit { break }
            } catch let error as APIError where error.kind == .outOfTime {
                break
            }
        }
        let kept = missing.count - confirmed.count
        if kept > 0 {
            context.meter.update { counts in
                counts.notes.append(
                    "\(counted(kept, "device is", "devices are")) missing from this list but kept: nothing else shows that they left"
                )
            }
        }
        return confirmed
    }
}

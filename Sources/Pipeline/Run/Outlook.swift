import Inventory
import Records
import Stages

/// What a run would do now.
package struct Outlook: Sendable {
    package let requests: PlanForecast
    /// What each load would write from the current inventory; nil without a complete list of devices.
    package let loads: [StageReport]?
    /// Whether a load would change anything. The dataset `runs` and reports do not count: every
    /// run is in them.
    package let changesAnything: Bool

    package var code: Outcome { Outcome(ofLoads: loads ?? []) }
}

extension Plan {
    /// Uses a copy of the inventory, so it works during a run and changes nothing in the inventory. Loads do their
    /// work and roll it back, so destinations stay unchanged, too.
    package func outlook(at now: Timestamp) async throws -> Outlook {
        try requireLoads()
        let inventoryPath = try inventoryPath
        guard Inventory.exists(at: inventoryPath) else {
            return Outlook(requests: try forecast(from: nil, at: now), loads: nil, changesAnything: false)
        }
        return try await Inventory.withCopy(of: inventoryPath, identity: source.identity) { inventory in
            let requests = try forecast(from: inventory, at: now)
            guard try inventory.lastCompleteListing != nil else {
                return Outlook(requests: requests, loads: nil, changesAnything: false)
            }
            return try await rehearse(requests, from: inventory, at: now)
        }
    }

    /// The requests alone, without a look at destinations.
    package func forecast(at now: Timestamp) async throws -> PlanForecast {
        let inventoryPath = try inventoryPath
        guard Inventory.exists(at: inventoryPath) else { return try forecast(from: nil, at: now) }
        return try await Inventory.withCopy(of: inventoryPath, identity: source.identity) { inventory in
            try forecast(from: inventory, at: now)
        }
    }

    private func rehearse(_ requests: PlanForecast, from inventory: Inventory, at now: Timestamp) async throws
        -> Outlook
    {
        let progress = RunProgress()
        let context = context(of: Self.runID(now), startedAt: now).rehearsing
        func run(_ time: Dataset.LoadTime) async throws -> [StageReport] {
            _ = try await load(time, from: inventory, limit: nil, context: context, progress: progress)
            return progress.stages.filter { $0.kind == .load }
        }
        _ = try await run(.withTheRest)
        let changesAnything = try await run(.afterRejects).contains(where: \.changesAnything)
        return Outlook(requests: requests, loads: try await run(.atTheEnd), changesAnything: changesAnything)
    }
}

extension StageReport {
    fileprivate var changesAnything: Bool { counts.written > 0 || counts.retired > 0 || !counts.changedFiles.isEmpty }
}

import Inventory
import Records
import Stages

/// What a run would do now.
package struct Outlook: Sendable {
    package let requests: PlanForecast
    /// What each load would write from the current inventory; nil without a complete list of devices.
    package let loads: [StageReport]?

    package var code: Outcome { Outcome(ofLoads: loads ?? []) }

    /// Whether a load would change anything.
    package var changesAnything: Bool {
        (loads ?? []).contains { $0.counts.written > 0 || $0.counts.retired > 0 || !$0.counts.changedFiles.isEmpty }
    }
}

extension Plan {
    /// Uses a copy of the inventory, so it works during a run and changes nothing in the inventory. Loads do their
    /// work and roll it back, so destinations stay unchanged, too.
    package func outlook(at now: Timestamp) async throws -> Outlook {
        try requireLoads()
        let inventoryPath = try inventoryPath
        guard Inventory.exists(at: inventoryPath) else {
            return Outlook(requests: try forecast(from: nil, at: now), loads: nil)
        }
        return try await Inventory.withCopy(of: inventoryPath, identity: source.identity) { inventory in
            Outlook(
                requests: try forecast(from: inventory, at: now),
                loads: try await rehearse(from: inventory, at: now)
            )
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

    private func rehearse(from inventory: Inventory, at now: Timestamp) async throws -> [StageReport]? {
        guard try inventory.lastCompleteListing != nil else { return nil }
        let progress = RunProgress()
        let context = context(of: Self.runID(now), startedAt: now).rehearsing
        _ = try await load({ _ in true }, from: inventory, limit: nil, context: context, progress: progress)
        return progress.stages.filter { $0.kind == .load }
    }
}

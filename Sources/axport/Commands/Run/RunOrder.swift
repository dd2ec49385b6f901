import Inventory
import Pipeline
import Records

extension [Plan] {
    /// If the time may not be enough for all sources, those that have waited longest come first.
    func longestWaitingFirst(at now: Timestamp) -> [Plan] {
        let waiting = map { plan in
            let served = (try? plan.inventoryPath).flatMap { Inventory.lastServed(at: $0, asOf: now) }
            return (plan: plan, since: served?.microseconds ?? .min)
        }
        return waiting.sorted { $0.since < $1.since }.map(\.plan)
    }
}

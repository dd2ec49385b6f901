import Inventory
import Pipeline
import Records

extension [Plan] {
    /// Where the time may not do for all, those come first that have waited longest.
    func longestWaitingFirst(at now: Timestamp) -> [Plan] {
        let waiting = map { plan in
            let served = (try? plan.inventoryPath).flatMap { Inventory.lastServed(at: $0, asOf: now) }
            return (plan: plan, since: served?.microseconds ?? .min)
        }
        return waiting.sorted { $0.since < $1.since }.map(\.plan)
    }
}

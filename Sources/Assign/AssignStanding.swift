import Inventory
import Pipeline
import Records
import Stages

/// What axport has sent, and what is not done yet.
package struct AssignStanding: Sendable {
    /// The latest devices that were sent or had moved, newest first.
    package var latest: [JournalEntry] = []
    /// Devices whose verdict is `unknown`, of all activities.
    package var unknown = 0
    /// Serial numbers that the organization did not have when the latest plan was made.
    package var waiting: [WaitingSerial] = []
}

extension AssignJob {
    /// Reads only the inventory, also while another command uses it.
    package func standing(latest count: Int) async throws -> AssignStanding {
        let path = try plan.inventoryPath
        guard Inventory.exists(at: path) else { return AssignStanding() }
        return try await Inventory.withCopy(of: path, identity: plan.source.identity) { inventory in
            AssignStanding(
                latest: try inventory.journal(count),
                unknown: try inventory.openActivities.reduce(0) { $0 + $1.serials.count },
                waiting: try inventory.waitingSerials
            )
        }
    }
}

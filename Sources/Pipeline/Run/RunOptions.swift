import Inventory
import Stages

/// The options of a run.
package struct RunOptions: Sendable {
    /// Load from the inventory and ask Apple nothing.
    package var offline = false
    /// Load from a copy of the inventory, so that other runs can use the inventory.
    package var isSnapshot = false
    /// Delete no old records.
    package var forgetsNothing = false
    /// Ask again for everything in the cache.
    package var full = false
    /// Read at most this many devices and retire none.
    package var limit: Int?
    /// The rows that the loads get. Only what named devices need is asked.
    package var selection = RowSelection()
    /// Load nothing if more values are rejected.
    package var maxRejects: RejectLimit?
    /// Accept that up to this many devices missing from the refused listing have left.
    package var acceptRemovals: Int?
    /// How long to wait for another run that has locked the inventory.
    package var patience = Duration.zero
    /// Leave an organization that another worker runs now, instead of waiting for it.
    package var leavesHeld = false
    /// What the runs of the command know of the places of their loads.
    let places = KnownPlaces()
    /// The turns of the command's loads.
    let turns = Turns()
    /// The time by which all runs of the command must have sent their requests.
    package var deadline: RunDeadline?

    package init() {}
}

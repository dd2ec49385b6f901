import Stages

/// What a command line asks of a run.
package struct RunOptions: Sendable {
    /// Load from the inventory and ask Apple nothing.
    package var offline = false
    /// Load from a copy of the inventory, and leave itself to other runs.
    package var isSnapshot = false
    /// Forget nothing of the past, however old.
    package var forgetsNothing = false
    /// Ask again for everything that is cached.
    package var full = false
    /// Reads at most this many devices and retires nothing.
    package var limit: Int?
    /// Load nothing when more values are refused.
    package var maxRejects: RejectLimit?
    /// Accepts that up to this many devices left that the refused listing did not contain.
    package var acceptRemovals: Int?
    /// How long to wait for another run that holds the inventory.
    package var patience = Duration.zero
    /// When this and all other runs of the command must have asked Apple.
    package var deadline: RunDeadline?

    package init() {}
}

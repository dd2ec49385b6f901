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
    /// Only so many devices; nothing is then retired.
    package var limit: Int?
    /// Load nothing when more values are refused.
    package var maxRejects: RejectLimit?
    /// Accept that so many devices at most have left, which the refused list of devices lacked.
    package var acceptRemovals: Int?
    /// When this and all other runs of the command must have asked Apple.
    package var deadline: RunDeadline?

    package init() {}
}

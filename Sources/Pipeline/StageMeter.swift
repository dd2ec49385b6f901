import Inventory
import Synchronization

/// What one stage has done so far.
package struct StageCounts: Sendable, Hashable {
    /// Resources asked for, and those that Apple answered for.
    package var asked = 0
    package var received = 0
    package var unchanged = 0
    /// Rows that a `where` left out, or that a load does not want.
    package var filtered = 0
    package var changed = 0
    /// Values that could not be made canonical.
    package var quarantined = 0
    package var written = 0
    /// Of a load's written rows: those that were there before, where the destination knows.
    package var updated = 0
    /// Of a load: rows that its dataset has, before any transform.
    package var read = 0
    /// Rows more than came in: of a transform its own, of a load those of all transforms on the way.
    package var added = 0
    /// Of a load: rows that transforms on the way left out.
    package var leftOut = 0
    /// Of a load's retired rows: those that only the destination had.
    package var deleted = 0
    package var retired = 0
    package var requests = 0
    /// Resources that stay unknown because Apple did not answer for them.
    package var failed = 0
    /// Elements of Apple's lists that could not be read.
    package var unreadable = 0
    /// How many are to be expected, where that is known.
    package var total: Int?
    package var seconds = 0.0
    /// Requests of a stage that asks device by device, by why they were made.
    package var reasons: [AskReason: Int] = [:]
    /// Devices that wait for a later run, because the stage's budget is spent.
    package var heldBack = 0
    /// What a person should know although nothing failed.
    package var notes: [String] = []
    /// Of a load that is rehearsed: in how many of the updated rows a column differs.
    package var changedColumns: [String: Int] = [:]
    /// Files that a load made, replaced or took away.
    package var changedFiles: [String] = []
}

extension StageCounts {
    /// Whether something that was asked for stays unknown.
    var isPartial: Bool { failed > 0 || unreadable > 0 }

    /// Whether a load's books balance: every row of the dataset, and every one that transforms made, has come to exactly
    /// one of the ends that are counted.
    package var isBalanced: Bool {
        // Of a report that somebody edited they may be any numbers.
        read &+ added == leftOut &+ received && received == written &+ unchanged &+ retired &- deleted &+ filtered
    }
}

/// Counts that a stage adds to while it works and that a progress line reads meanwhile.
package final class StageMeter: Sendable {
    private let counts = Mutex(StageCounts())

    package init() {}

    package var current: StageCounts { counts.withLock { $0 } }

    package func update(_ change: (inout sending StageCounts) -> Void) { counts.withLock { change(&$0) } }
}

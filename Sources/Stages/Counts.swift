import Inventory
import Records

/// What a load did with the rows it was given: each counts once.
package struct LoadCounts: Sendable, Hashable {
    package var written: Int
    /// Those of the written rows that were there before, where the destination knows.
    package var updated: Int
    package var unchanged: Int
    /// Rows retired: marked or deleted, because their device left the organisation.
    package var retired: Int
    /// Those of them that were not among the rows given: the destination alone had them.
    package var deleted: Int
    /// Rows of removed devices that the load does not want.
    package var leftOut: Int
    /// Values that the destination has no room for; their rows were written without them.
    package var rejects: [Reject]
    /// Of a rehearsal: in how many of the updated rows a column differs.
    package var changedColumns: [String: Int] = [:]
    /// Files that were made, replaced or taken away.
    package var changedFiles: [String] = []
    /// What a person should know although nothing failed.
    package var notes: [String] = []

    package init(
        written: Int = 0,
        updated: Int = 0,
        unchanged: Int = 0,
        retired: Int = 0,
        deleted: Int = 0,
        leftOut: Int = 0,
        rejects: [Reject] = []
    ) {
        self.written = written
        self.updated = updated
        self.unchanged = unchanged
        self.retired = retired
        self.deleted = deleted
        self.leftOut = leftOut
        self.rejects = rejects
    }
}

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

    package init() {}
}

extension StageCounts {
    /// Whether something that was asked for stays unknown.
    package var isPartial: Bool { failed > 0 || unreadable > 0 }

    /// Whether a load's books balance: every row of the dataset, and every one that transforms made, has come to exactly
    /// one of the ends that are counted.
    package var isBalanced: Bool {
        // Of a report that somebody edited they may be any numbers.
        read &+ added == leftOut &+ received && received == written &+ unchanged &+ retired &- deleted &+ filtered
    }
}

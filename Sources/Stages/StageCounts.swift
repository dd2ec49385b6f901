import Inventory

/// What one stage has done so far. The report has each number under its name here, in snake_case, unless `CodingKeys` says
/// otherwise: in `--json`, in `--summary` and in the reports that the inventory keeps.
package struct StageCounts: Codable, Sendable, Hashable {
    /// Resources asked for, and those that Apple answered for.
    @Counted package var asked = 0
    @Counted package var received = 0
    @Counted package var unchanged = 0
    /// Rows that a transform took out, or those of removed devices that a load does not take.
    @Counted package var filtered = 0
    @Counted package var changed = 0
    /// Values that could not be normalized, or that do not fit the destination.
    @Counted package var rejected = 0
    @Counted package var written = 0
    /// Of a load's written rows: those that existed before, if the destination knows.
    @Counted package var updated = 0
    /// Of a load: rows that its dataset has, before any transform.
    @Counted package var read = 0
    /// Rows more than came in: of a transform its own, of a load those of all transforms on the way.
    @Counted package var added = 0
    /// Of a load: rows that the transforms on the way filtered.
    @Counted package var filteredBefore = 0
    /// Of a load's retired rows: those that only the destination had.
    @Counted package var deleted = 0
    @Counted package var retired = 0
    @Counted package var requests = 0
    /// Resources that stay unknown because Apple did not answer for them.
    @Counted package var unknown = 0
    /// Elements of Apple's lists that could not be read.
    @Counted package var unreadable = 0
    /// Expected number, if known.
    package var total: Int?
    @Counted package var seconds = 0.0
    /// Requests of a stage that asks device by device, by why they were made.
    @CountedByName package var reasons: [AskReason: Int] = [:]
    /// Devices that wait for a later run, because the stage's budget is spent.
    @Counted package var heldBack = 0
    /// What a person should know although nothing failed.
    @Counted package var notes: [String] = []
    /// Of a load that is rehearsed: in how many of the updated rows a column differs.
    @Counted package var changedColumns: [String: Int] = [:]
    /// Files that a load made, replaced or took away.
    @Counted package var changedFiles: [String] = []

    private enum CodingKeys: String, CodingKey {
        case asked, received, unchanged, filtered, changed, written, updated, read, added, deleted, retired, requests
        case unknown, unreadable, total, seconds, reasons, heldBack, notes, changedColumns, changedFiles
        case rejected = "quarantined"
        case filteredBefore = "leftOut"
    }

    package init() {}

    /// Adds the counts of a load.
    package mutating func take(_ load: LoadCounts) {
        written = load.written
        updated = load.updated
        changedColumns = load.changedColumns
        changedFiles = load.changedFiles
        unchanged = load.unchanged
        retired = load.retired
        deleted = load.deleted
        filtered = load.filtered
        notes += load.notes
        rejected = load.rejects.count
    }
}

extension StageCounts {
    /// Whether something that was asked for stays unknown.
    package var isPartial: Bool { unknown > 0 || unreadable > 0 }

    /// Whether a load's books balance: every row of the dataset, and every one that transforms made, has come to exactly
    /// one of the ends that are counted.
    package var isBalanced: Bool {
        // Of a report that somebody edited they may be any numbers.
        read &+ added == filteredBefore &+ received
            && received == written &+ unchanged &+ retired &- deleted &+ filtered
    }
}

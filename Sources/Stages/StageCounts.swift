import Inventory

/// The numbers of one stage so far. Reports have each number by its name here, in snake_case, unless `CodingKeys` has
/// another name: in `--json`, in `--summary`, and in the inventory.
package struct StageCounts: Codable, Sendable, Hashable {
    /// Resources requested, and those that Apple answered for.
    @Counted package var asked = 0
    @Counted package var received = 0
    @Counted package var unchanged = 0
    /// Rows that a transform filtered, or rows of removed devices that a load does not take.
    @Counted package var filtered = 0
    @Counted package var changed = 0
    /// Values that could not be normalized, or that do not fit the destination.
    @Counted package var rejected = 0
    @Counted package var written = 0
    /// For a load: written rows that existed before, if the destination knows.
    @Counted package var updated = 0
    /// For a load: rows of its dataset, before any transform.
    @Counted package var read = 0
    /// Additional rows: for a transform, those that it made; for a load, those of all transforms before it.
    @Counted package var added = 0
    /// For a load: rows that the transforms before it filtered.
    @Counted package var filteredBefore = 0
    /// For a load: retired rows that only the destination had.
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
    /// For a stage that asks about each device: its requests, by reason.
    @CountedByName package var reasons: [AskReason: Int] = [:]
    /// Devices that wait for a later run because the stage's budget is spent.
    @Counted package var heldBack = 0
    /// What a person should know although nothing failed.
    @Counted package var notes: [String] = []
    /// For a rehearsed load: in how many of the updated rows a column differs.
    @Counted package var changedColumns: [String: Int] = [:]
    /// Files that a load created, replaced, or deleted.
    @Counted package var changedFiles: [String] = []
    /// Values that were rejected in the rows that a load got, if it counts them. Reports do not have it.
    @Counted package var rejectedInRows = 0

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
    /// Whether something that was requested stays unknown.
    package var isPartial: Bool { unknown > 0 || unreadable > 0 }

    /// Whether a load's books balance: every row of the dataset, and every row that transforms made, counts in
    /// exactly one result.
    package var isBalanced: Bool {
        // In a report that somebody edited, the numbers can have any value.
        read &+ added == filteredBefore &+ received
            && received == written &+ unchanged &+ retired &- deleted &+ filtered
    }
}

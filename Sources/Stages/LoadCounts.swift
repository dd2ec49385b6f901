import Records

/// The numbers of a load. Each row that it received counts once.
package struct LoadCounts: Sendable, Hashable {
    package var written: Int
    /// Written rows that existed before, if the destination knows.
    package var updated: Int
    package var unchanged: Int
    /// Rows retired (marked or deleted) because their device left the organization.
    package var retired: Int
    /// Retired rows that were not among the rows received: only the destination had them.
    package var deleted: Int
    /// Rows of removed devices that the load does not take.
    package var filtered: Int
    /// Values that do not fit the destination; their rows were written without them.
    package var rejects: [Reject]
    /// For a rehearsal: in how many of the updated rows a column differs.
    package var changedColumns: [String: Int] = [:]
    /// Files that were created, replaced, or deleted.
    package var changedFiles: [String] = []
    /// What a person should know although nothing failed.
    package var notes: [String] = []

    package init(
        written: Int = 0,
        updated: Int = 0,
        unchanged: Int = 0,
        retired: Int = 0,
        deleted: Int = 0,
        filtered: Int = 0,
        rejects: [Reject] = []
    ) {
        self.written = written
        self.updated = updated
        self.unchanged = unchanged
        self.retired = retired
        self.deleted = deleted
        self.filtered = filtered
        self.rejects = rejects
    }
}

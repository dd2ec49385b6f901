import Records
import Stages

/// A load into a table without rows: there is nothing to compare the new ones with, so that they need not be staged.
extension TableLoad {
    /// Whether the load does no more with a table without rows than to add some.
    var onlyAdds: Bool {
        !context.isRehearsal && !hasHistory && mode != .append && removals.scope == nil
    }

    /// Whether these rows belong into the table. Those of devices that left do, if they are marked.
    func adds(_ batch: Batch) -> Bool { !batch.isRemoved || removals.devices == .mark }

    /// - Parameters:
    ///   - added: the number of rows that were added.
    ///   - filtered: the number of rows that were not.
    func countsOfFilling(added: Int, filtered: Int) throws -> LoadCounts {
        if mode == .replace { try refuseEmpty(new: added, before: 0, permitted: 0) }
        var counts = LoadCounts()
        counts.written = added
        counts.filtered = filtered
        return counts
    }
}

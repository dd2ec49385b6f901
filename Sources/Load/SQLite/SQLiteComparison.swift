import CSQLite
import GRDB
import Records
import Stages
import Synchronization

/// Compares each row with the table as it comes, so that rows which change nothing need not be staged.
///
/// The table is seen in one snapshot. If somebody changes the file before we do, ``restage(_:)`` gives the rows back to
/// the staging table, and the load goes on as if all had been staged.
final class SQLiteComparison: Sendable {
    private struct Found {
        /// Rows of the table, by their `rowid`, that are as they should be.
        var unchanged: RowMarks
        var staged = 0
        /// Whether two rows have the same key. Staged, they are refused in the usual words.
        var isRepeated = false
    }

    private let merge: TableLoad
    private let found: Mutex<Found>

    var staged: Int { found.withLock { $0.staged } }
    var unchanged: Int { found.withLock { $0.unchanged.count } }

    /// Begins a transaction that sees the snapshot; nil if the rows must be staged: because the load does more than to
    /// merge rows, because the table is not laid out like ours, or because the file is not in WAL mode, in which alone a
    /// reader does not block writers.
    init?(_ merge: TableLoad, _ found: TargetTable?, _ connection: SQLiteConnection) throws {
        guard merge.onlyMerges, let found, merge.isAlike(found),
            try connection.rows("PRAGMA \(SQLiteStaging.attached).journal_mode") == [["wal"]]
        else { return nil }
        self.merge = merge
        let database = connection.database
        try database.execute(sql: "\(SQLiteStaging.largeCache); BEGIN")
        guard try connection.inspect(merge.table)?.columns == found.columns,
            let marks = try RowMarks(of: merge.target, connection)
        else {
            try database.execute(sql: "ROLLBACK")
            return nil
        }
        self.found = Mutex(Found(unchanged: marks))
    }

    /// Stages the rows that differ from the table's, and those of devices that left: there are few of them, and they
    /// are counted by their key.
    ///
    /// - Parameter place: the place of the load.
    func stage(_ batch: Batch, _ database: Database, loading place: String) throws {
        try found.withLock { found in
            let differing = try batch.isRemoved ? batch : batch.rows(changedRows(batch, database, &found))
            guard differing.count > 0 else { return }
            found.staged += differing.count
            do {
                try merge.stage(differing, database)
            } catch {
                throw SQLiteStaging.failure(error, loading: place)
            }
        }
    }

    private func changedRows(_ batch: Batch, _ database: Database, _ found: inout Found) throws -> [Int] {
        let statement = try database.cachedStatement(sql: merge.sameRowStatement)
        var changed: [Int] = []
        try batch.bytes.withUnsafeBufferPointer { bytes in
            var rows = SQLiteRows(batch, statement, bytes)
            for row in 0..<batch.count {
                switch rows.step(row) {
                case SQLITE_ROW where found.unchanged.insert(rows.integer(0)): break
                case SQLITE_ROW:
                    found.isRepeated = true
                    changed.append(row)
                case SQLITE_DONE: changed.append(row)
                default: throw database.lastError
                }
                rows.reset()
            }
        }
        return changed
    }

    /// Whether the staged rows are those that differ and no others. The transaction may write the file afterwards.
    func holds(on connection: SQLiteConnection) throws -> Bool {
        do {
            // Adds nothing, but needs the snapshot to be the latest state.
            _ = try connection.execute(
                "INSERT INTO \(merge.target) (\(merge.list)) SELECT \(merge.list) FROM \(merge.staging) WHERE false"
            )
        } catch is DatabaseError {
            // If something else is wrong, the usual merge says what.
            return false
        }
        let (unchanged, isRepeated) = found.withLock { ($0.unchanged, $0.isRepeated) }
        if isRepeated { return false }
        let known = try Int64.fetchCursor(
            connection.database,
            sql: "SELECT t.rowid FROM \(merge.staging) AS s JOIN \(merge.target) AS t ON \(merge.sameKey)"
        )
        while let row = try known.next() {
            if unchanged.contains(row) { return false }
        }
        return true
    }

    /// Stages the rows that were not, and ends the transaction. In columns that only keep the books, such as
    /// `last_seen_at`, they have the values of the table, which are those of an earlier run.
    func restage(_ connection: SQLiteConnection) throws {
        let database = connection.database
        let marks = found.withLock { $0.unchanged }
        let isUnchanged = DatabaseFunction("axport_unchanged", argumentCount: 1, pure: true) { values in
            values.first.flatMap(Int64.fromDatabaseValue).map(marks.contains) ?? false
        }
        database.add(function: isUnchanged)
        defer { database.remove(function: isUnchanged) }
        let restaged = try connection.execute(
            """
            INSERT INTO \(merge.staging) (\(merge.stagedList))
            SELECT \(merge.list), 0 FROM \(merge.target) AS t WHERE axport_unchanged(t.rowid)
            """
        )
        found.withLock { $0.staged += restaged }
        try database.execute(sql: "COMMIT")
    }
}

extension TableLoad {
    /// Whether the load does no more with rows that the table has already than to leave them as they are.
    fileprivate var onlyMerges: Bool {
        mode == .merge && !context.isRehearsal && !hasHistory && removals.scope == nil
            && incoming.fields.map(\.name) == schema.fields.map(\.name)
    }

    /// Whether the table stores and compares our values as we do, and finds them by their key.
    fileprivate func isAlike(_ found: TargetTable) -> Bool {
        // A column of that name would hide the number of the row.
        found.hasKey(of: schema) && found.column("rowid") == nil
            && schema.fields.allSatisfy { field in
                guard let column = found.column(field.name) else { return false }
                return column.type == dialect.spell(field.type) && column.comparison.rule == nil
            }
    }

    /// Finds the row of the table that is the same in all columns that count. The parameters have the numbers of the
    /// columns.
    fileprivate var sameRowStatement: String {
        let compared = Set(self.compared)
        let conditions = names.enumerated().compactMap { index, name in
            if key.contains(name) { return "t.\(name) = ?\(index + 1)" }
            // The owner's column may treat different texts as equal.
            return compared.contains(name) ? "t.\(name) COLLATE BINARY IS ?\(index + 1)" : nil
        }
        return "SELECT t.rowid FROM \(target) AS t WHERE \(conditions.joined(separator: " AND "))"
    }
}

/// A set of rows of a table. It takes one bit for each `rowid` up to the largest.
struct RowMarks: Sendable {
    private var words: [UInt64]
    private(set) var count = 0

    /// For 33 million rows: 4 MB.
    private static let most: Int64 = 1 << 25

    /// Nil if the table has no `rowid`, or too large a one.
    init?(of table: String, _ connection: SQLiteConnection) throws {
        let ends = try? connection.rows("SELECT (SELECT min(rowid) FROM \(table)), (SELECT max(rowid) FROM \(table))")
        guard let ends = ends?.first else { return nil }
        let (least, largest) = (ends[0].flatMap { Int64($0) } ?? 0, ends[1].flatMap { Int64($0) } ?? 0)
        guard least >= 0, largest <= Self.most else { return nil }
        words = Array(repeating: 0, count: Int(largest) / 64 + 1)
    }

    func contains(_ row: Int64) -> Bool { Int(row) / 64 < words.count && words[Int(row) / 64] & bit(row) != 0 }

    /// False if the row is in the set already.
    mutating func insert(_ row: Int64) -> Bool {
        if contains(row) { return false }
        words[Int(row) / 64] |= bit(row)
        count += 1
        return true
    }

    private func bit(_ row: Int64) -> UInt64 { 1 << UInt64(row % 64) }
}

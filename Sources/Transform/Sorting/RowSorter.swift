import CSQLite
import GRDBSQLite
import Records

/// Sorts any number of rows in a private temporary SQLite database, which is deleted with the sorter. Rows of devices
/// that left come after the others, in separate batches. Not shared between tasks.
final class RowSorter {
    private let keys: [Int]
    private var database: OpaquePointer?
    private var insertion: OpaquePointer?
    private var query: OpaquePointer?
    private var image = RowImage()
    /// Whether the next batch begins with a row that was already read.
    private var hasRow = false
    /// Otherwise SQLite would start again from the first row.
    private var isDone = false

    init(keys: [Int]) throws(Failure) {
        self.keys = keys
        // An empty name creates a file in the temporary folder. It is deleted while it is open.
        try check(
            sqlite3_open_v2(
                "",
                &database,
                SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                nil
            )
        )
        let columns = keys.indices.map { "k\($0)" }.joined(separator: ", ")
        try check(
            sqlite3_exec(
                database,
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; CREATE TABLE rows (removed, \(columns), image); BEGIN",
                nil,
                nil,
                nil
            )
        )
        let places = Array(repeating: "?", count: keys.count + 2).joined(separator: ", ")
        try check(sqlite3_prepare_v2(database, "INSERT INTO rows VALUES (\(places))", -1, &insertion, nil))
        try check(
            sqlite3_prepare_v2(
                database,
                "SELECT removed, image FROM rows ORDER BY removed, \(columns), rowid",
                -1,
                &query,
                nil
            )
        )
    }

    deinit {
        sqlite3_finalize(insertion)
        sqlite3_finalize(query)
        sqlite3_close(database)
    }

    func add(_ batch: Batch) throws(Failure) {
        for row in 0..<batch.count {
            sqlite3_bind_int(insertion, 1, batch.isRemoved ? 1 : 0)
            for (position, column) in keys.enumerated() {
                bind(batch[column, row], at: Int32(position + 2), batch)
            }
            image.set(row, of: batch)
            csqlite_bind_blob_copy(insertion, Int32(keys.count + 2), image.bytes, Int32(image.bytes.count))
            let code = sqlite3_step(insertion)
            sqlite3_reset(insertion)
            if code != SQLITE_DONE { try check(code) }
        }
    }

    /// The next sorted rows; nil at the end.
    func next(width: Int) throws(Failure) -> Batch? {
        var batch = Batch(width: width)
        while !isDone, batch.count < Batch.preferredCount {
            if !hasRow {
                let code = sqlite3_step(query)
                isDone = code == SQLITE_DONE
                if isDone { break }
                if code != SQLITE_ROW { try check(code) }
                hasRow = true
            }
            let isRemoved = sqlite3_column_int(query, 0) != 0
            if batch.count > 0, batch.isRemoved != isRemoved { break }
            batch.isRemoved = isRemoved
            let start = sqlite3_column_blob(query, 1)?.assumingMemoryBound(to: UInt8.self)
            RowImage.append(
                UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(query, 1))),
                to: &batch
            )
            hasRow = false
        }
        return batch.count > 0 ? batch : nil
    }

    private func bind(_ cell: Cell, at place: Int32, _ batch: Batch) {
        switch cell {
        case .null: sqlite3_bind_null(insertion, place)
        case .text(let text):
            batch.withText(text) { span in
                span.withUnsafeBufferPointer {
                    _ = csqlite_bind_blob_copy(insertion, place, $0.baseAddress, Int32($0.count))
                }
            }
        case .integer(let number), .timestamp(let number): sqlite3_bind_int64(insertion, place, number)
        case .date(let day): sqlite3_bind_int64(insertion, place, Int64(day))
        case .real(let number): sqlite3_bind_double(insertion, place, number)
        case .boolean(let flag): sqlite3_bind_int(insertion, place, flag ? 1 : 0)
        }
    }

    private func check(_ code: Int32) throws(Failure) {
        guard code != SQLITE_OK else { return }
        throw Failure(
            .destinationFailed,
            "sort: cannot use a temporary file in \(TemporaryFolder.path): \(String(cString: sqlite3_errstr(code)))",
            advice: TemporaryFolder.advice
        )
    }
}

import CSQLite
import GRDBSQLite
import Records

/// A private in-memory SQLite database with one empty table, `batch`, that has the columns of the rows. It can
/// compile expressions over them and do nothing else. Each bound stage has its own; not shared between tasks.
package final class LockedConnection {
    /// The kind of request that the authorizer refused.
    enum Denial {
        case query
        case function(String)
        case column(String)
        case action
    }

    package struct PrepareFailure: Error {
        package let message: String
        /// An offset in the SQL text; nil if SQLite gives none.
        let offset: Int?
        let denial: Denial?
    }

    /// The maximum time for one batch of rows. Far more than needed: an expression cannot loop.
    private static let timeLimit = Duration.seconds(10)
    static let tooLong = "the expression takes too long"
    /// The maximum length, in bytes, of a text that an expression reads or creates.
    package static let longestText = 1_000_000

    package let database: OpaquePointer
    /// Columns that the last prepared statement reads.
    private(set) var columnsRead: Set<String> = []
    private let columns: Set<String>
    private var denial: Denial?
    private var queriesLeft = 0
    private var deadline = ContinuousClock.now
    private var guarded: GuardedFunctions?
    /// Tables with the values of long lists in expressions.
    private var lists: Set<String> = []
    private var isMakingList = false

    init(columns fields: [Field]) throws(Failure) {
        columns = Set(fields.map(\.name))
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(
            ":memory:",
            &handle,
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
            nil
        )
        guard code == SQLITE_OK, let handle else {
            sqlite3_close(handle)
            throw Failure(.badData, "SQLite cannot open a database in memory: \(String(cString: sqlite3_errstr(code)))")
        }
        database = handle
        try createTable(fields)
        lock()
    }

    deinit { sqlite3_close(database) }

    private func createTable(_ fields: [Field]) throws(Failure) {
        let columns = fields.map { "\($0.name.sqlName) \($0.type.affinity)" }
        guard
            sqlite3_exec(database, "CREATE TABLE batch (\(columns.joined(separator: ", ")))", nil, nil, nil)
                == SQLITE_OK
        else { throw Failure(.pipelineInvalid, String(cString: sqlite3_errmsg(database))) }
    }

    private func lock() {
        for (option, on) in [
            (SQLITE_DBCONFIG_DEFENSIVE, true), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, false), (SQLITE_DBCONFIG_DQS_DML, false),
            (SQLITE_DBCONFIG_DQS_DDL, false), (SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
            (SQLITE_DBCONFIG_ENABLE_VIEW, false),
        ] {
            _ = csqlite_set_option(database, Int32(option), on ? 1 : 0)
        }
        let lengths = [(SQLITE_LIMIT_LENGTH, Self.longestText), (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200)]
        guarded = GuardedFunctions(on: database, limits: lengths)
        for (limit, value) in lengths + [
            (SQLITE_LIMIT_SQL_LENGTH, 2_000_000), (SQLITE_LIMIT_EXPR_DEPTH, 100), (SQLITE_LIMIT_COMPOUND_SELECT, 1),
            (SQLITE_LIMIT_VDBE_OP, 1_000_000), (SQLITE_LIMIT_FUNCTION_ARG, 32), (SQLITE_LIMIT_ATTACHED, 0),
            (SQLITE_LIMIT_VARIABLE_NUMBER, 0), (SQLITE_LIMIT_TRIGGER_DEPTH, 0), (SQLITE_LIMIT_WORKER_THREADS, 0),
        ] {
            sqlite3_limit(database, limit, Int32(value))
        }
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_set_authorizer(
            database,
            { context, action, first, second, _, _ in
                guard let context else { return SQLITE_DENY }
                let connection = Unmanaged<LockedConnection>.fromOpaque(context).takeUnretainedValue()
                return connection.authorize(action, first, second)
            },
            context
        )
        sqlite3_progress_handler(
            database,
            10_000,
            { context in
                guard let context else { return 1 }
                let connection = Unmanaged<LockedConnection>.fromOpaque(context).takeUnretainedValue()
                return ContinuousClock.now < connection.deadline ? 0 : 1
            },
            context
        )
    }

    /// Compiles SQL text.
    /// - Parameter queries: How many `SELECT` it may contain; one more is a subquery in the expression.
    /// - Parameter parameters: How many values will be bound; the expression itself has no parameters.
    package func prepare(_ sql: [UInt8], queries: Int, parameters: Int) throws(PrepareFailure) -> OpaquePointer {
        columnsRead = []
        denial = nil
        queriesLeft = queries
        startClock()
        sqlite3_limit(database, SQLITE_LIMIT_VARIABLE_NUMBER, Int32(parameters))
        var statement: OpaquePointer?
        var isWhole = true
        let code = sql.withUnsafeBytes { bytes in
            let text = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v2(database, text, Int32(bytes.count), &statement, &tail)
            if let text, let tail { isWhole = tail - text == bytes.count }
            return code
        }
        guard code == SQLITE_OK, isWhole, let statement else {
            let offset = Int(sqlite3_error_offset(database))
            let message = code == SQLITE_OK ? "more than one expression" : String(cString: sqlite3_errmsg(database))
            sqlite3_finalize(statement)
            throw PrepareFailure(message: message, offset: offset < 0 ? nil : offset, denial: denial)
        }
        return statement
    }

    package func startClock() {
        deadline = ContinuousClock.now + Self.timeLimit
        guarded?.deadline = deadline
    }

    /// SQLite checks the clock only between jumps, and a row may have none.
    package var isOutOfTime: Bool { deadline < .now }

    /// Stores a list of texts as an indexed table and returns its name: SQLite would rebuild the list for every row.
    func keep(list: [String]) throws(PrepareFailure) -> String {
        let name = "list\(lists.count + 1)"
        lists.insert(name)
        isMakingList = true
        defer { isMakingList = false }
        // The column has no type, so that values compare as in a list.
        let table = try prepare(
            Array("CREATE TABLE \(name) (value PRIMARY KEY) WITHOUT ROWID".utf8),
            queries: 0,
            parameters: 0
        )
        sqlite3_step(table)
        sqlite3_finalize(table)
        let insert = try prepare(Array("INSERT OR IGNORE INTO \(name) VALUES (?1)".utf8), queries: 0, parameters: 1)
        defer { sqlite3_finalize(insert) }
        for value in list {
            var value = value
            _ = value.withUTF8 { text in
                csqlite_bind_copy(
                    insert,
                    1,
                    UnsafeRawPointer(text.baseAddress)?.assumingMemoryBound(to: CChar.self),
                    Int32(text.count)
                )
            }
            sqlite3_step(insert)
            sqlite3_reset(insert)
        }
        return name
    }

    /// Refuses everything that is not allowed here.
    private func authorize(_ action: Int32, _ first: UnsafePointer<CChar>?, _ second: UnsafePointer<CChar>?) -> Int32 {
        if isMakingList { return SQLITE_OK }
        let name = second.map { String(cString: $0) } ?? ""
        switch action {
        case SQLITE_SELECT:
            queriesLeft -= 1
            return queriesLeft >= 0 ? SQLITE_OK : deny(.query)
        case SQLITE_READ:
            guard let first else { return deny(.query) }
            let table = String(cString: first)
            // Expressions cannot name a list: their own IN is followed by a bracket.
            if lists.contains(table) { return SQLITE_OK }
            guard table == "batch" else { return deny(.query) }
            // SQLite names no column if a table is read without columns.
            if name.isEmpty { return SQLITE_OK }
            guard columns.contains(name) else { return deny(.column(name)) }
            columnsRead.insert(name)
            return SQLITE_OK
        case SQLITE_FUNCTION:
            return ExpressionFunction.allowed.contains(name.lowercased()) ? SQLITE_OK : deny(.function(name))
        default:
            return deny(.action)
        }
    }

    private func deny(_ reason: Denial) -> Int32 {
        if denial == nil { denial = reason }
        return SQLITE_DENY
    }
}

extension String {
    /// The name with ASCII capitals in lowercase: SQL ignores their case in names.
    package var sqlFolded: String {
        String(decoding: utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// The name as a quoted SQL identifier.
    package var sqlName: String { "\"" + replacing("\"", with: "\"\"") + "\"" }
}

extension ValueType {
    /// How SQLite compares the values of a column.
    package var affinity: String {
        switch self {
        case .text, .timestamp, .date, .mac, .textList, .json: "TEXT"
        case .integer, .boolean: "INTEGER"
        case .real: "REAL"
        }
    }
}

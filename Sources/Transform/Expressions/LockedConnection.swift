import CSQLite
import GRDBSQLite
import Records

/// A private SQLite database in memory with one empty table, `batch`, that has the columns of the rows. It can compile
/// expressions over them and do nothing else. One for each bound stage; not shared between tasks.
final class LockedConnection {
    /// What the authorizer refused.
    enum Denial {
        case query
        case function(String)
        case column(String)
        case action
    }

    struct PrepareFailure: Error {
        let message: String
        /// A byte of the SQL text; nil where SQLite names none.
        let offset: Int?
        let denial: Denial?
    }

    /// What one batch of rows may take at most. Far beyond need: an expression cannot loop.
    private static let timeLimit = Duration.seconds(10)

    let database: OpaquePointer
    /// Columns that the statement prepared last reads.
    private(set) var columnsRead: Set<String> = []
    private let columns: Set<String>
    private var denial: Denial?
    private var queriesLeft = 0
    private var deadline = ContinuousClock.now

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
        for (limit, value) in [
            (SQLITE_LIMIT_LENGTH, 1_000_000), (SQLITE_LIMIT_SQL_LENGTH, 65_536), (SQLITE_LIMIT_EXPR_DEPTH, 100),
            (SQLITE_LIMIT_COMPOUND_SELECT, 1), (SQLITE_LIMIT_VDBE_OP, 25_000), (SQLITE_LIMIT_FUNCTION_ARG, 32),
            (SQLITE_LIMIT_ATTACHED, 0), (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200), (SQLITE_LIMIT_VARIABLE_NUMBER, 0),
            (SQLITE_LIMIT_TRIGGER_DEPTH, 0), (SQLITE_LIMIT_WORKER_THREADS, 0),
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
    /// - Parameter queries: How many `SELECT` it may hold; one more is a subquery of the expression's.
    /// - Parameter parameters: How many values will be bound; the expression has none of its own.
    func prepare(_ sql: [UInt8], queries: Int, parameters: Int) throws(PrepareFailure) -> OpaquePointer {
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

    func startClock() { deadline = ContinuousClock.now + Self.timeLimit }

    /// What is not allowed here is refused.
    private func authorize(_ action: Int32, _ first: UnsafePointer<CChar>?, _ second: UnsafePointer<CChar>?) -> Int32 {
        let name = second.map { String(cString: $0) } ?? ""
        switch action {
        case SQLITE_SELECT:
            queriesLeft -= 1
            return queriesLeft >= 0 ? SQLITE_OK : deny(.query)
        case SQLITE_READ:
            guard let first, String(cString: first) == "batch" else { return deny(.query) }
            // SQLite names no column where a table is read for none of them.
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
    /// As a quoted identifier of SQL.
    var sqlName: String { "\"" + replacing("\"", with: "\"\"") + "\"" }
}

extension ValueType {
    /// How SQLite compares the values of a column.
    var affinity: String {
        switch self {
        case .text, .timestamp, .date, .mac, .textList, .json: "TEXT"
        case .integer, .boolean: "INTEGER"
        case .real: "REAL"
        }
    }
}

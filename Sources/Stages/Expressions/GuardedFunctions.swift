import CSQLite
import GRDBSQLite

/// SQLite's functions that are checked before each call. The time of some grows with the product of two texts'
/// lengths, for which SQLite has no limit. Date functions read the clock and the machine's time zone if a computed
/// text asks for it. Accepted calls go to SQLite itself, on a connection that does nothing else.
package final class GuardedFunctions {
    /// The largest product of two lengths: a function then takes at most half a second.
    static let largestProduct = 100_000_000

    /// No function starts after this moment.
    package var deadline: ContinuousClock.Instant?
    private let connection: OpaquePointer
    private var statements: [String: OpaquePointer] = [:]

    /// The positions of the two texts, or of the date-time, among the arguments.
    private enum Kind {
        case product(Int, Int)
        case date(Int)
    }

    private static let all: [(name: String, counts: [Int32], kind: Kind)] = [
        ("instr", [2], .product(0, 1)), ("replace", [3], .product(0, 1)), ("trim", [2], .product(0, 1)),
        ("ltrim", [2], .product(0, 1)), ("rtrim", [2], .product(0, 1)), ("json_patch", [2], .product(0, 1)),
        ("like", [2, 3], .product(0, 1)), ("glob", [2], .product(0, 1)),
        ("date", [-1], .date(0)), ("time", [-1], .date(0)), ("datetime", [-1], .date(0)),
        ("julianday", [-1], .date(0)), ("unixepoch", [-1], .date(0)), ("strftime", [-1], .date(1)),
    ]

    /// Replaces the functions of a connection.
    package init?(on database: OpaquePointer, limits: [(Int32, Int)] = []) {
        var handle: OpaquePointer?
        guard sqlite3_open_v2(":memory:", &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK,
            let handle
        else {
            sqlite3_close(handle)
            return nil
        }
        connection = handle
        for (limit, value) in limits { sqlite3_limit(handle, limit, Int32(value)) }
        for (name, counts, kind) in Self.all {
            for count in counts { register(name, count, kind, on: database) }
        }
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close(connection)
    }

    /// One function with one number of arguments; lives as long as the connection that it is registered on.
    private final class Function {
        let owner: GuardedFunctions
        let name: String
        let kind: Kind

        init(owner: GuardedFunctions, name: String, kind: Kind) {
            self.owner = owner
            self.name = name
            self.kind = kind
        }
    }

    private func register(_ name: String, _ count: Int32, _ kind: Kind, on database: OpaquePointer) {
        let function = Unmanaged.passRetained(Function(owner: self, name: name, kind: kind))
        sqlite3_create_function_v2(
            database,
            name,
            count,
            SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
            function.toOpaque(),
            { context, count, values in
                guard let context, let data = sqlite3_user_data(context) else { return }
                let function = Unmanaged<Function>.fromOpaque(data).takeUnretainedValue()
                let values = UnsafeBufferPointer(start: values, count: Int(count)).compactMap(\.self)
                function.owner.call(function, values, context)
            },
            nil,
            nil,
            { data in
                if let data { Unmanaged<Function>.fromOpaque(data).release() }
            }
        )
    }

    private func call(_ function: Function, _ values: [OpaquePointer], _ context: OpaquePointer) {
        if let deadline, deadline < .now { return sqlite3_result_error(context, LockedConnection.tooLong, -1) }
        switch function.kind {
        case .product(let first, let second):
            let (left, right) = (sqlite3_value_bytes(values[first]), sqlite3_value_bytes(values[second]))
            guard Int(left) * Int(right) <= Self.largestProduct else {
                let message = "\(function.name)() of texts of \(left) and \(right) bytes takes too long"
                return sqlite3_result_error(context, message, -1)
            }
        case .date(let position):
            // SQLite's result for a value that is not a date.
            guard values.count > position, Self.isDate(values[position]),
                values[(position + 1)...].allSatisfy(Self.isFixedModifier)
            else { return sqlite3_result_null(context) }
        }
        answer(function.name, values, context)
    }

    /// SQLite's words for the current time begin with a letter; no date does.
    private static func isDate(_ value: OpaquePointer) -> Bool {
        guard let first = text(value).first else { return true }
        return !first.isASCIILetter
    }

    /// Modifiers that change a date in the same way everywhere.
    private static let fixedModifiers: Set = [
        "unixepoch", "julianday", "auto", "ceiling", "floor", "subsec", "subsecond",
    ]

    private static func isFixedModifier(_ value: OpaquePointer) -> Bool {
        let text = text(value)
        guard let first = text.first, first.isASCIILetter else { return true }
        let word = String(decoding: text, as: UTF8.self).lowercased()
        return fixedModifiers.contains(word) || word.hasPrefix("start of ") || word.hasPrefix("weekday ")
    }

    private static func text(_ value: OpaquePointer) -> UnsafeBufferPointer<UInt8> {
        let start = sqlite3_value_text(value)
        return UnsafeBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_value_bytes(value)))
    }

    private func answer(_ name: String, _ values: [OpaquePointer], _ context: OpaquePointer) {
        guard let statement = statement(name, values.count) else { return fail(context) }
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() { sqlite3_bind_value(statement, Int32(index + 1), value) }
        guard sqlite3_step(statement) == SQLITE_ROW else { return fail(context) }
        sqlite3_result_value(context, sqlite3_column_value(statement, 0))
        // Makes json_object() and similar functions nest the result instead of quoting it.
        if name == "json_patch" { sqlite3_result_subtype(context, UInt32(UInt8(ascii: "J"))) }
    }

    private func fail(_ context: OpaquePointer) {
        if sqlite3_errcode(connection) == SQLITE_TOOBIG { return sqlite3_result_error_toobig(context) }
        sqlite3_result_error(context, sqlite3_errmsg(connection), -1)
    }

    private func statement(_ name: String, _ count: Int) -> OpaquePointer? {
        let key = "\(name) \(count)"
        if let statement = statements[key] { return statement }
        var statement: OpaquePointer?
        let places = Array(repeating: "?", count: count).joined(separator: ", ")
        sqlite3_prepare_v3(
            connection,
            "SELECT \(name)(\(places))",
            -1,
            UInt32(SQLITE_PREPARE_PERSISTENT),
            &statement,
            nil
        )
        statements[key] = statement
        return statement
    }
}

extension UInt8 {
    fileprivate var isASCIILetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
}

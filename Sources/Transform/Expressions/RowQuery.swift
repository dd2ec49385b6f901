import CSQLite
import GRDBSQLite
import Records
import Stages

/// Checked expressions, prepared once for the columns that they read. Owns its connection; not shared between tasks.
final class RowQuery {
    /// SQLite failed on one row.
    struct RowFailure: Error {
        let row: Int
        let message: String
    }

    /// A column of results for each expression. Their texts are in `bytes`.
    struct Results {
        fileprivate(set) var columns: [[Cell]]
        fileprivate(set) var bytes: [UInt8] = []
        fileprivate(set) var refused: [RefusedResult] = []
    }

    /// A result that no destination can store. Its cell is null.
    struct RefusedResult {
        let expression: Int
        let row: Int
        let reason: Reason
        let text: String
    }

    private enum Form { case filter, values }

    private let connection: LockedConnection
    private let statement: OpaquePointer
    private let inputs: [Int]
    private let types: [ValueType]
    private var scratch: [UInt8] = []

    /// A query for the rows in which the expression is true.
    convenience init(filter: CheckedExpression, compiler: ExpressionCompiler, input: Schema) throws(Failure) {
        try self.init(.filter, [filter], compiler.connection, input)
    }

    /// A query for the values of the expressions.
    convenience init(values: [CheckedExpression], compiler: ExpressionCompiler, input: Schema) throws(Failure) {
        try self.init(.values, values, compiler.connection, input)
    }

    private init(
        _ form: Form,
        _ expressions: [CheckedExpression],
        _ connection: LockedConnection,
        _ input: Schema
    ) throws(Failure) {
        self.connection = connection
        types = expressions.map(\.type)
        inputs = Set(expressions.flatMap(\.columns)).sorted()
        let moments = Set(expressions.flatMap(\.moments)).map(\.asColumn).sorted()
        let parameters =
            moments
            + inputs.enumerated().map { position, column in
                let field = input.fields[column]
                // The cast gives the value the affinity of the column in the expression's check.
                return "CAST(?\(position + 1) AS \(field.type.affinity)) AS \(field.name.sqlName)"
            }
        let rows = "(SELECT \(parameters.isEmpty ? "NULL" : parameters.joined(separator: ", "))) AS batch"
        let bracketed = expressions.map { "(\n\($0.evaluated)\n)" }
        let sql =
            switch form {
            case .filter: "SELECT 1 FROM \(rows) WHERE \(bracketed.joined(separator: " AND "))"
            case .values: "SELECT \(bracketed.joined(separator: ", ")) FROM \(rows)"
            }
        do throws(LockedConnection.PrepareFailure) {
            let lists = expressions.reduce(0) { $0 + $1.lists }
            statement = try connection.prepare(Array(sql.utf8), queries: 2 + lists, parameters: inputs.count)
        } catch {
            throw Failure(.pipelineInvalid, "these expressions cannot be compiled together: \(error.message)")
        }
    }

    deinit { sqlite3_finalize(statement) }

    /// The rows in which the expression is true. Null is not true.
    func rows(of batch: Batch) throws(RowFailure) -> [Int] {
        var kept: [Int] = []
        try forEachRow(of: batch) { row, hasResult in
            if hasResult { kept.append(row) }
        }
        return kept
    }

    func values(of batch: Batch) throws(RowFailure) -> Results {
        var results = Results(columns: types.map { _ in Array(repeating: .null, count: batch.count) })
        try forEachRow(of: batch) { row, _ in
            for index in types.indices { read(index, row: row, into: &results) }
        }
        return results
    }

    private func forEachRow(of batch: Batch, _ visit: (_ row: Int, _ hasResult: Bool) -> Void) throws(RowFailure) {
        connection.startClock()
        // Texts are bound in place. Add nothing to the batch before the last row is done.
        let failure = batch.bytes.withUnsafeBufferPointer { bytes -> RowFailure? in
            for row in 0..<batch.count {
                var code = connection.isOutOfTime ? SQLITE_INTERRUPT : SQLITE_OK
                for (position, column) in inputs.enumerated() where code == SQLITE_OK {
                    code = bind(batch[column, row], at: Int32(position + 1), bytes)
                }
                if code == SQLITE_OK { code = sqlite3_step(statement) }
                guard code == SQLITE_ROW || code == SQLITE_DONE else {
                    let message = problem(code)
                    sqlite3_reset(statement)
                    return RowFailure(row: row, message: message)
                }
                visit(row, code == SQLITE_ROW)
                sqlite3_reset(statement)
            }
            return nil
        }
        sqlite3_clear_bindings(statement)
        if let failure { throw failure }
    }

    private func problem(_ code: Int32) -> String {
        switch code {
        case SQLITE_INTERRUPT: "the expression takes too long"
        case SQLITE_TOOBIG: "the expression reads or creates a text of more than \(LockedConnection.longestText) bytes"
        default: String(cString: sqlite3_errmsg(connection.database))
        }
    }

    private func bind(_ cell: Cell, at position: Int32, _ bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
        switch cell {
        case .null: return sqlite3_bind_null(statement, position)
        case .integer(let number): return sqlite3_bind_int64(statement, position, number)
        case .boolean(let flag): return sqlite3_bind_int64(statement, position, flag ? 1 : 0)
        case .real(let number): return sqlite3_bind_double(statement, position, number)
        case .text(let text):
            guard let start = bytes.baseAddress, text.count > 0 else {
                return csqlite_bind_copy(statement, position, "", 0)
            }
            let characters = UnsafeRawPointer(start + Int(text.start)).assumingMemoryBound(to: CChar.self)
            return sqlite3_bind_text(statement, position, characters, Int32(text.count), nil)
        case .timestamp(let moment):
            scratch.removeAll(keepingCapacity: true)
            Timestamp(microseconds: moment).append(to: &scratch)
        case .date(let day):
            scratch.removeAll(keepingCapacity: true)
            CalendarDay(daysSince1970: Int(day)).append(to: &scratch)
        }
        return scratch.withUnsafeBytes {
            csqlite_bind_copy(statement, position, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count))
        }
    }

    private func read(_ index: Int, row: Int, into results: inout Results) {
        let column = Int32(index)
        let type = sqlite3_column_type(statement, column)
        if type == SQLITE_NULL { return }
        switch types[index] {
        case .integer:
            results.columns[index][row] = .integer(sqlite3_column_int64(statement, column))
        case .real:
            let number = sqlite3_column_double(statement, column)
            if number.isFinite {
                results.columns[index][row] = .real(number)
            } else {
                results.refused.append(RefusedResult(expression: index, row: row, reason: .range, text: "\(number)"))
            }
        default:
            guard let start = sqlite3_column_text(statement, column) else { return }
            let text = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
            let isWhole = text.isStorableText && (types[index] != .json || text.isWholeJSON)
            guard type != SQLITE_BLOB, isWhole else {
                let text = String(decoding: text, as: UTF8.self)
                results.refused.append(RefusedResult(expression: index, row: row, reason: .invalidText, text: text))
                return
            }
            results.columns[index][row] = .text(TextRange(start: results.bytes.count, count: text.count))
            results.bytes.append(contentsOf: text)
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// UTF-8 without U+0000, which PostgreSQL refuses (Rules/README.md section 0).
    fileprivate var isStorableText: Bool {
        var isASCII = true
        for byte in self {
            if byte == 0 { return false }
            if byte >= 0x80 { isASCII = false }
        }
        return isASCII || String(validating: self, as: UTF8.self) != nil
    }
}

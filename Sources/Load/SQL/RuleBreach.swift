import Records
import Stages

/// Why a rule of the database refuses a row.
struct RuleBreach: Sendable {
    /// In our words, such as "its site is not in table sites (foreign key pairs_site_fkey)".
    let problem: String
    /// The columns that the database names.
    var columns: [String] = []
    let advice: String

    static let leaveOut = "exclude such rows with `where:`"
}

/// Finds the first refused row of a statement that the database refuses as a whole.
private struct RowSearch {
    /// The rows in the form of FROM, and the alias of each.
    let rows: String
    let row: String
    /// The columns with the physical position of a row.
    let place: [String]
    /// The statement for the rows that meet a condition.
    let statement: (_ condition: Condition) -> String

    private func position(_ comparison: String, _ place: [String?]) -> Condition {
        let columns = self.place.map { "\(row).\($0)" }.joined(separator: ", ")
        return Condition(
            "(\(columns)) \(comparison) (\(place.map { SQLDialect.literal($0 ?? "") }.joined(separator: ", ")))"
        )
    }

    /// The condition for that row, and its error. The search writes the rows before it, so the transaction can no
    /// longer be used. Each row is written at most twice.
    func first(on database: some SQLConnection) throws -> (condition: Condition, error: any Error)? {
        let columns = place.map { "\(row).\($0)" }.joined(separator: ", ")
        let all = try database.rows("SELECT \(columns) FROM \(rows) ORDER BY \(columns)")
        var (low, high) = (0, all.count)
        while low < high {
            let middle = high - low == 1 ? high : (low + high) / 2
            let end = position("<=", all[middle - 1])
            do {
                try database.guarded(statement(low == 0 ? end : position(">", all[low - 1]) && end))
                low = middle
            } catch  where high - low == 1 {
                return (position("=", all[low]), error)
            } catch {
                high = middle
            }
        }
        return nil
    }
}

extension TableLoad {
    /// Writes staged rows. If a rule of the database refuses a row, reports which one and what helps.
    func write(
        _ statement: @escaping (_ condition: Condition) -> String,
        on database: some SQLConnection,
        _ write: () throws -> Int
    ) throws -> Int {
        try explaining(
            RowSearch(rows: "\(staging) AS s", row: "s", place: dialect.place, statement: statement),
            on: database,
            write
        )
    }

    /// The same for table rows to be deleted.
    func deleteRows(where condition: Condition, on database: some SQLConnection) throws -> Int {
        func statement(_ part: Condition) -> String { "DELETE FROM \(target) AS t WHERE \(condition && part)" }
        let search = RowSearch(
            rows: "\(target) AS t WHERE \(condition)",
            row: "t",
            place: dialect.place,
            statement: statement
        )
        return try explaining(search, on: database) {
            try database.guarded("DELETE FROM \(target) AS t WHERE \(condition)")
        }
    }

    private func explaining(
        _ search: RowSearch,
        on database: some SQLConnection,
        _ write: () throws -> Int
    ) throws -> Int {
        do {
            return try write()
        } catch {
            guard let breach = database.breach(error, in: table, of: schema) else { throw error }
            // If the search finds no row, the message does not name one.
            guard let found = try? search.first(on: database) else { throw refusal(breach) }
            let own = database.breach(found.error, in: table, of: schema) ?? breach
            let columns = namesOfRows + own.columns.filter { schema.index(of: $0) != nil }
            let shown = columns.map { "\(search.row).\(SQLDialect.quote($0))" }.joined(separator: ", ")
            let from = search.row == "s" ? "\(search.rows) WHERE" : "\(search.rows) AND"
            let row = (try? database.rows("SELECT \(shown) FROM \(from) \(found.condition)"))?.first
            throw refusal(own, of: row, columns)
        }
    }

    /// The columns that identify a row for people.
    private var namesOfRows: [String] {
        schema.index(of: Self.serial) != nil ? [Self.serial] : schema.keyIndexes == nil ? [] : schema.key
    }

    private static let serial = "serial_number"

    func refusal(_ breach: RuleBreach, of row: [String?]? = nil, _ columns: [String] = []) -> Failure {
        let known = namesOfRows.count
        let values = zip(columns, row ?? []).map { name, value in
            "\(name) \(value.map { $0.count > 60 ? "\($0.prefix(60))…" : $0 } ?? "empty")"
        }
        let whose = values.prefix(known).joined(separator: ", ")
        let about = values.dropFirst(known).filter { !values.prefix(known).contains($0) }.joined(separator: ", ")
        return Failure(
            .destinationFailed,
            """
            table \(table) does not accept \(whose.isEmpty ? "a row" : "the row of \(whose)"): \(breach.problem)\
            \(about.isEmpty ? "" : "; it has \(about)"); nothing was changed
            """,
            advice: breach.advice
        )
    }
}

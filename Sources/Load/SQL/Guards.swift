import Records

/// Guards against rows that a table must not get, and rows that it must not lose.
extension TableLoad {
    func refuseRepeatedKeys(_ database: some SQLConnection) throws {
        try refuseFoldedKeys(database)
        let columns = key.joined(separator: ", ")
        let withoutKey = Condition("(\(key.map { "s.\($0) IS NULL" }.joined(separator: " OR ")))")
        let repeated = try database.rows(
            """
            SELECT \(columns), count(*) FROM \(staging) AS s
            GROUP BY \(columns) HAVING count(*) > 1 OR \(withoutKey) ORDER BY \(withoutKey) DESC, \(columns) LIMIT 4
            """
        )
        if repeated.contains(where: { $0.contains(nil) }) {
            let keyless = try database.count("SELECT count(*) FROM \(staging) AS s WHERE \(withoutKey)")
            throw missingKeys(counted(keyless, "row for \(table) has", "rows for \(table) have"))
        }
        if !repeated.isEmpty { throw repeatedKeys(repeated.map { Array($0.dropLast()) }) }
    }

    func missingKeys(_ rowsHave: String) -> Failure {
        Failure(
            .badData,
            "\(rowsHave) no \(schema.key.joined(separator: ", ")); nothing was loaded",
            advice: "exclude them with `where:`"
        )
    }

    func repeatedKeys(_ keys: [[String?]]) -> Failure {
        Failure(
            .badData,
            """
            rows for \(table) repeat their key (\(schema.key.joined(separator: ", "))): \(keys.examples); nothing was loaded
            """,
            advice: """
                a transform may make several rows of one device: load them into a table without that key, or name the \
                columns that distinguish them with `key:`
                """
        )
    }

    /// Refuses rows whose different keys the table treats as equal: each would replace the other.
    private func refuseFoldedKeys(_ database: some SQLConnection) throws {
        let folded = foldedKey
        if folded.isEmpty { return }
        let ends = folded.map { (first: "min(\(exact("s", $0)))", last: "max(\(exact("s", $0)))") }
        let taken = try database.rows(
            """
            SELECT \(ends.map { "\($0.first), \($0.last)" }.joined(separator: ", ")) FROM \(staging) AS s
            GROUP BY \(keys("s")) HAVING \(ends.map { "\($0.first) <> \($0.last)" }.joined(separator: " OR "))
            ORDER BY 1 LIMIT 4
            """
        )
        if taken.isEmpty { return }
        let rules = schema.key.compactMap { name in
            comparisons[SQLDialect.quote(name)]?.rule.map { "\(name) is \($0)" }
        }
        throw Failure(
            .badData,
            """
            table \(table) takes different keys for the same (\(rules.joined(separator: ", "))): \(taken.examples); \
            nothing was loaded
            """,
            advice: "load into a table whose key distinguishes them, or exclude one of them with `where:`"
        )
    }

    /// - Parameter permitted: the number of retired rows that a person accepted.
    func guardRetired(_ retired: Int, permitted: Int, of total: Int) throws {
        guard removals.limit.refuses(removing: retired - permitted, of: total) else { return }
        throw Failure(
            .badData,
            """
            refused to retire \(retired) of \(counted(total, "row")) in \(table): more than max_removed: \(removals.limit.most); \
            nothing was changed
            """,
            advice: RemovalGuard.advice,
            refusal: removals.limit.refusal(retired, of: total)
        )
    }

    /// If all rows are filtered away, that is rarely intended. Rejected values are an exception.
    func refuseEmpty(new: Int, before: Int, permitted: Int) throws {
        if before > 0, permitted >= before { return }
        guard new == 0, removals.limit.refusesEmpty, schema.dataset?.rowsEnd != .atAnyTime else { return }
        guard before > 0 || schema.isAllowlist else { return }
        throw Failure(
            .badData,
            """
            refused to empty \(table), \(schema.isAllowlist ? "a list for network access control that" : "which") \
            has \(counted(before, "row")); nothing was changed
            """,
            advice: "check what filters the rows, or set max_removed: 100% to publish an empty list",
            refusal: removals.limit.refusal(before, of: before)
        )
    }
}

extension [[String?]] {
    /// The first three rows, with a mark if there are more.
    var examples: String {
        prefix(3).map { $0.map { $0 ?? "" }.joined(separator: " / ") }.joined(separator: ", ")
            + (count > 3 ? " and others" : "")
    }
}

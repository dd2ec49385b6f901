import Records
import Stages

/// Mode `append`: the rows of every run stay. What a run has added already, it does not add again.
extension TableLoad {
    func append(on database: some SQLConnection, staged: Int) throws -> LoadCounts {
        let part = try ofTheseRuns(database)
        var counts = LoadCounts()
        if schema.keyIndexes != nil {
            try refuseRepeatedKeys(database)
            try upsert(staged, on: database, &counts, among: part)
        } else {
            // An earlier attempt of the same run may have left rows that cannot be told from these.
            let before = try count(database, where: part)
            if before == staged, try hasSameContents(database, where: part) {
                counts.unchanged = staged
            } else {
                try delete(before, where: part, on: database)
                counts.written = try insertAll(on: database)
            }
        }
        try balance(counts, staged: staged)
        return counts
    }

    /// The rows of the table `t` that the staged ones may meet: of a table of many runs only those of one or a few.
    private func ofTheseRuns(_ database: some SQLConnection) throws -> Condition {
        let column = SQLDialect.quote(Schema.runColumn)
        let staged = try database.rows("SELECT DISTINCT \(column) FROM \(staging) AS s").compactMap { $0[0] }
        let runs = Set(staged + [context.runID]).sorted().map(SQLDialect.literal).joined(separator: ", ")
        return Condition("t.\(column) IN (\(runs))")
    }
}

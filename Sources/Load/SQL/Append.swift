import Records
import Stages

/// Mode `append`: keeps the rows of every run. A run does not add the same rows twice.
extension TableLoad {
    func append(on database: some SQLConnection, staged: Int) throws -> LoadCounts {
        let part = try ofTheseRuns(database)
        var counts = LoadCounts()
        if schema.keyIndexes != nil {
            try refuseRepeatedKeys(database)
            try upsert(staged, on: database, &counts, among: part)
        } else {
            // An earlier attempt of the same run may have left the same rows.
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

    /// The rows of the table `t` with the runs of the staged rows: one run or a few.
    private func ofTheseRuns(_ database: some SQLConnection) throws -> Condition {
        let column = SQLDialect.quote(Schema.runColumn)
        let staged = try database.rows("SELECT DISTINCT \(column) FROM \(staging) AS s").compactMap { $0[0] }
        let runs = Set(staged + [context.runID]).sorted().map(SQLDialect.literal).joined(separator: ", ")
        return Condition("t.\(column) IN (\(runs))")
    }
}

import Records
import Stages

/// Mode `append`: keeps the rows of every run. A run does not add the same rows twice.
extension TableLoad {
    func append(on database: some SQLConnection, staged: Int) throws -> LoadCounts {
        let part = try ofTheseRuns(database)
        var counts = LoadCounts()
        var gone = 0
        if schema.keyIndexes != nil {
            try refuseRepeatedKeys(database)
            try upsert(staged, on: database, &counts, among: part)
        } else {
            // An earlier attempt of the same run may have left other rows. Those of other runs stay.
            let obsolete =
                Condition("t.\(Self.run) = \(SQLDialect.literal(context.runID))") && differs("t", among: part)
            gone = try count(database, where: obsolete)
            try delete(gone, where: obsolete, on: database)
            try insertMissing(of: staged, among: part, on: database, &counts)
        }
        try balance(counts, staged: staged)
        // These rows were only in the table.
        counts.retired += gone
        counts.deleted = gone
        return counts
    }

    private static let run = SQLDialect.quote(Schema.runColumn)

    /// The rows of the table `t` with the runs of the staged rows: one run or a few.
    private func ofTheseRuns(_ database: some SQLConnection) throws -> Condition {
        let staged = try database.rows("SELECT DISTINCT \(Self.run) FROM \(staging) AS s").compactMap { $0[0] }
        let runs = Set(staged + [context.runID]).sorted().map(SQLDialect.literal).joined(separator: ", ")
        return Condition("t.\(Self.run) IN (\(runs))")
    }
}

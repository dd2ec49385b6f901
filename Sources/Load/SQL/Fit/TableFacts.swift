import Records
import Stages

/// What an examination tells of a table.
extension TableLoad {
    /// More rows are not counted.
    private static let most = 10_000

    func facts(of found: TargetTable?, on database: some SQLConnection) throws -> [String] {
        guard let found else { return ["table \(table) will be created"] }
        let some = try database.count("SELECT count(*) FROM (SELECT 1 FROM \(target) LIMIT \(Self.most + 1)) AS t")
        let rows = some > Self.most ? "more than \(Self.most) rows" : counted(some, "row")
        let missing = schema.fields.filter { found.column($0.name) == nil }.map(\.name)
        let others = found.columns.count - (schema.fields.count - missing.count)
        return ["table \(table): \(rows)"]
            + (missing.isEmpty ? [] : ["columns to be added: \(missing.joined(separator: ", "))"])
            + (others == 0 ? [] : ["\(counted(others, "column")) of others, left alone"])
    }

    func historyFacts(_ found: TargetTable?) -> [String] {
        found == nil ? ["table \(historyTable) will be created"] : []
    }
}

import Records
import Stages

/// Brings a table up to date from a staging table with the new rows. The SQL is the same for every database.
///
/// Unchanged rows are first separated from the others, so that they are neither written nor locked. Runs inside
/// the caller's transaction.
struct TableLoad: Sendable {
    /// The schema of the arriving rows.
    let incoming: Schema
    /// The schema of the rows in the table.
    let schema: Schema
    private(set) var table: TableName
    let dialect: SQLDialect
    /// The name of the attached database, if it is attached.
    let attached: String?
    /// The SQL name of the staging table.
    var staging: String
    let mode: TableMode
    var removals: Removals
    let hasHistory: Bool
    let migrates: Bool
    let context: LoadContext
    /// How the existing table compares values, by quoted column.
    private(set) var comparisons: [String: Comparison] = [:]
    /// Whether the existing table may store other values than are written.
    private(set) var mayBeAltered = true

    /// Marks staged rows of devices that left the organization. No column of ours has a space in its name.
    static let removedFlag = "axport removed"
    /// Marks staged rows whose key the table has.
    static let existingFlag = "axport existing"
    /// Marks staged rows that give the table's row its `removed_at`.
    static let markedFlag = "axport marked"
    static let flags = [removedFlag, existingFlag, markedFlag]
    /// The temporary tables beside the staging table, of which the database sees each before a table of that name.
    static let differingName = "axport_differing"
    static let permittedName = "axport_permitted"
    var target: String { qualified(table) }
    var names: [String] { schema.fields.map { SQLDialect.quote($0.name) } }
    /// Rows outside this part of the table belong to other owners.
    var inScope: Condition { removals.scope.map { Condition("(\($0.condition))") } ?? .always }
    var flag: Condition { Condition("s.\(SQLDialect.quote(Self.removedFlag))") }
    var key: [String] { schema.key.map(SQLDialect.quote) }
    var list: String { names.joined(separator: ", ") }

    /// The columns in which a difference counts as a change.
    var compared: [String] {
        schema.fields.filter { $0.role != .bookkeeping }.map { SQLDialect.quote($0.name) }
    }
    var sameKey: Condition { sameKey("t", "s") }

    func sameKey(_ left: String, _ right: String) -> Condition {
        Condition(key.map { "\(alike(left, $0)) = \(alike(right, $0))" }.joined(separator: " AND "))
    }

    func sameRow(_ left: String, _ right: String) -> Condition {
        compared.filter(isToBeCompared).reduce(sameKey(left, right)) {
            $0 && Condition("\(exact(left, $1)) IS NOT DISTINCT FROM \(exact(right, $1))")
        }
    }

    /// A column of a row, compared as the table's key compares it.
    func alike(_ row: String, _ column: String) -> String { "\(row).\(column)\(comparisons[column]?.collation ?? "")" }

    /// A column of a row, compared to the last byte.
    func exact(_ row: String, _ column: String) -> String { "\(row).\(column)\(comparisons[column]?.exact ?? "")" }

    /// Key columns in which the table treats different texts as equal.
    var foldedKey: [String] { key.filter { comparisons[$0]?.rule != nil } }

    /// Rows with equal keys may still differ in the spelling of the key.
    func isToBeCompared(_ column: String) -> Bool { !key.contains(column) || foldedKey.contains(column) }

    /// The same load in the schema of the existing table, for the tables beside it.
    func beside(_ found: TargetTable?) -> TableLoad {
        var merge = self
        merge.table = TableName(table.name, in: table.schema ?? found?.schema)
        return merge
    }

    /// The same load, comparing values like the existing table.
    private func comparing(as found: TargetTable?) -> TableLoad {
        guard let found else { return self }
        var merge = self
        merge.mayBeAltered = !found.stores(schema)
        for name in schema.fields.map(\.name) {
            merge.comparisons[SQLDialect.quote(name)] = found.column(name)?.comparison
        }
        return merge
    }

    func qualified(_ table: TableName) -> String { (attached.map { "\($0)." } ?? "") + table.quoted }

    /// - Parameters:
    ///   - found: the existing table; nil if there is none.
    ///   - staged: the number of rows in the staging table.
    func run(on database: some SQLConnection, found: TargetTable?, staged: Int) throws -> LoadCounts {
        try prepare(table, for: schema, found: found, on: database)
        try stagePermitted(on: database)
        return try comparing(as: found).bringUpToDate(on: database, found: found, staged: staged)
    }

    private func bringUpToDate(on database: some SQLConnection, found: TargetTable?, staged: Int) throws -> LoadCounts {
        var counts =
            switch mode {
            case .merge: try merge(on: database, staged: staged)
            case .replace:
                try replace(
                    on: database,
                    staged: staged,
                    isKeyed: found?.hasKey(of: schema) ?? (schema.keyIndexes != nil)
                )
            case .append: try append(on: database, staged: staged)
            }
        try dropPermitted(on: database)
        if hasHistory, let note = try beside(found).recordVersions(on: database, as: found) {
            counts.notes.append(note)
        }
        return counts
    }

    /// Checks the balance: every incoming row must be counted in one of these numbers.
    func balance(_ counts: LoadCounts, staged: Int) throws {
        let due = staged - counts.unchanged - counts.retired - counts.filtered
        guard counts.written != due else { return }
        throw Failure(
            .destinationFailed,
            "\(counted(due, "row was", "rows were")) to be added to \(table), but \(counts.written) were; nothing was changed",
            advice: "look for a trigger or a rule on the table that discards rows"
        )
    }
}

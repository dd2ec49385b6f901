import GRDB
import Records

/// The numbers of a run, over all stages, with their names in the report and in the dataset `runs`.
package struct RunCounts: Sendable, Hashable, Encodable {
    package var requests = 0
    /// Rows, over all loads.
    package var written = 0
    package var unchanged = 0
    package var retired = 0
    package var filtered = 0
    /// Values, not rows.
    package var rejected = 0

    private enum CodingKeys: String, CodingKey {
        case requests, written, unchanged, retired, filtered
        case rejected = "quarantined"
    }

    package init() {}
}

extension RunRecord {
    /// A column of the table `run` and its value in a record.
    struct Column: Sendable {
        let name: String
        let value: @Sendable (RunRecord) -> DatabaseValue
        /// A value that cannot be read, in an inventory that somebody edited, leaves the record unchanged.
        let take: @Sendable (inout RunRecord, DatabaseValue) -> Void

        init<Value: DatabaseValueConvertible & SendableMetatype>(
            _ name: String,
            _ path: any WritableKeyPath<RunRecord, Value> & Sendable
        ) {
            self.name = name
            value = { $0[keyPath: path].databaseValue }
            take = { record, stored in
                if let value = Value.fromDatabaseValue(stored) { record[keyPath: path] = value }
            }
        }
    }

    /// The columns of the dataset `runs`, in order, and `source`.
    static let columns = [
        Column("run_id", \.id), Column("pipeline", \.pipeline), Column("source", \.source),
        Column("started_at", \.startedAt), Column("ended_at", \.endedAt), Column("seconds", \.seconds),
        Column("exit_code", \.exitCode), Column("status", \.status), Column("requests", \.counts.requests),
        Column("written", \.counts.written), Column("unchanged", \.counts.unchanged),
        Column("retired", \.counts.retired), Column("filtered", \.counts.filtered),
        Column("quarantined", \.counts.rejected), Column("failure", \.failure), Column("version", \.version),
        Column("pipeline_hash", \.pipelineHash), Column("report", \.report),
    ]

    func save(_ db: Database) throws {
        let columns = Self.columns.map(\.name)
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        let changes = columns.dropFirst().map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        try db.execute(
            sql: """
                INSERT INTO run(\(columns.joined(separator: ", "))) VALUES (\(marks))
                ON CONFLICT(run_id) DO UPDATE SET \(changes)
                """,
            arguments: StatementArguments(Self.columns.map { $0.value(self) })
        )
    }

    /// - Parameter row: the columns in order.
    init(_ row: Row) {
        self.init(id: "", pipeline: "", source: "", startedAt: Timestamp(seconds: 0))
        for (column, value) in zip(Self.columns, row.databaseValues) { column.take(&self, value) }
    }
}

/// Stored in microseconds.
extension Timestamp: DatabaseValueConvertible {
    package var databaseValue: DatabaseValue { microseconds.databaseValue }

    package static func fromDatabaseValue(_ value: DatabaseValue) -> Timestamp? {
        Int64.fromDatabaseValue(value).map(Timestamp.init(stored:))
    }
}

extension RunStatus: DatabaseValueConvertible {}

import Foundation
import GRDB
import PostgreSQL
import Records
import Stages
import TestSupport
import Testing

@testable import Load

/// The statements of a load in each mode into each database, as files in `Golden` that can be read without the program.
/// `RECORD=1` regenerates them.
@Suite struct GoldenStatementTests {
    /// A load as a pipeline file configures it, by the name of its golden file.
    struct Case: Sendable, CustomTestStringConvertible {
        let name, settings: String
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "merge", settings: "removed: mark, max_removed: 100%"),
        Case(name: "merge-delete", settings: "removed: delete, max_removed: 100%"),
        Case(name: "merge-history", settings: "removed: mark, history: true, max_removed: 100%"),
        Case(name: "append", settings: "mode: append"),
        Case(name: "replace", settings: "mode: replace, removed: delete, max_removed: 100%"),
        Case(
            name: "replace-only",
            settings: #"mode: replace, removed: delete, only: "color <> 'GOLD'", max_removed: 100%"#
        ),
    ]

    @Test(arguments: cases, TestDatabase.Kind.allCases)
    func aLoadRunsTheStatementsOfItsGoldenFile(_ load: Case, kind: TestDatabase.Kind) async throws {
        let found = try await statements(of: load, in: kind)
        let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Golden/\(load.name)-\(kind).sql")
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            try FileManager.default.createDirectory(
                at: golden.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(found.utf8).write(to: golden)
        }
        let expected = String(decoding: try Data(contentsOf: golden), as: UTF8.self)
        #expect(found == expected, "\(golden.lastPathComponent) differs from what runs now")
    }

    private func statements(of load: Case, in kind: TestDatabase.Kind) async throws -> String {
        let database = try await TestDatabase(kind)
        var text = "-- The table \"fleet\", loaded twice with `\(kind): { \(load.settings) }`.\n"
        for (number, rows) in Self.nights.enumerated() {
            let night = number == 0 ? "The first night: there is no table." : "The second night: one row of each kind."
            text += "\n-- \(night)\n\n"
            text += try await record(database.loader(load.settings), rows, in: Self.context(number))
        }
        return text
    }

    /// After the clock of whoever runs this, so that no statement names the present moment.
    private static func context(_ night: Int) -> LoadContext {
        LoadContext(
            runID: "run-\(night + 1)",
            source: "acme",
            startedAt: Timestamp(seconds: 4_102_444_800 + Int64(night) * 86_400)  // 2100-01-01T00:00:00Z
        )
    }

    private static let nights = [
        [Batch([["A", "RED", .moment(0), nil], ["B", "RED", .moment(0), nil], ["C", "RED", .moment(0), nil]])],
        [
            // One row is unchanged, one changed, one is new, and one device left.
            Batch([["A", "RED", .moment(9), nil], ["B", "BLUE", .moment(9), nil], ["D", "RED", .moment(9), nil]]),
            Batch([["C", "RED", .moment(0), .moment(9)]], isRemoved: true),
        ],
    ]

    private func record(_ loader: any Loader, _ rows: [Batch], in context: LoadContext) async throws -> String {
        switch loader {
        case let loader as Postgres: try recordPostgres(loader, rows, in: context)
        case let loader as SQLite: try await recordSQLite(loader, rows, in: context)
        default: throw Failure(.usage, "expected a database")
        }
    }

    private func recordPostgres(_ loader: Postgres, _ rows: [Batch], in context: LoadContext) throws -> String {
        let log = StatementRecorder<PostgresHandle>.Log()
        let load = try loader.settings.merge(.fleet, context, .postgres, staging: PostgresTarget.staging)
        let limits = PostgresLimits(lock: loader.lockTimeout, statement: loader.statementTimeout)
        let target = PostgresTarget(merge: load, unfit: loader.unfit, limits: limits)
        let database = try PostgresHandle(loader.url, hiding: context.secrets)
        defer { database.abandon() }
        try target.beginTransaction(database)
        var copy = try target.beginStaging(target.inspect(database), database)
        for batch in rows where !batch.isRemoved || load.removals.devices != .keep {
            try database.copy(copy.format.rows(batch))
        }
        let staged = try database.endCopy()
        let recorder = StatementRecorder(database: database, log: log)
        _ = try load.run(on: recorder, found: database.inspect(load.table), staged: staged)
        try database.commit()
        return log.text
    }

    private func recordSQLite(_ loader: SQLite, _ rows: [Batch], in context: LoadContext) async throws -> String {
        let load = try loader.settings.merge(
            .fleet,
            context,
            .sqlite,
            attached: SQLiteStaging.attached,
            staging: SQLiteStaging.table
        )
        let file = try SQLiteFile(loader.file.path(context))
        return try await SQLiteStaging.open().writeWithoutTransaction { database in
            let log = StatementRecorder<Load.SQLiteConnection>.Log()
            let connection = Load.SQLiteConnection(database: database)
            try file.attach(to: database)
            defer { file.detach(from: database) }
            _ = try connection.execute(load.createStaging)
            var staged = 0
            for batch in rows where !batch.isRemoved || load.removals.devices != .keep {
                try load.stage(batch, database)
                staged += batch.count
            }
            let recorder = StatementRecorder(database: connection, log: log)
            _ = try connection.execute("BEGIN IMMEDIATE")
            _ = try load.run(on: recorder, found: connection.inspect(load.table), staged: staged)
            _ = try connection.execute("COMMIT")
            return log.text
        }
    }
}

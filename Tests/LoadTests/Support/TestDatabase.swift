import Foundation
import Records
import Stages
import TestSupport
import Testing

/// An empty database of either kind, and what tests do with it.
struct TestDatabase: Sendable {
    enum Kind: String, CaseIterable, Sendable { case sqlite, postgres }

    private let kind: Kind
    private let folder: TestFolder
    /// A connection URL, or the path of a file.
    let place: String

    init(_ kind: Kind) async throws {
        self.kind = kind
        folder = try TestFolder()
        place = kind == .sqlite ? folder.file("a.sqlite") : try await PostgresServer.shared().freshDatabase()
    }

    func loader(_ settings: String = "") throws -> any Loader {
        let place = kind == .sqlite ? "file: '\(place)'" : "url: '\(place)'"
        return try LoadTests.loader("\(kind): { \(place)\(settings.isEmpty ? "" : ", ")\(settings) }")
    }

    /// From now on notes the keys of a table's rows that are written or deleted; see ``touched()``.
    func watch(_ table: String, key: String) async throws {
        try await query("CREATE TABLE touched (id text)")
        switch kind {
        case .sqlite:
            for (event, row) in [("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")] {
                try await query(
                    """
                    CREATE TRIGGER watch_\(event) AFTER \(event) ON \(table)
                    BEGIN INSERT INTO touched VALUES (\(row).\(key)); END
                    """
                )
            }
        case .postgres:
            try await query(
                """
                CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql
                    AS $$ BEGIN INSERT INTO touched VALUES (coalesce(new.\(key), old.\(key))); RETURN NULL; END $$;
                CREATE TRIGGER watch AFTER INSERT OR UPDATE OR DELETE ON \(table)
                    FOR EACH ROW EXECUTE FUNCTION watch()
                """
            )
        }
    }

    /// Statements of the kind `event` take so long for each row of `pairs` from now on. PostgreSQL only.
    func slow(_ event: String, seconds: Double) async throws {
        try await query(
            """
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql
                AS $$ BEGIN PERFORM pg_sleep(\(seconds)); RETURN new; END $$;
            CREATE TRIGGER slow BEFORE \(event) ON pairs FOR EACH ROW EXECUTE FUNCTION slow()
            """
        )
    }

    /// How many backends of this database sleep in such a statement.
    func sleepers() async throws -> Int {
        let busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
        return try await query(busy).first?.first.flatMap { $0.flatMap { Int($0) } } ?? 0
    }

    func untilOneSleeps() async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try await sleepers() == 0 {
            try #require(ContinuousClock.now < deadline, "no statement got as far as the slow trigger")
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Does what a refusal says to do in the database, in a session as odd as any.
    func follow(_ refusal: Failure) async throws {
        let advice = try #require(refusal.advice)
        let script = try #require(advice.range(of: "run: ").map { String(advice[$0.upperBound...]) }, "\(advice)")
        switch kind {
        case .sqlite: for statement in script.split(separator: ";") { try await query(String(statement)) }
        case .postgres:
            let settings = "-c TimeZone=America/New_York -c DateStyle=German -c extra_float_digits=0"
            _ = try await PostgresServer.shared().query(script, database: place, options: settings)
        }
    }

    func touched() async throws -> [String?] {
        try await query("SELECT id FROM touched ORDER BY id").map { $0[0] }
    }

    @discardableResult
    func query(_ sql: String) async throws -> [[String?]] {
        switch kind {
        case .postgres: return try await PostgresServer.shared().query(sql, database: place)
        case .sqlite:
            let script = """
                import json, sqlite3, sys
                base = sqlite3.connect(sys.argv[1])
                rows = base.execute(sys.argv[2]).fetchall()
                base.commit()
                print(json.dumps([[None if v is None else str(v) for v in r] for r in rows]))
                """
            let run = try Program.run("/usr/bin/env", ["python3", "-c", script, place, sql])
            try #require(run.status == 0, "\(run.errors)")
            return try JSONDecoder().decode([[String?]].self, from: Data(run.output.utf8))
        }
    }
}

import Foundation
import Pipeline
import Records
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

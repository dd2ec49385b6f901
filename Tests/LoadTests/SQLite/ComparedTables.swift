import Records
import Stages
import Testing

@testable import Load

extension TestDatabase {
    /// A load into a SQLite table; without a comparison if its rows are staged.
    func compare(
        _ schema: Schema = .pairs,
        _ settings: String = "",
        in context: LoadContext = context
    ) async throws -> (session: SQLiteSession, comparison: SQLiteComparison?) {
        let session = try #require(try await loader(settings).open(schema, context) as? SQLiteSession)
        if case .comparison(let comparison) = session.way { return (session, comparison) }
        return (session, nil)
    }

    func compares(
        _ schema: Schema = .pairs,
        _ settings: String = "",
        in context: LoadContext = context
    ) async throws -> Bool {
        var (session, comparison) = try await compare(schema, settings, in: context)
        await session.rollback()
        return comparison != nil
    }
}

/// A database whose rows are compared, and one whose rows are staged.
struct ComparedAndStaged {
    let compared, staged: TestDatabase

    /// Makes both, and does the same in them.
    init(_ prepare: (TestDatabase) async throws -> Void) async throws {
        (compared, staged) = try await (TestDatabase(.sqlite), TestDatabase(.sqlite))
        for database in [compared, staged] { try await prepare(database) }
    }

    /// Does the same in both, and returns both results.
    func each<Result>(_ body: (TestDatabase) async throws -> Result) async throws -> [Result] {
        // Each load sets the mode in which rows are compared.
        try await staged.query("PRAGMA journal_mode = DELETE")
        #expect(try await staged.compares() == false)
        return [try await body(compared), try await body(staged)]
    }
}

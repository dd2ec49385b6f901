import Records
import Stages
import Testing

/// What becomes of a table where a pipeline names no mode.
@Suite struct UsualModeTests {
    private static let partial = LoadContext(
        runID: "run-8",
        source: context.source,
        startedAt: context.startedAt,
        isPartial: true
    )

    private static func schema(_ dataset: Dataset) -> Schema {
        Schema(dataset, "", key: ["id"], [Field("id", .text, as: .identifier, ""), Field("note", .text, "")])
    }

    @Test(
        arguments: TestDatabase.Kind.allCases,
        [(Dataset.coverage, true), (.servers, true), (.runs, false), (.changes, false)]
    )
    func recordsThatEndAreTakenAway(kind: TestDatabase.Kind, dataset: (dataset: Dataset, isReplaced: Bool)) async throws
    {
        let database = try await TestDatabase(kind)
        let schema = Self.schema(dataset.dataset)
        let load = try database.loader()
        try await load.load(schema, .pairs(0..<220))
        let counts = try await load.load(schema, .pairs(10..<220))
        #expect(counts == LoadCounts(unchanged: 210, retired: dataset.isReplaced ? 10 : 0))
        guard dataset.isReplaced else { return }
        let refusal = try await failure { try await load.load(schema, .pairs(30..<220)) }
        #expect(refusal.message.contains("more than max_removed: 5%"))
        let merge = try database.loader("mode: merge")
        #expect(try await merge.load(schema, .pairs(30..<220)) == LoadCounts(unchanged: 190))
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aPartOfThemIsMerged(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let schema = Self.schema(.coverage)
        try await database.loader().load(schema, .pairs(0..<5))
        #expect(
            try await database.loader().load(schema, .pairs(4..<6), in: Self.partial)
                == LoadCounts(written: 1, unchanged: 1)
        )
        #expect(try await database.query("SELECT count(*) FROM coverage") == [["6"]])
        for settings in ["mode: replace", "only: 'id IS NOT NULL'"] {
            let refusal = try await failure {
                try await database.loader(settings).load(schema, .pairs(4..<6), in: Self.partial)
            }
            #expect(refusal.message.hasPrefix("--limit reads only some of the devices"))
        }
    }
}

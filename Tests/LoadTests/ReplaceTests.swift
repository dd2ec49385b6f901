import Pipeline
import Records
import Testing

/// Mode `replace` with a key: the table is to hold exactly the new rows.
@Suite struct ReplaceTests {
    private func table(_ database: TestDatabase) async throws -> [[String?]] {
        try await database.query("SELECT id, note FROM pairs ORDER BY id")
    }

    @Test(arguments: TestDatabase.Kind.allCases) func rowsThatAreGoneAreDeleted(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: replace")
        #expect(try await load.load(.pairs, Batch([["1", "a"], ["2", "b"], ["3", nil]])) == LoadCounts(written: 3))
        let counts = try await load.load(.pairs, Batch([["1", "a"], ["2", "other"], ["4", "d"]]))
        #expect(counts == LoadCounts(written: 2, updated: 1, unchanged: 1, retired: 1))
        #expect(try await table(database) == [["1", "a"], ["2", "other"], ["4", "d"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func rowsThatStayAreNotWritten(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: replace")
        try await load.load(.pairs, Batch([["1", "a"], ["2", nil], ["3", ""], ["4", "d"]]))
        try await database.watch("pairs", key: "id")
        #expect(try await load.load(.pairs, Batch([["4", "d"], ["3", ""], ["2", nil]])).retired == 1)
        #expect(try await database.touched() == ["1"])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func aSecondRunWritesNothing(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: replace")
        try await load.load(.pairs, .pairs(0..<30))
        try await database.watch("pairs", key: "id")
        #expect(try await load.load(.pairs, .pairs(0..<30)) == LoadCounts(unchanged: 30))
        #expect(try await database.touched() == [])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func losingTooManyIsRefused(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        try await database.loader("mode: replace").load(.pairs, .pairs(0..<220))
        let refusal = try await failure {
            try await database.loader("mode: replace").load(.pairs, .pairs(12..<240, note: "other"))
        }
        #expect(refusal.code == .badData)
        #expect(refusal.message.hasPrefix("refused to retire 12 of 220 rows in pairs: more than max_removed: 5%"))
        #expect(try await database.query("SELECT count(*), count(DISTINCT note) FROM pairs") == [["220", "1"]])
        let allowed = try database.loader("mode: replace, max_removed: 6%")
        #expect(
            try await allowed.load(.pairs, .pairs(12..<221)) == LoadCounts(written: 1, unchanged: 208, retired: 12)
        )
    }

    @Test(arguments: TestDatabase.Kind.allCases) func tenRowsMayAlwaysGo(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: replace")
        try await load.load(.pairs, .pairs(0..<10))
        #expect(try await load.load(.pairs) == LoadCounts(retired: 10))
        try await load.load(.pairs, .pairs(0..<11))
        await #expect(throws: Failure.self) { try await load.load(.pairs) }
        #expect(try await table(database).count == 11)
    }

    @Test(arguments: TestDatabase.Kind.allCases, ["keep", "delete"])
    func devicesThatLeftAreLeftOut(kind: TestDatabase.Kind, removed: String) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: replace, removed: \(removed)")
        try await load.load(.pairs, Batch([["1", "a"], ["2", "b"]]))
        let gone = Batch([["2", "b"], ["3", "c"]], isRemoved: true)
        #expect(
            try await load.load(.pairs, Batch([["1", "a"]]), gone)
                == LoadCounts(unchanged: 1, retired: 1, leftOut: 2)
        )
        #expect(try await table(database) == [["1", "a"]])
    }

    private static func devices(_ numbers: Range<Int>, removed: Bool = false) -> Batch {
        Batch(
            numbers.map { [.text("SN\(1000 + $0)"), "RED", .moment(60), removed ? .moment(120) : nil] },
            isRemoved: removed
        )
    }

    @Test(arguments: TestDatabase.Kind.allCases) func markedDevicesStayAndAreGuarded(kind: TestDatabase.Kind)
        async throws
    {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: replace")
        try await load.load(.fleet, Self.devices(0..<100))
        // Of three, two are marked and one is gone altogether.
        let counts = try await load.load(.fleet, Self.devices(3..<100), Self.devices(1..<3, removed: true))
        #expect(counts == LoadCounts(unchanged: 97, retired: 3))
        await #expect(throws: Failure.self) {
            try await load.load(.fleet, Self.devices(14..<100), Self.devices(1..<14, removed: true))
        }
        #expect(try await database.query("SELECT count(*), count(removed_at) FROM fleet") == [["99", "2"]])
    }

    @Test(arguments: TestDatabase.Kind.allCases) func keysAreChecked(kind: TestDatabase.Kind) async throws {
        let database = try await TestDatabase(kind)
        let load = try database.loader("mode: replace")
        try await load.load(.pairs, Batch([["1", "a"]]))
        let repeated = try await failure { try await load.load(.pairs, Batch([["2", "b"], ["2", "c"]])) }
        #expect(repeated.message.contains("repeat their key (id): 2"))
        let missing = try await failure { try await load.load(.pairs, Batch([[nil, "b"]])) }
        #expect(missing.message == "1 rows for pairs have no id; nothing was loaded")
        #expect(try await table(database) == [["1", "a"]])
    }

    @Test func whatCannotBeIsAProblemOfThePlan() throws {
        let keyless = Schema("notes", "", key: [], [Field("note", .text, "")])
        for stage in ["sqlite: { file: a.sqlite, ", "postgres: { url: 'postgresql:///x', "] {
            #expect(
                try problems("\(stage)mode: merge }", in: keyless)
                    == ["1:1 mode: merge needs rows with a key; these have none: name its columns with `key:`"]
            )
            #expect(try problems("\(stage)mode: replace }", in: keyless).isEmpty)
            let refused = ["1:1 only: limits what mode: replace replaces; mode: merge never does"]
            #expect(try problems("\(stage)only: 'id > 0' }") == refused)
            #expect(try problems("\(stage)mode: merge, only: 'id > 0' }") == refused)
            #expect(try problems("\(stage)mode: merge, only: 'mac > 0' }", in: .allowlist) == refused)
            #expect(try problems("\(stage)mode: replace, only: 'id > 0' }").isEmpty)
            #expect(try problems("\(stage)only: 'note > 0' }", in: keyless).isEmpty)
            #expect(try problems("\(stage)only: 'mac > 0' }", in: .allowlist).isEmpty)
        }
    }
}

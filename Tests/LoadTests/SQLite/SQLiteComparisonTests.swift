import Foundation
import Records
import Stages
import TestSupport
import Testing

@testable import Load

/// Rows that the table has already are not staged, and nobody can tell the difference.
@Suite struct SQLiteComparisonTests {
    @Test func onlyRowsThatDifferAreStaged() async throws {
        let database = try await TestDatabase(.sqlite)
        try await database.loader().load(.pairs, .pairs(0..<2000))
        var (session, comparison) = try await database.compare()
        try await session.write(.pairs(0..<990))
        try await session.write(.pairs(990..<1000, note: "new"))
        try await session.write(.pairs(1000..<1995))
        try await session.write(.pairs(3000..<3003))
        let counts = try await session.commit()
        #expect(comparison?.staged == 13)
        #expect(counts.written == 13)
        #expect(counts.updated == 10)
        #expect(counts.unchanged == 1985)
        let found = try await database.query("SELECT count(*), sum(note = 'new'), count(DISTINCT id) FROM pairs")
        #expect(found == [["2003", "10", "2003"]])
        #expect(try await database.loader().load(.pairs, .pairs(3000..<3003)).unchanged == 3)
    }

    @Test(arguments: [
        "history: true", "mode: replace", #"only: "note <> 'x'""#,
    ]) func loadsThatDoMoreThanToMergeStage(settings: String) async throws {
        let database = try await TestDatabase(.sqlite)
        try await database.loader().load(.pairs, .pairs(0..<2))
        #expect(try await database.compares())
        #expect(try await database.compares(.pairs, settings) == false)
    }

    @Test(arguments: [
        "CREATE TRIGGER t AFTER DELETE ON pairs BEGIN SELECT their_function(); END",
        "CREATE INDEX i ON pairs (note)",
    ]) func whatTheOwnerAddsHindersNoLoad(addition: String) async throws {
        let database = try await TestDatabase(.sqlite)
        try await database.loader().load(.pairs, .pairs(0..<2))
        try await database.query(addition)
        #expect(try await database.compares())
        #expect(try await database.loader().load(.pairs, .pairs(0..<3)).unchanged == 2)
    }

    @Test func aColumnThatHidesTheNumbersOfRowsIsNoHindrance() async throws {
        let database = try await TestDatabase(.sqlite)
        try await database.query("CREATE TABLE pairs (id TEXT PRIMARY KEY, note TEXT, rowid REAL)")
        try await database.query("INSERT INTO pairs VALUES ('1000', 'note', 1e300), ('1001', 'note', NULL)")
        try await database.loader().load(.pairs, .pairs(0..<3))
        #expect(try await database.compares() == false)
        #expect(try await database.loader().load(.pairs, .pairs(0..<4)).unchanged == 3)
    }

    @Test func aRehearsalStages() async throws {
        let database = try await TestDatabase(.sqlite)
        try await database.loader().load(.pairs, .pairs(0..<2))
        #expect(try await database.compares(in: context.rehearsing) == false)
    }

    @Test(arguments: [
        ("CREATE TABLE pairs (id TEXT PRIMARY KEY COLLATE NOCASE, note TEXT)", false),
        ("CREATE TABLE pairs (id TEXT PRIMARY KEY, note TEXT COLLATE NOCASE)", true),
        ("CREATE TABLE pairs (id TEXT PRIMARY KEY, note VARCHAR(20))", false),
        ("CREATE TABLE pairs (id TEXT PRIMARY KEY, note TEXT) WITHOUT ROWID", false),
        ("CREATE TABLE pairs (id TEXT PRIMARY KEY, note TEXT, site TEXT DEFAULT 'HQ')", true),
        ("CREATE TABLE pairs (note TEXT, id TEXT UNIQUE)", true),
    ]) func rowsAreComparedIfTheTableStoresThemAsWeDo(definition: String, compared: Bool) async throws {
        let both = try await ComparedAndStaged { database in
            try await database.query(definition)
            try await database.query("PRAGMA journal_mode = WAL")
            try await database.query("INSERT INTO pairs(id) VALUES ('1000')")
        }
        #expect(try await both.compared.compares() == compared)
        for rows in [Batch.pairs(0..<5), .pairs(0..<5), .pairs(1..<3, note: "NOTE"), .pairs(3..<6, note: "other")] {
            let counts = try await both.each { try await $0.loader().load(.pairs, rows) }
            #expect(counts[0] == counts[1])
        }
        let found = try await both.each { try await $0.query("SELECT * FROM pairs ORDER BY id") }
        #expect(found[0] == found[1])
    }

    @Test(arguments: [
        "INSERT INTO pairs(rowid, id) VALUES (-1, 'x')", "INSERT INTO pairs(rowid, id) VALUES (1 << 40, 'x')",
    ])
    func numbersOfRowsThatNeedTooMuchMemoryAreNotKept(insertion: String) async throws {
        let database = try await TestDatabase(.sqlite)
        try await database.loader().load(.pairs, .pairs(0..<2))
        try await database.query(insertion)
        #expect(try await database.compares() == false)
        #expect(try await database.loader().load(.pairs, .pairs(0..<3)).written == 1)
    }

    @Test func everyTypeIsComparedAsItIsStored() async throws {
        let row: [TestValue] = [
            "a", 5, 2.0, true, .moment(1_746_000_000), .day(20_000), "a4:83:e7:00:10:10", #"["1"]"#, #"{"a":1}"#,
        ]
        let others: [TestValue] = [
            "", 6, 2.5, false, .moment(1_746_000_001), .day(20_001), "a4:83:e7:00:10:11", #"["2"]"#, #"{"a":2}"#,
        ]
        let database = try await TestDatabase(.sqlite)
        try await database.loader().load(.types, Batch([row]))
        #expect(try await database.compares(.types))
        for column in 1..<row.count {
            for value in [others[column], nil, row[column]] {
                var changed = row
                changed[column] = value
                let counts = try await database.loader().load(.types, Batch([changed]))
                #expect(counts.written == 1 && counts.unchanged == 0, "\(column)")
                #expect(try await database.loader().load(.types, Batch([changed])).unchanged == 1, "\(column)")
            }
        }
    }

    @Test func emptyTextsAndBookkeepingCountAsInAnyLoad() async throws {
        let first = Batch([["A", "", .moment(0), nil], ["B", nil, .moment(0), nil]])
        let both = try await ComparedAndStaged { try await $0.loader().load(.fleet, first) }
        // Somebody has seen them since.
        let again = Batch([["A", "", .moment(60), nil], ["B", "", .moment(60), nil]])
        for counts in try await both.each({ try await $0.loader().load(.fleet, again) }) {
            #expect(counts.unchanged == 1 && counts.updated == 1)
        }
        for seen in try await both.each({ try await $0.query("SELECT last_seen_at FROM fleet ORDER BY serial_number") })
        {
            #expect(seen == [["1970-01-01T00:00:00.000Z"], ["1970-01-01T00:01:00.000Z"]])
        }
    }

    @Test(arguments: ["mark", "delete", "keep"])
    func devicesThatLeftCountAsInAnyLoad(removed: String) async throws {
        let both = try await ComparedAndStaged { database in
            let rows = Batch(["A", "B", "C", "D"].map { [.text($0), "RED", .moment(0), nil] })
            try await database.loader("removed: \(removed)").load(.fleet, rows)
        }
        let nights = [
            (present: ["A", "C", "D"], left: ["B"]), (present: ["A", "C"], left: ["B", "D"]),
            (present: ["A", "B", "C"], left: ["D"]),
        ]
        for (present, left) in nights {
            let counts = try await both.each { database in
                try await database.loader("removed: \(removed), max_removed: 100%").load(
                    .fleet,
                    Batch(present.map { [.text($0), "RED", .moment(0), nil] }),
                    Batch(left.map { [.text($0), "RED", .moment(0), .moment(9)] }, isRemoved: true)
                )
            }
            #expect(counts[0] == counts[1])
            let rows = try await both.each { try await $0.query("SELECT * FROM fleet ORDER BY 1") }
            #expect(rows[0] == rows[1])
        }
    }

    @Test(arguments: ["mark", "delete"])
    func aDeviceThatIsThereAndHasLeftIsRefused(removed: String) async throws {
        let row: [TestValue] = ["A", "RED", .moment(0), nil]
        let both = try await ComparedAndStaged { try await $0.loader().load(.fleet, Batch([row])) }
        let refusals = try await both.each { database in
            try await failure {
                try await database.loader("removed: \(removed), max_removed: 100%")
                    .load(.fleet, Batch([row]), Batch([row], isRemoved: true))
            }
        }
        #expect(refusals[0] == refusals[1])
        #expect(try await both.compared.query("SELECT count(*) FROM fleet WHERE removed_at IS NULL") == [["1"]])
    }

    @Test(
        arguments: [
            [["1000", "note"], ["1000", "note"]], [["1000", "note"], ["1000", "other"]],
            [["1000", "other"], ["1000", "note"]], [["1001", "other"], ["1001", "else"]],
            [["1000", "note"], [nil, "x"]],
        ] as [[[String?]]]
    ) func aBadKeyIsRefusedInTheSameWords(rows: [[String?]]) async throws {
        let both = try await ComparedAndStaged { try await $0.loader().load(.pairs, .pairs(0..<3)) }
        let batches = rows.map { row in Batch([row.map { $0.map { .text($0) } ?? .null }]) }
        for inOne in [false, true] {
            var first = batches[0]
            first.append(batches[1])
            let refusals = try await both.each { database in
                try await failure {
                    inOne
                        ? try await database.loader().load(.pairs, first, .pairs(5..<9))
                        : try await database.loader().load(.pairs, batches[0], .pairs(5..<9), batches[1])
                }
            }
            #expect(refusals[0] == refusals[1])
        }
        for left in try await both.each({ try await $0.query("SELECT count(*), min(note), max(note) FROM pairs") }) {
            #expect(left == [["3", "note", "note"]])
        }
        #expect(try await both.compared.loader().load(.pairs, .pairs(0..<4)).written == 1)
    }
}

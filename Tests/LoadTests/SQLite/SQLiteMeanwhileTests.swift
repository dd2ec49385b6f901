import Foundation
import Records
import Stages
import TestSupport
import Testing

@testable import Load

/// What somebody else writes into the file while rows are compared with it.
@Suite struct SQLiteMeanwhileTests {
    @Test func whatSomebodyWritesMeanwhileIsNotOverlooked() async throws {
        let database = try await TestDatabase(.sqlite)
        try await database.loader().load(.pairs, .pairs(0..<2000))
        var (session, comparison) = try await database.compare()
        try await session.write(.pairs(0..<1000))
        // The file is not locked meanwhile.
        try await database.query("UPDATE pairs SET note = 'theirs' WHERE id IN ('1005', '2500')")
        try await database.query("DELETE FROM pairs WHERE id = '1006'")
        try await database.query("INSERT INTO pairs VALUES ('9999', 'theirs')")
        try await session.write(.pairs(1000..<2000))
        let counts = try await session.commit()
        #expect(comparison?.staged == 2000)
        #expect(counts.written == 3)
        #expect(counts.unchanged == 1997)
        let found = try await database.query("SELECT count(*), sum(note = 'note'), max(id) FROM pairs")
        #expect(found == [["2001", "2000", "9999"]])
        #expect(try await database.loader().load(.pairs, .pairs(0..<2000)).unchanged == 2000)
    }

    @Test func aWriterOfTheFileIsWaitedFor() async throws {
        let database = try await TestDatabase(.sqlite)
        try await database.loader().load(.pairs, .pairs(0..<10))
        var (session, _) = try await database.compare()
        try await session.write(.pairs(0..<10))
        try await session.write(.pairs(10..<12))
        let script = """
            import sqlite3, sys, time
            base = sqlite3.connect(sys.argv[1], isolation_level=None)
            base.execute("BEGIN IMMEDIATE")
            print("locked", flush=True)
            time.sleep(1)
            base.execute("UPDATE pairs SET note = 'theirs' WHERE id = '1003'")
            base.execute("COMMIT")
            """
        let writer = Process()
        let output = Pipe()
        writer.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        writer.arguments = ["python3", "-c", script, database.place]
        writer.standardOutput = output
        try writer.run()
        _ = try output.fileHandleForReading.read(upToCount: 7)
        let counts = try await session.commit()
        writer.waitUntilExit()
        #expect(counts.written == 3 && counts.unchanged == 9)
        #expect(try await database.query("SELECT count(*) FROM pairs WHERE note = 'note'") == [["12"]])
    }

    @Test func severalLoadsOfOneFileFollowOneAnother() async throws {
        let database = try await TestDatabase(.sqlite)
        let colors = { (color: String) in
            Batch((0..<50).map { [.text("S\($0)"), .text(color), .moment(0), nil] })
        }
        try await database.loader().load(.pairs, .pairs(0..<50))
        try await database.loader().load(.fleet, colors("RED"))
        var (first, firstComparison) = try await database.compare()
        var (second, secondComparison) = try await database.compare(.fleet)
        #expect(firstComparison != nil && secondComparison != nil)
        try await first.write(.pairs(0..<51))
        try await second.write(colors("RED"))
        try await second.write(Batch([["NEW", "RED", .moment(0), nil]]))
        #expect(try await first.commit().written == 1)
        let counts = try await second.commit()
        #expect(counts.written == 1 && counts.unchanged == 50)
        #expect(secondComparison?.staged == 51)
        #expect(
            try await database.query("SELECT (SELECT count(*) FROM pairs), (SELECT count(*) FROM fleet)") == [
                ["51", "51"]
            ]
        )
    }

    @Test func aLoadThatIsGivenUpChangesNothing() async throws {
        let database = try await TestDatabase(.sqlite)
        try await database.loader().load(.pairs, .pairs(0..<10))
        try await database.loader().abandon(.pairs, .pairs(0..<3000, note: "new"))
        #expect(try await database.query("SELECT count(*), max(note) FROM pairs") == [["10", "note"]])
        #expect(try await database.loader().load(.pairs, .pairs(0..<3000, note: "new")).written == 3000)
    }

    @Test func rowsThatAreStagedAfterAllKeepWhenTheyWereSeen() async throws {
        let database = try await TestDatabase(.sqlite)
        try await database.loader().load(
            .fleet,
            Batch([["A", "RED", .moment(0), nil], ["B", "RED", .moment(0), nil]])
        )
        var (session, _) = try await database.compare(.fleet)
        try await session.write(Batch([["A", "RED", .moment(60), nil], ["B", "BLUE", .moment(60), nil]]))
        try await database.query("UPDATE fleet SET color = 'GOLD'")
        #expect(try await session.commit().updated == 2)
        // A limit: the time of the unchanged row was not kept.
        let found = try await database.query("SELECT color, last_seen_at FROM fleet ORDER BY serial_number")
        #expect(found == [["RED", "1970-01-01T00:00:00.000Z"], ["BLUE", "1970-01-01T00:01:00.000Z"]])
    }
}

import Records
import TestSupport
import Testing

@testable import Inventory

@Suite struct RunHistoryTests {
    let folder: ScratchFolder
    var path: String { folder.file("inventory.sqlite") }

    init() throws { folder = try ScratchFolder() }

    private func run(_ id: String, endedAt: Timestamp? = nil, code: Outcome? = nil) -> RunRecord {
        var counts = RunCounts()
        counts.requests = 7
        counts.written = 5
        counts.rejected = 2
        return RunRecord(
            id: id,
            pipeline: "nightly",
            source: "acme",
            startedAt: firstNight,
            endedAt: endedAt,
            seconds: 1.5,
            exitCode: code?.rawValue,
            status: code.map(RunStatus.init) ?? .running,
            counts: counts,
            failure: nil,
            version: "1",
            pipelineHash: nil,
            report: #"{"exit_code":0,"status":"\#(code.map(RunStatus.init) ?? .running)"}"#
        )
    }

    /// `id status code` of what can be read from outside, newest first.
    private func history(prefix: String = "") throws -> [String] {
        var filter = RunFilter(limit: 3)
        filter.id = prefix
        return try Inventory.runs(at: path, filter).map {
            "\($0.id) \($0.status) \($0.exitCode.map(String.init) ?? "-")"
        }
    }

    @Test func aRunThatGoesOnCanBeReadMeanwhile() throws {
        let inventory = try openInventory(folder)
        try inventory.begin(run("a"))
        #expect(try history() == ["a running -"])
        try inventory.record(run("a", endedAt: secondNight, code: .partial))
        #expect(try history() == ["a partial 3"])
        inventory.close()
    }

    @Test func aRunThatWasKilledIsUnfinished() throws {
        var inventory = try openInventory(folder)
        try inventory.begin(run("a"))
        // As far as it came: everything but the end.
        try inventory.record(run("a", code: .done))
        inventory.close()
        #expect(try history() == ["a unfinished -"])
        inventory = try openInventory(folder)
        try inventory.begin(run("b"))
        #expect(try history() == ["b running -", "a unfinished -"])
        #expect(
            try Reading(inventory, .runs).rows("run_id", "status", "exit_code", "report").first
                == #"a unfinished - {"status":"unfinished"}"#
        )
        inventory.close()
    }

    @Test func theLatestThousandAreKept() throws {
        let inventory = try openInventory(folder)
        for number in 0..<1003 { try inventory.begin(run("r\(number)")) }
        #expect(try Inventory.runs(at: path, limit: 5000).map(\.id) == (3..<1003).reversed().map { "r\($0)" })
        inventory.close()
    }

    @Test func runsAreFoundByTheBeginningOfTheirID() throws {
        let inventory = try openInventory(folder)
        for id in ["ab", "a%", "b"] { try inventory.begin(run(id)) }
        #expect(try history(prefix: "a").count == 2)
        #expect(try history(prefix: "a%").count == 1)
        inventory.close()
    }

    @Test func theDatasetHasARowForEachRun() throws {
        let inventory = try openInventory(folder)
        try inventory.begin(run("a", endedAt: secondNight, code: .done))
        try inventory.begin(run("b"))
        let reading = try Reading(inventory, .runs)
        #expect(
            reading.rows("run_id", "ended_at", "seconds", "exit_code", "requests", "written", "quarantined", "failure")
                == ["a \(secondNight) 1.5 0 7 5 2 -", "b - 1.5 - 7 5 2 -"]
        )
        inventory.close()
    }

    @Test func everyColumnOfARecordIsOneOfTheTableAndOfTheDataset() throws {
        try openInventory(folder).close()
        let table = try sqlite(folder, "SELECT name FROM pragma_table_info('run') WHERE name <> 'seq' ORDER BY cid")
        let names = RunRecord.columns.map(\.name)
        #expect(names.sorted() == table.split(separator: "\n").map(String.init).sorted())
        #expect(names.filter { $0 != "source" } == Schema.runs.fields.map(\.name))
    }

    @Test func everyMemberOfARecordComesBack() throws {
        var counts = RunCounts()
        (counts.requests, counts.written, counts.unchanged) = (1, 2, 3)
        (counts.retired, counts.filtered, counts.rejected) = (4, 5, 6)
        let record = RunRecord(
            id: "a",
            pipeline: "nightly",
            source: "acme",
            startedAt: firstNight,
            endedAt: secondNight,
            seconds: 1.5,
            exitCode: 3,
            status: .partial,
            counts: counts,
            failure: "why",
            version: "1",
            pipelineHash: "f00d",
            report: "{}"
        )
        let none = RunRecord(id: "", pipeline: "", source: "", startedAt: Timestamp(seconds: 0))
        for (member, empty) in zip(Mirror(reflecting: record).children, Mirror(reflecting: none).children) {
            // A new member has to be in the test, too.
            #expect("\(member.value)" != "\(empty.value)", "\(member.label ?? "") is not tried")
        }
        for (number, empty) in zip(Mirror(reflecting: counts).children, Mirror(reflecting: RunCounts()).children) {
            #expect("\(number.value)" != "\(empty.value)", "\(number.label ?? "") is not tried")
        }
        let inventory = try openInventory(folder)
        try inventory.record(record)
        inventory.close()
        let back = try #require(try Inventory.runs(at: path, limit: 1).first)
        #expect("\(back)" == "\(record)")
    }

    @Test func aRecordThatSomebodyEditedIsReadAsFarAsItCanBe() throws {
        let inventory = try openInventory(folder)
        try inventory.begin(run("a", endedAt: secondNight, code: .done))
        inventory.close()
        try sqlite(folder, "UPDATE run SET exit_code = 5000000000, status = 'odd', ended_at = 9223372036854775807")
        let back = try #require(try Inventory.runs(at: path, limit: 1).first)
        #expect(
            back.exitCode == nil && back.status == .unfinished && back.endedAt?.description.hasPrefix("9999-") == true
        )
    }

    @Test func anInventoryThatNeverKeptRunsHasNone() throws {
        try openInventory(folder).close()
        try sqlite(folder, "DROP TABLE run")
        #expect(try history().isEmpty)
    }
}

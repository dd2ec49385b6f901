import Inventory
import Pipeline
import Records
import Stages
import TestSupport
import Testing

@Suite struct RunHistoryTests {
    let night: Night
    var desk: Desk { night.desk }

    init() throws { night = try Night() }

    private let columns = "columns: [status, exit_code, ended_at, requests, written, quarantined, failure]"
    private var plain: String { pipeline(transform: "[refuse: { column: color }]", load: "[desk: { name: a }]") }
    private var withHistory: String {
        pipeline(
            load: "[desk: { name: h, from: runs, \(columns) }, desk: { name: a }, desk: { name: r, from: rejects }]"
        )
    }

    private var runs: [RunRecord] {
        get throws { try Inventory.runs(at: night.inventoryPath, limit: 10) }
    }

    @Test func everyRunIsKeptWithItsNumbers() async throws {
        let report = try await night.run(plain)
        let run = try #require(try runs.first)
        #expect(try runs.count == 1)
        #expect(run.id == report.runID && run.pipeline == "t.yaml" && run.source == "sandbox-500-1")
        #expect(run.status == .done && run.exitCode == 0 && run.endedAt == report.endedAt)
        #expect(run.counts.written == 3 && run.counts.rejected == 3)
        #expect(run.pipelineHash?.count == 64 && run.pipelineHash == report.pipelineHash)
    }

    @Test func theReportComesBackAsItWas() async throws {
        desk.when("coverage") { context in
            context.meter.update {
                $0.unknown = 2
                $0.reasons = [.new: 3]
                $0.notes = ["slow"]
            }
        }
        let load = "[desk: { name: a }, desk: { name: b, trouble: committing }]"
        let report = try await night.run(
            pipeline(extract: "[devices, coverage]", transform: "[refuse: { column: color }, warn]", load: load)
        )
        let back = try RunReport(try #require(try runs.first))
        #expect(back.code == .partial && report.code == .partial)
        #expect(back.outcome == report.outcome)
        #expect(back.rejects == report.rejects && back.warnings == report.warnings)
        #expect(back.stage("coverage")?.remarks == ["slow", "asked for 3 new"])
        #expect(back.stage("b")?.failure?.description == report.stage("b")?.failure?.description)
        #expect(back.jsonLine == report.jsonLine)
    }

    @Test func whatAGuardRefusedIsInTheReport() async throws {
        let load = "[desk: { name: a }, desk: { name: b, trouble: writing }, desk: { name: c, trouble: committing }]"
        let report = try await night.run(pipeline(load: load))
        let back = try RunReport(try #require(try runs.first))
        for text in [report.jsonLine, back.jsonLine] {
            #expect(text.contains(#""guard":{"limit":"5%","of":40,"refused":12}"#))
            #expect(text.split(separator: #""guard""#).count == 2)
        }
    }

    @Test func aRunThatFailsBeforeItsFirstRequestIsKept() async throws {
        _ = try await night.run(plain, connect: { _ in throw Failure(.credentialsRefused, "refused") })
        let run = try #require(try runs.first)
        #expect(run.status == .failed && run.exitCode == 77 && run.failure == "refused")
    }

    @Test func loadsOfRunsComeLastAndKnowWhatTheOthersDid() async throws {
        #expect(try await night.run(withHistory).code == .done)
        #expect(desk.events.suffix(2) == ["open h", "commit h"])
        #expect(desk.rows("h") == ["done 0 - 0 3 0 -"])
        _ = try await night.run(withHistory)
        #expect(desk.rows("h").count == 3)
        // The second run completes the first one's row: its end, and the row that it had itself written.
        let completed = try #require(desk.rows("h").dropFirst().first)
        #expect(completed.hasPrefix("done 0 20") && completed.hasSuffix("Z 0 4 0 -"))
    }

    @Test func aFailedRunIsInTheHistoryTheSameNight() async throws {
        desk.when("devices") { _ in throw Failure(.badData, "half of the devices are gone") }
        #expect(try await night.run(withHistory).code == .badData)
        #expect(desk.load("a") == nil)
        #expect(desk.rows("h") == ["failed 65 - 0 0 0 half of the devices are gone"])
    }

    @Test func aHistoryThatCannotBeWrittenIsSaidAndNothingElse() async throws {
        _ = try await night.run(plain)
        let trigger = "CREATE TRIGGER full BEFORE INSERT ON run BEGIN SELECT RAISE(FAIL, 'disk is full'); END"
        let sqlite = try Program.run("/usr/bin/env", ["sqlite3", night.inventoryPath, trigger])
        try #require(sqlite.status == 0, "\(sqlite.errors)")
        let report = try await night.run(plain)
        #expect(report.code == .done)
        #expect(report.stage("a")?.status == .done)
        #expect(report.notes.count == 1)
        #expect(report.notes.first?.contains("disk is full") == true)
        #expect(try runs.count == 1)
    }

    @Test func theBooksOfEveryLoadBalance() async throws {
        desk.lists(serials(2500))
        _ = try await night.run(pipeline(load: "[desk: { name: first }]"))
        desk.lists(serials(2490))
        let own = "transform: [hold]"
        let report = try await night.run(
            pipeline(
                transform: "[keep: C0001]",
                load: "[desk: { name: a }, desk: { name: b, \(own) }, desk: { name: c, from: changes }]"
            )
        )
        for name in ["a", "b", "c (changes)"] {
            let counts = try #require(report.stage(name)?.counts)
            #expect(counts.isBalanced, "\(name): \(counts)")
        }
        let counts = try #require(report.stage("a")?.counts)
        #expect(counts.read == 2500 && counts.filteredBefore == 2499 && counts.written == 1)
    }
}

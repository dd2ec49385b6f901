import Foundation
import Inventory
import Records
import Stages
import Testing

@testable import Pipeline

/// A run's report and its JSON hold the same.
@Suite struct ReportJSONTests {
    private var bare: RunReport {
        RunReport(
            runID: "",
            pipeline: "",
            pipelineFile: "",
            pipelineHash: nil,
            version: "",
            source: "",
            startedAt: Timestamp(seconds: 0)
        )
    }

    private func full() throws -> RunReport {
        var report = RunReport(
            runID: "20261129T020000Z-abc",
            pipeline: "nightly",
            pipelineFile: "nightly.axport.yaml",
            pipelineHash: "f00d",
            version: "1.2.3",
            source: "acme",
            startedAt: Timestamp(microseconds: 1_796_000_000_123_000)
        )
        report.endedAt = Timestamp(microseconds: 1_796_000_009_456_000)
        report.seconds = 9.333
        report.status = .failed
        (report.limitsMet.count, report.limitsMet.seconds) = (5, 12.5)
        report.stages = [try StageReportTests.failed, try StageReportTests.done]
        report.rejects = [.checksum: 1, .scientificNotation: 2]
        report.warnings = [.checkDigitAdded: 3, .numericInput: 4]
        report.failure = Failure(
            .credentialsRefused,
            "Apple denies the account; ask for a role",
            advice: "give the account a role; then run again",
            refusal: Refusal(2, of: 3, limit: "5%")
        )
        report.failure?.detail = "what the other side said"
        report.notes = ["a note"]
        report.recordedCode = .credentialsRefused
        return report
    }

    /// Every member with its value, by name.
    private func members(_ report: RunReport) -> [String: String] {
        // A record does not name the inventory that has it. The others are for the command that runs.
        let left = ["inventory", "named", "isHeldElsewhere"]
        let children = Mirror(reflecting: report).children.filter { !left.contains($0.label ?? "") }
        return Dictionary(uniqueKeysWithValues: children.map { ($0.label ?? "", text($0.value)) })
    }

    /// Dictionaries in one order.
    private func text(_ value: Any) -> String {
        var text = ""
        if let counts = value as? [Reason: Int] { return counts.map { "\($0.key) \($0.value)" }.sorted().description }
        if let counts = value as? [Warning: Int] { return counts.map { "\($0.key) \($0.value)" }.sorted().description }
        // How stages and their JSON match is told by the tests of stages.
        if let stages = value as? [StageReport] { return stages.map(\.jsonLine).description }
        dump(value, to: &text)
        return text
    }

    @Test func everyMemberOfAReportSurvives() throws {
        let report = try full()
        let (original, none) = (members(report), members(bare))
        // A new member has to be in the test, too.
        for (name, value) in original { #expect(none[name] != value, "\(name) is not tried") }
        let back = try RunReport(jsonLine: report.jsonLine)
        for (name, value) in members(back) { #expect(value == original[name], "\(name)") }
        #expect(back.jsonLine == report.jsonLine)
    }

    @Test func sumsOverAllStagesAreBesideThem() throws {
        let report = try full()
        let load = report.stages[0].counts
        let sums = [
            #""written":\#(load.written)"#, #""retired":\#(load.retired),"#, #""quarantined":3,"#,
            #""requests":\#(2 * load.requests),"#, #""exit_code":77,"#,
        ]
        // Beside the stages, not in them.
        let text = report.jsonLine
        let stages = try #require(text.range(of: #""stages":["#)?.lowerBound)
        let end = try #require(text.range(of: #"],"started_at""#)?.upperBound)
        let own = text[..<stages] + text[end...]
        for sum in sums { #expect(own.contains(sum), "\(sum): \(own)") }
    }

    /// What version 0.9 wrote: no `updated`, no `error_hint`, no code of the run's own failure.
    private func earlier(_ status: String, code: Int32?, failure: String = "") -> RunRecord {
        RunRecord(
            id: "r1",
            pipeline: "nightly",
            source: "acme",
            startedAt: Timestamp(seconds: 1_796_000_000),
            exitCode: code,
            status: RunStatus(rawValue: status) ?? .running,
            version: "0.9",
            report: """
                {\(code.map { #""exit_code":\#($0),"# } ?? "")\(failure)"filtered":1,"notes":[],"pipeline":"nightly",\
                "pipeline_file":"n.yaml","quarantined":4,"rejects":{"checksum":4,"of another version":1},"requests":7,\
                "retired":0,"run":"r1","seconds":1.5,"source":"acme","stages":[{"added":0,"asked":0,"changed":0,\
                "deleted":0,"destination":"a.csv","error":"disk is full; make room","error_code":73,"filtered":1,\
                "held_back":0,"kind":"load","left_out":3,"notes":["slow"],"quarantined":0,"read":9,"reasons":{},\
                "received":6,"requests":0,"retired":0,"seconds":0.5,"stage":"csv","status":"failed","unchanged":2,\
                "unknown":0,"written":3}],"started_at":"2026-11-29T17:46:40.000Z","status":"\(status)","unchanged":2,\
                "version":"0.9","warnings":{},"written":3}
                """
        )
    }

    @Test func reportsOfEarlierVersionsAreRead() throws {
        let report = try RunReport(earlier("partial", code: 3))
        let load = try #require(report.stages.first)
        #expect(report.code == .partial && report.rejects == [.checksum: 4] && report.pipelineHash == nil)
        #expect(load.counts.written == 3 && load.counts.filteredBefore == 3 && load.counts.updated == 0)
        #expect(load.failure?.code == .destinationFailed && load.failure?.told == "disk is full; make room")
        #expect(report.jsonLine.contains(#""exit_code":3"#), "the outcome stays as its own version told it")
    }

    @Test func aFailureOfAnEarlierRunHasTheCodeOfTheRun() throws {
        let report = try RunReport(earlier("failed", code: 77, failure: #""error":"denied","#))
        #expect(report.failure == Failure(.credentialsRefused, "denied") && report.code == .credentialsRefused)
    }

    @Test func aRunWithoutAnOutcomeHasNoCode() throws {
        var record = earlier("done", code: 0)
        #expect(try RunReport(record).jsonLine.contains("exit_code"))
        // It was killed after it had noted what it would come to.
        record = earlier("unfinished", code: nil)
        let report = try RunReport(record)
        #expect(report.status == .unfinished && !report.jsonLine.contains("exit_code"))
    }

    @Test func aReportThatIsNoneIsRefused() {
        let record = RunRecord(id: "r1", pipeline: "p", source: "s", startedAt: now, version: "9", report: "{}")
        #expect(throws: Failure(.badData, "the report of run r1 cannot be read: axport 9 wrote it")) {
            try RunReport(record)
        }
    }
}

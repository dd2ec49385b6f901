import Foundation
import Pipeline
import Records
import Sandbox
import Stages
import TestSupport
import Testing

@testable import axport

/// What a scheduler keeps of a run.
@Suite struct LogFormatTests {
    private static let now = Timestamp(microseconds: 1_796_000_000_123_000)
    private static let failure = Failure(.destinationFailed, "the disk is \"full\"", advice: "free some space")
    private let record = LogRecord(.error, failure, of: "csv a.csv: ", label: "acme: ").with(
        source: "acme",
        stage: "csv"
    )

    @Test func aMessageInEachFormat() {
        func written(_ format: LogFormat, showsTime: Bool = false) -> String {
            format.written(record, at: Self.now, showsTime: showsTime)
        }
        #expect(written(.text) == "error: acme: csv a.csv: the disk is \"full\"\nhint: free some space")
        #expect(
            written(.text, showsTime: true) == """
                2026-11-30T00:53:20Z error: acme: csv a.csv: the disk is "full"
                2026-11-30T00:53:20Z hint: free some space
                """
        )
        #expect(written(.journal) == "<3>error: acme: csv a.csv: the disk is \"full\"\n<3>hint: free some space")
        #expect(
            written(.json) == #"""
                {"hint":"free some space","level":"error","message":"csv a.csv: the disk is \"full\"","source":"acme",\#
                "stage":"csv","ts":"2026-11-30T00:53:20.123Z"}
                """#
        )
    }

    @Test func aProblemOfAFileHasItsPlace() {
        let place = SourceLocation(file: "a.yaml", line: 2, column: 3)
        let record = LogRecord(Diagnostic("the URL is empty", hint: "remove it", at: place))
        #expect(record.text == "a.yaml:2:3: error: the URL is empty\nhint: remove it")
        let json = LogFormat.json.written(record, at: Self.now, showsTime: false)
        #expect(json.contains(#""message":"the URL is empty","place":"a.yaml:2:3""#), "\(json)")
    }

    /// Objects of a log, which has nothing else.
    private func objects(_ log: String) throws -> [[String: Any]] {
        try log.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any], "\($0)")
        }
    }

    private let load = "  - csv: { file: out/devices.csv }\n  - csv: { file: taken/devices.csv }\n"

    /// Runs a pipeline of which one load fails.
    private func log(_ arguments: String..., environment: [String: String] = [:]) async throws -> String {
        var log = ""
        try await withSandbox(.with(devices: 30)) { command, _ in
            var command = command
            command.environment.merge(environment) { $1 }
            try command.write("a file", to: "taken")
            try command.write(pipeline(load: load), to: "n.axport.yaml")
            let run = try await command(["run", "n.axport.yaml"] + arguments)
            #expect(run.status == 3, "\(run.log)")
            log = run.log
        }
        return log
    }

    @Test func everyLineHasItsTimeWhereNobodyWatches() async throws {
        let lines = try await log().dropLast().split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count > 8)
        for line in lines { #expect(line.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ( .+)?/) != nil, "\(line)") }
        #expect(lines.contains { $0.contains(/Z error: csv \S+\/taken\/devices.csv:/) })
        #expect(
            lines.last?.hasSuffix("Z hint: ") == false
                && lines.last?.contains("partial: 1 of 2 loads failed (csv /") == true
                && lines.last?.contains("; exit code 3 after ") == true
        )
    }

    @Test func anObjectALine() async throws {
        let log = try await log("--log-format", "json")
        let objects = try objects(log)
        let levels = objects.map { $0["level"] as? String }
        #expect(objects.allSatisfy { $0["ts"] != nil && $0["source"] != nil && $0["message"] as? String != "" })
        let error = try #require(objects.first { $0["level"] as? String == "error" })
        #expect(error["stage"] as? String == "csv" && error["exit_code"] == nil)
        #expect((error["message"] as? String)?.contains("/taken/devices.csv: ") == true)
        #expect(levels.last == "warning" && objects.last?["exit_code"] as? Int == 3)
        #expect(objects.count { $0["exit_code"] != nil } == 1)
        // The tables are one message.
        #expect(objects.contains { ($0["message"] as? String)?.contains("\n") == true })
    }

    @Test func theJournalGetsPriorities() async throws {
        let lines = try await log("--log-format", "journal").dropLast().split(separator: "\n")
        for line in lines { #expect(line.wholeMatch(of: /<[3467]>.*/) != nil, "\(line)") }
        #expect(lines.contains { $0.contains(/^<3>error: csv \S+\/taken\/devices.csv:/) })
        #expect(lines.contains { $0.hasPrefix("<6>axport: devices") })
        #expect(lines.last?.hasPrefix("<4>") == true)
    }

    @Test(arguments: [true, false]) func theJournalIsFound(isOurs: Bool) async throws {
        try await withTemporaryFolder { folder in
            try Data().write(to: URL(fileURLWithPath: "\(folder)/log"))
            let script = """
                cd "$0"; stream=$(stat -c %d:%i log); [ "$2" = true ] || stream=1:$stream
                JOURNAL_STREAM=$stream "$1" run nowhere.axport.yaml 2> log
                """
            let arguments = ["-c", script, folder, Command.program, "\(isOurs)"]
            let run = try await Program.running("/bin/sh", arguments, environment: ["HOME": folder])
            #expect(run.status == 78)
            let log = try String(contentsOfFile: "\(folder)/log", encoding: .utf8)
            #expect(log.hasPrefix(isOurs ? "<3>error: cannot read nowhere" : "20"), "\(log)")
        }
    }

    @Test func otherVerbsHaveNoTime() async throws {
        try await withTemporaryFolder { folder in
            let run = try await Command(folder: folder)("check", "nowhere.axport.yaml")
            #expect(run.log.hasPrefix("error: cannot read nowhere.axport.yaml: "), "\(run.log)")
        }
    }

    @Test func aSecretIsHiddenInEveryFormat() async throws {
        for format in ["text", "json", "journal"] {
            let log = try await log("--log-format", format, environment: ["PGPASSWORD": "taken/devices"])
            #expect(!log.contains("taken/devices") && log.contains("csv"), "\(log)")
        }
    }
}

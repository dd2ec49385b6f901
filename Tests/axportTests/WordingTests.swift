import Foundation
import Records
import Sandbox
import TestSupport
import Testing

@testable import Pipeline
@testable import Stages
@testable import axport

/// What is said of a run is what happened.
@Suite struct WordingTests {
    private func stage(
        _ kind: StageReport.Kind,
        _ status: StageReport.Status = .done,
        failure: Failure? = nil,
        _ change: (inout StageCounts) -> Void
    ) -> StageReport {
        var counts = StageCounts()
        change(&counts)
        return StageReport(
            kind: kind,
            name: kind == .load ? "csv" : "coverage",
            destination: kind == .load ? "a.csv" : "",
            status: status,
            counts: counts,
            failure: failure
        )
    }

    @Test func moreThanWasKnownIsNotSoManyOfFewer() {
        let more = stage(.extract) { ($0.received, $0.total) = (2150, 1959) }
        #expect(ProgressLine.text(more).hasPrefix("coverage  2150, "))
        let fewer = stage(.extract) { ($0.received, $0.total) = (5, 1959) }
        #expect(ProgressLine.text(fewer).hasPrefix("coverage  5 of 1959, "))
    }

    @Test func aLoadIsSaidToHaveTheRowsThatItsFileHas() {
        let load = stage(.load) { ($0.received, $0.written, $0.filtered) = (2263, 2150, 113) }
        #expect(ProgressLine.text(load).hasPrefix("csv a.csv  2150, "))
        let again = stage(.load) { ($0.received, $0.unchanged, $0.filtered) = (2263, 2150, 113) }
        #expect(ProgressLine.text(again).hasPrefix("csv a.csv  2150, "))
        let running = stage(.load, .running) { $0.received = 1000 }
        #expect(ProgressLine.text(running).hasPrefix("csv a.csv  1000"))
    }

    @Test func aWrittenReportWithATimeOfNoMeaningIsShown() {
        for seconds in [1e300, -1e300, .infinity, .nan] { #expect(!ProgressLine.duration(seconds).isEmpty) }
    }

    @Test func onlyWhatALaterRunCanDoWaitsForIt() {
        let denied = Failure(.credentialsRefused, "denied")
        let stages = [
            stage(.extract) { ($0.heldBack, $0.asked) = (294, 100) },
            stage(.extract) { ($0.heldBack, $0.asked) = (1, 9) },
            stage(.extract, .failed, failure: denied) { ($0.heldBack, $0.asked) = (294, 20) },
            stage(.extract) { $0.heldBack = 294 },
        ]
        #expect(
            stages.flatMap(\.remarks) == [
                "294 devices wait for the next run", "1 device waits for the next run", "not asked about: 294 devices",
                "294 devices wait, and will keep waiting: the stage is not allowed any request; see its max_requests and max_time",
            ]
        )
    }

    @Test func fortyOrganizationsAreAllInTheList() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            let sources = (1...40).map { "  - { name: org\($0), platform: sandbox, devices: 1 }" }
            let rest = "extract: [devices]\nload: [csv: { file: \"{source}.csv\" }]\n"
            try command.write("sources:\n\(sources.joined(separator: "\n"))\n\(rest)", to: "p.axport.yaml")
            #expect(try await command("run", "p.axport.yaml").status == 0)
            // An organization that fails to run for a while is not pushed out by the others.
            for _ in 0..<2 { #expect(try await command("run", "p.axport.yaml", "--source", "org7").status == 0) }
            let list = try await command("runs").output
            for number in 1...40 { #expect(list.contains("\norg\(number) "), "\(number)") }
            #expect(list.split(separator: "\n").count == 40 + 2)
            for line in list.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
            #expect(try await command("runs", "--limit", "5").output.split(separator: "\n").count == 7)
        }
    }

    @Test func anEmptyVariableIsFoundByCheck() async throws {
        try await withTemporaryFolder { folder in
            var command = Command(folder: folder)
            try command.write(
                """
                source: { platform: sandbox, devices: 1 }
                extract: [devices]
                load:
                  - postgres: { url: "${env:DATABASE_URL}", table: devices }
                  - postgres: { url: "", table: devices }
                """,
                to: "p.axport.yaml"
            )
            command.environment["DATABASE_URL"] = ""
            let check = try await command("check", "p.axport.yaml")
            #expect(check.status == 78)
            #expect(check.errors.contains("p.axport.yaml:4:22: error: ${env:DATABASE_URL}: the environment variable "))
            command.environment["DATABASE_URL"] = "postgres://db/assets"
            let second = try await command("check", "p.axport.yaml")
            #expect(
                second.errors.contains(
                    "p.axport.yaml:5:22: error: the URL is empty\nhint: to use PGHOST and the like, remove `url`\n"
                )
            )
        }
    }
}

import Foundation
import Pipeline
import Records
import Stages
import TestSupport
import Testing

@testable import axport

/// `run_date` and `run_time`: one value for a whole command, which `--at` sets.
@Suite struct AtOptionTests {
    private static func file(in folder: String) -> String {
        """
        sources:
          - { name: one, platform: sandbox, devices: 20 }
          - { name: two, platform: sandbox, devices: 20, seed: 2 }
        inventory: \(folder)/{source}.sqlite
        extract: [devices]
        load:
          - csv: { file: "\(folder)/{source}-{date}.csv", transform: [select: { source: source, day: run_date, at: run_time }] }
          - ndjson: { file: "\(folder)/{source}.ndjson", transform: [where: run_date < '2000-01-01'] }
        """
    }

    @Test func allSourcesAndLoadsSeeTheStartOfTheCommandAlsoPastMidnight() async throws {
        try await withTemporaryFolder { folder in
            let before = try #require(Timestamp.parse(Array("1999-12-31T23:59:59.999Z".utf8).span).value)
            // Before the first source ends, the day of the clock is another one.
            let planning = Composition.planning(startedAt: before, environment: .only(["HOME": folder]))
            let plans = try planning.plans(for: PipelineText(Self.file(in: folder), file: "t.yaml"))
            for plan in plans.plans {
                let report = await FileRuns.report(plan, RunOptions(), startedAt: before)
                #expect(report.code == .done, "\(report)")
                let name = plan.source.name
                let rows = try String(contentsOfFile: "\(folder)/\(name)-1999-12-31.csv", encoding: .utf8)
                    .split(whereSeparator: \.isNewline).dropFirst()
                #expect(Set(rows) == ["\(name),1999-12-31,1999-12-31T23:59:59.999Z"])
                let all = try String(contentsOfFile: "\(folder)/\(name).ndjson", encoding: .utf8)
                #expect(all.split(separator: "\n").count == rows.count)
            }
        }
    }

    @Test func atSetsThemAndTheDateOfFileNamesAndNothingElse() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(Self.file(in: folder), to: "t.axport.yaml")
            let run = try await command("run", "t.axport.yaml", "--at", "1999-07-01", "--summary", "s-{date}.json")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try command.read("one-1999-07-01.csv").contains("one,1999-07-01,1999-07-01T00:00:00.000Z"))
            #expect(!command.exists("one-\(Timestamp.now.description.prefix(10)).csv"))
            #expect(try command.read("two.ndjson").isEmpty == false)
            // The history of runs keeps the real time.
            let year = String(Timestamp.now.description.prefix(4))
            #expect(try command.read("s-1999-07-01.json").contains("\"started_at\":\"\(year)-"))
            let again = try await command("run", "t.axport.yaml", "--offline", "--at", "1999-07-01", "--json")
            #expect(!again.output.contains(/"written":[1-9]/), "\(again.output)")

            let preview = try await command(
                "preview",
                "t.axport.yaml",
                "--source",
                "one",
                "--at",
                "1999-07-01T06:00:00Z"
            )
            #expect(preview.output.contains("1999-07-01T06:00:00.000Z"))
            let plan = try await command("plan", "t.axport.yaml", "--source", "one", "--at", "2001-07-01")
            #expect(plan.output.contains("one-2001-07-01.csv"), "\(plan.output)")
            let export = try await command(
                "export",
                "--from",
                "t.axport.yaml",
                "--source",
                "one",
                "--offline",
                "--at",
                "1999-07-01",
                "--where",
                "run_date = '1999-07-01'",
                "--columns",
                "serial_number"
            )
            #expect(export.output.split(whereSeparator: \.isNewline).count > 10, "\(export.errors)")
        }
    }

    @Test func casesThatNameNoMomentTakeIt() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            let test = """
                source: { platform: sandbox }
                extract: [devices]
                load: [csv: { file: out.csv, transform: [select: { day: run_date }] }]
                tests:
                  - { name: usual, devices: [{ serialNumber: C1 }], expect: [{ day: 2026-01-01 }] }
                  - { name: own, at: 2026-03-01, devices: [{ serialNumber: C1 }], expect: [{ day: 2026-03-01 }] }
                """
            try command.write(test, to: "t.axport.yaml")
            let usual = try await command("test", "t.axport.yaml")
            #expect(usual.status == 0, "\(usual.output) \(usual.errors)")
            let later = try await command("test", "t.axport.yaml", "--at", "2027-01-01")
            #expect(later.status == 65)
            #expect(later.output.contains("✗ usual") && later.output.contains("✓ own"), "\(later.output)")
        }
    }

    @Test func aMomentThatIsNoneIsToldWithItsForm() async throws {
        try await withTemporaryFolder { folder in
            let refused = try await Command(folder: folder)("run", "t.axport.yaml", "--at", "tomorrow")
            #expect(refused.status == 64)
            #expect(
                refused.errors.contains("--at") && refused.errors.contains("expected a date such as 2026-01-15"),
                "\(refused.errors)"
            )
        }
    }
}

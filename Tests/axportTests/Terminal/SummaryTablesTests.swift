import Foundation
import Inventory
import Records
import Sandbox
import TestSupport
import Testing

@testable import Pipeline
@testable import Stages
@testable import axport

/// The tables of a run in a terminal of 80 columns.
@Suite struct SummaryTablesTests {
    private func stage(
        _ kind: StageReport.Kind,
        _ name: String,
        _ destination: String = "",
        _ change: (inout StageCounts) -> Void = { _ in }
    ) -> StageReport {
        var counts = StageCounts()
        counts.seconds = 0.4
        change(&counts)
        return StageReport(kind: kind, name: name, destination: destination, status: .done, counts: counts)
    }

    private func lines(_ stages: [StageReport]) -> [String] {
        SummaryTables(stages: stages).text(80).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func columnsWithoutANumberAreLeftOut() {
        let stages = [
            stage(.extract, "devices") { ($0.asked, $0.received, $0.unchanged, $0.requests) = (488, 488, 488, 1) },
            stage(.transform, "imei") { $0.received = 488 },
            stage(.transform, "explode", "devices.csv") { ($0.received, $0.added) = (488, 12) },
            stage(.load, "csv", "devices.csv") { ($0.received, $0.unchanged) = (488, 488) },
        ]
        #expect(
            lines(stages) == [
                "extract  asked  received  unchanged  requests   time",
                "───────  ─────  ────────  ─────────  ────────  ─────",
                "devices    488       488        488         1  0.4 s",
                "",
                "transform              received  added   time",
                "─────────────────────  ────────  ─────  ─────",
                "imei                        488      ·  0.4 s",
                "explode → devices.csv       488     12  0.4 s",
                "",
                "load               received  unchanged   time",
                "─────────────────  ────────  ─────────  ─────",
                "csv → devices.csv       488        488  0.4 s",
            ]
        )
    }

    @Test func aRunThatOnlyLoadsHasOneTable() {
        #expect(lines([stage(.load, "csv", "a.csv")]).first == "load          time")
        #expect(lines([stage(.extract, "devices")]).count == 3)
    }

    @Test func aLongDestinationLosesItsMiddle() throws {
        let folder = "/srv/exports/of the whole organization/\(String(repeating: "deep/", count: 40))"
        let stages = [
            stage(.load, "postgres", "assets.devices") { ($0.received, $0.written, $0.retired) = (5000, 4000, 3) },
            stage(.load, "csv", "\(folder)devices.csv (coverage)") { ($0.received, $0.unchanged) = (7000, 7000) },
        ]
        let lines = lines(stages)
        let long = try #require(lines.last)
        #expect(long.hasPrefix("csv → /srv/ex") && long.contains("…") && long.contains("s.csv (coverage) "))
        #expect(lines.map(\.count).max() == 80, "\(lines)")
        #expect(lines[2].hasPrefix("postgres → assets.devices "))
    }

    @Test func aLineFitsWhereEveryColumnHasANumber() throws {
        let load = stage(.load, "postgres", "assets.\(String(repeating: "x", count: 60))_of_everything") {
            ($0.received, $0.filtered, $0.rejected) = (1_000_001, 2, 3)
            ($0.unchanged, $0.written, $0.retired) = (4_000_004, 5_000_005, 6)
            $0.seconds = 4000
        }
        let ask = stage(.extract, "activation_lock") {
            ($0.asked, $0.received, $0.unchanged) = (1_000_001, 1_000_001, 1_000_001)
            ($0.changed, $0.retired, $0.requests) = (1_000_001, 1_000_001, 1_000_001)
        }
        let change = stage(.transform, "mac_addresses", "out/a-folder-of-exports/nac-allowlist.csv") {
            ($0.received, $0.added, $0.filtered, $0.rejected) = (1_000_001, 2, 3, 4)
        }
        let lines = lines([ask, change, load])
        #expect(lines.map(\.count).max() == 80, "\(lines)")
        #expect(lines[2].hasPrefix("activation_lock "))
        #expect(lines[6].hasPrefix("mac_addresses ") && lines[6].contains("nac-allowlist.csv "))
        let name = try #require(lines.last).prefix(14)
        #expect(name.hasPrefix("post") && name.hasSuffix("thing "), "\(name)")
    }

    /// First nights, nights with changes and nights without.
    @Test func anOrdinaryRunFitsATerminal() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            var widths: [Int] = []
            func measure(_ text: String) {
                widths += text.split(separator: "\n").filter { $0.contains("──") || $0.contains("→") }.map(\.count)
            }
            for night in [1, 2, 5] {
                try command.write(
                    """
                    source: { platform: sandbox, name: acme, devices: 300, night: \(night) }
                    extract: [devices, assignments, coverage, details]
                    transform: [imei, meid, eid, mac, storage, applecare]
                    load:
                      - sqlite: { file: out/assets.sqlite, max_removed: 100% }
                      - csv: { file: "out/a-folder-with-a-long-name/for-the-people-of-finance/devices.csv" }
                      - csv: { file: out/rejects.csv, from: rejects }
                    """,
                    to: "night.axport.yaml"
                )
                let run = try await command("run", "night.axport.yaml")
                #expect(run.status == 0, "\(run.errors)")
                measure(run.errors.split(separator: "\n").filter { !$0.hasPrefix("axport: ") }.joined(separator: "\n"))
                measure(try await command("runs", "show", "last").output)
            }
            let demo = try await command("demo", "--devices", "100")
            #expect(demo.status == 0, "\(demo.errors)")
            measure(String(demo.output.prefix(upTo: try #require(demo.output.range(of: "Devices by")).lowerBound)))
            #expect(widths.count > 40 && (widths.max() ?? 0) <= 80, "\(widths)")
        }
    }

    @Test func theListOfRunsFitsATerminal() {
        var counts = RunCounts()
        (counts.requests, counts.written, counts.retired, counts.rejected) = (1_234_567, 1_000_000, 45_678, 123_456)
        func lines(pipeline: String, source: String, seconds: Double) -> [Substring] {
            let run = RunRecord(
                id: "20261129T020003Z-1k3",
                pipeline: pipeline,
                source: source,
                startedAt: .now,
                endedAt: .now,
                seconds: seconds,
                exitCode: 3,
                status: .partial,
                counts: counts
            )
            return RunTable.text([run], 80).split(separator: "\n")
        }
        let long = lines(pipeline: "nightly-assets-of-all-schools", source: "north-and-south-together", seconds: 45_296)
        for line in long { #expect(line.count <= 80, "\(line)") }
        // Columns that `runs show` has too make room for the outcome.
        #expect(long[2].hasPrefix("20261129T020003Z-1k3  nig") && long[2].hasSuffix("  partial (3)"), "\(long[2])")
        #expect(long[2].contains("1000000") && !long[0].contains("requests"), "\(long)")
        counts = RunCounts()
        (counts.requests, counts.written) = (8, 120)
        let short = lines(pipeline: "nightly", source: "acme", seconds: 4)
        #expect(short[2].contains("  nightly   acme  ") && short[0].contains("  took  requests  written  "), "\(short)")
    }
}

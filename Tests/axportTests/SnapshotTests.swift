import Foundation
import Inventory
import TestSupport
import Testing

/// Commands that only read work during a run and hold nothing that a run needs.
@Suite struct SnapshotTests {
    private let text = """
        name: nightly
        source: { platform: sandbox, devices: 120 }
        inventory: inventory.sqlite
        extract: [devices]
        transform: [imei]
        load:
          - csv: { file: devices.csv }
        """

    private func rows(_ command: Command, _ table: String) throws -> String {
        try Program.run(
            "/usr/bin/env",
            ["sqlite3", "-readonly", "\(command.folder)/inventory.sqlite", "SELECT count(*) FROM \(table)"]
        ).output
    }

    @Test func readersNeedNoLockAndLeaveNothingBehind() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(text, to: "night.axport.yaml")
            #expect(try await command("run", "night.axport.yaml").status == 0)
            let before = try ["run", "reject"].map { try rows(command, $0) }
            let held = try Inventory(path: "\(folder)/inventory.sqlite", identity: "sandbox of 120 devices, seed 1")
            for arguments in [
                ["preview", "night.axport.yaml"], ["plan", "night.axport.yaml"],
                ["runs", "--from", "night.axport.yaml"],
                ["export", "--from", "night.axport.yaml", "--offline", "-o", "export.csv"],
                ["export", "--from", "night.axport.yaml", "--offline", "--dataset", "rejects", "-o", "rejects.csv"],
            ] {
                let run = try await command(arguments)
                #expect(run.status == 0, "\(arguments): \(run.errors)")
            }
            #expect(try ["run", "reject"].map { try rows(command, $0) } == before)
            #expect(try await command("run", "--offline", "night.axport.yaml").status == 75)
            held.close()
            // A run that another one kept from starting is recorded.
            #expect(try ["run", "reject"].map { try rows(command, $0) } == ["2\n", before[1]])
            let count = try command.read("devices.csv").split(separator: "\n").count
            #expect(try command.read("export.csv").split(separator: "\n").count == count)
        }
    }

    @Test func aPlanHoldsNoFileThatARunWrites() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            let loads =
                text.replacing("devices: 120", with: "devices: 2000")
                + "\n  - ndjson: { file: d.ndjson, checksum: true }"
            try command.write(loads, to: "night.axport.yaml")
            #expect(try await command("run", "night.axport.yaml").status == 0)
            for _ in 1...3 {
                async let plan = command("plan", "night.axport.yaml")
                async let run = command("run", "--offline", "night.axport.yaml")
                let (planned, ran) = try await (plan, run)
                #expect(planned.status == 0, "\(planned.errors)")
                #expect(ran.status == 0, "\(ran.errors)")
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(!left.contains { $0.hasSuffix(".axport") })
        }
    }

    @Test func aFileOfAFewDevicesSaysSo() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(text, to: "night.axport.yaml")
            let few = try await command("run", "--limit", "3", "night.axport.yaml")
            #expect(few.status == 0 && few.errors.contains("contains only the devices that `--limit` read"))
            let all = try await command("run", "night.axport.yaml")
            #expect(all.status == 0 && !all.errors.contains("--limit"))
        }
    }

    @Test func whatTheInventoryForgetsStaysWhereItWasLoaded() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            let nightly = text.replacing(
                "inventory.sqlite",
                with: "{ path: inventory.sqlite, keep_changes: 1d, keep_runs: 2 }"
            )
            let load = "\n  - sqlite: { file: assets.sqlite, from: changes }"
            try command.write(nightly + load, to: "night.axport.yaml")
            var loaded: [String] = []
            for night in 1...4 {
                var dated = command
                dated.environment = try ClockShift.environment(seconds: night * 86_400)
                let run = try await dated("run", "night.axport.yaml", "--set", "source.night=\(night)")
                #expect(run.status == 0, "\(run.errors)")
                let count = ["sqlite3", "\(folder)/assets.sqlite", "SELECT count(*) FROM changes"]
                loaded.append(try Program.run("/usr/bin/env", count).output)
            }
            let kept = try rows(command, "change")
            #expect(kept != loaded[3], "nothing was forgotten")
            #expect(try rows(command, "run") == "2\n")
            #expect(loaded.compactMap { Int($0.dropLast()) } == loaded.compactMap { Int($0.dropLast()) }.sorted())

            // A file is rewritten from the inventory, and so needs all of it.
            try command.write(nightly + "\n  - csv: { file: changes.csv, from: changes }", to: "file.axport.yaml")
            let check = try await command("check", "file.axport.yaml")
            #expect(check.status == 78)
            #expect(
                check.errors.contains("file.axport.yaml:8:5: error: 'csv' replaces its rows every night"),
                "\(check.errors)"
            )
        }
    }
}

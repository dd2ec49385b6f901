import Foundation
import Sandbox
import TestSupport
import Testing

/// A list of devices that lacks too many: what nights and people make of it.
@Suite struct RefusedListTests {
    private static let load = """
          - sqlite: { file: out/fleet.sqlite }
          - csv: { file: out/nac.csv, columns: [mac], transform: [mac_addresses: {}] }
          - ndjson: { file: out/devices.ndjson, columns: [serial_number], max_removed: 5% }
        """

    private static func switches(_ list: SandboxSwitches.List) -> SandboxSwitches {
        var switches = SandboxSwitches()
        switches.list = list
        return switches
    }

    private func withFleet(
        extract: String = "[devices, assignments]",
        load: String = load,
        _ test: (Command, RunningSandbox) async throws -> Void
    ) async throws {
        try await withSandbox(.with(devices: 1500)) { command, sandbox in
            try command.write(pipeline(extract: extract, load: load), to: "fleet.axport.yaml")
            let run = try await command("run", "fleet.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            try await test(command, sandbox)
        }
    }

    /// Present devices of the table, and lines of the files.
    private func counts(_ command: Command) async throws -> [Int] {
        let table = try await Program.running(
            "/usr/bin/env",
            [
                "python3", "-c",
                "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])",
                "\(command.folder)/out/fleet.sqlite", "SELECT count(*) FROM devices WHERE removed_at IS NULL",
            ]
        )
        let files = try ["out/devices.ndjson", "out/nac.csv"].map {
            try command.read($0).split(whereSeparator: \.isNewline).count
        }
        return [Int(table.output.split(separator: "\n")[0]) ?? -1] + files
    }

    private func withheld(_ sandbox: RunningSandbox) -> Int {
        let fleet = sandbox.fleet
        return (0..<fleet.count).count { fleet.isListed(at: $0) && fleet.isWithheld(at: $0) }
    }

    @Test func itStaysRefusedNightAfterNightAndLoadsWhatIsNew() async throws {
        try await withFleet { command, sandbox in
            let before = try await counts(command)
            let known = sandbox.listedCount
            await sandbox.setSwitches(Self.switches(.short))
            let missing = withheld(sandbox)
            #expect(missing > known / 20)
            for _ in 1...3 {
                let run = try await command("run", "fleet.axport.yaml", "--json")
                #expect(run.status == 65, "\(run.errors)")
                #expect(run.errors.contains("first refused on "), "\(run.errors)")
                #expect(
                    run.errors.contains(
                        ", lacks \(missing) of 1,\(String(known).suffix(3)) known devices, more than 5%; no device was retired"
                    ),
                    "\(run.errors)"
                )
                #expect(run.output.contains(#""guard":{"limit":"5%","of":\#(known),"refused":\#(missing),"since":""#))
                #expect(try run.loads.allSatisfy { $0["status"] as? String == "done" && $0["retired"] as? Int == 0 })
                #expect(try await counts(command) == before)
            }
            await sandbox.advance(toNight: 2)
            let run = try await command("run", "fleet.axport.yaml", "--json")
            #expect(run.status == 65, "\(run.errors)")
            #expect(try run.loads[0]["written"] as? Int ?? 0 > 0)
            #expect(try await counts(command)[0] > before[0])
            // It is said where nothing was listed, too.
            let offline = try await command("run", "fleet.axport.yaml", "--offline")
            #expect(offline.status == 0)
            #expect(offline.errors.contains("warning: the list of devices is refused: first refused on "))
            let plan = try await command("plan", "fleet.axport.yaml")
            #expect(
                plan.output.contains("devices: the list of devices is refused: first refused on "),
                "\(plan.output)"
            )
            // A whole list ends it.
            await sandbox.setSwitches(SandboxSwitches())
            let last = try await command("run", "fleet.axport.yaml")
            #expect(last.status == 0, "\(last.errors)")
            #expect(try await counts(command)[0] == sandbox.listedCount)
        }
    }

    @Test func theAdviceRetiresThemInEveryLoad() async throws {
        try await withFleet { command, sandbox in
            let known = sandbox.listedCount
            await sandbox.setSwitches(Self.switches(.short))
            let missing = withheld(sandbox)
            let refused = try await command("run", "fleet.axport.yaml")
            let advice = "`axport run fleet.axport.yaml --accept-removals \(missing)`"
            #expect(refused.errors.contains(advice), "\(refused.errors)")
            let fewer = try await command("run", "fleet.axport.yaml", "--accept-removals", "\(missing - 1)")
            #expect(fewer.status == 65)
            #expect(
                fewer.errors.contains("nothing was accepted, because the refused list lacks more"),
                "\(fewer.errors)"
            )
            #expect(fewer.errors.contains(advice), "\(fewer.errors)")
            let arguments = advice.dropFirst(8).dropLast().split(separator: " ").map(String.init)
            let run = try await command(arguments)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains("accepted: \(missing) devices that the refused list lacked have left"))
            let after = try await counts(command)
            #expect(after[0] == known - missing && after[1] == known - missing)
            let again = try await command("run", "fleet.axport.yaml", "--json")
            #expect(again.status == 0, "\(again.errors)")
            #expect(try again.loads.allSatisfy { $0["written"] as? Int == 0 && $0["retired"] as? Int == 0 })
            let nothing = try await command("run", "fleet.axport.yaml", "--accept-removals", "1")
            #expect(nothing.status == 0)
            #expect(nothing.errors.contains("no list of devices is refused, so nothing was accepted"))
        }
    }

    @Test func aLoadThatFailedTakesThemAwayInALaterRun() async throws {
        try await withFleet { command, sandbox in
            let known = sandbox.listedCount
            await sandbox.setSwitches(Self.switches(.short))
            let missing = withheld(sandbox)
            #expect(try await command("run", "fleet.axport.yaml").status == 65)
            let database = URL(fileURLWithPath: "\(command.folder)/out/fleet.sqlite")
            let rows = try command.read("out/devices.ndjson")
            let whole = try Data(contentsOf: database)
            try Data("no database".utf8).write(to: database)
            let run = try await command("run", "fleet.axport.yaml", "--offline", "--accept-removals", "\(missing)")
            #expect(run.status == 3, "\(run.errors)")
            try whole.write(to: database)
            let next = try await command("run", "fleet.axport.yaml")
            #expect(next.status == 0, "\(next.errors)")
            #expect(try await counts(command)[0] == known - missing)
            // A list that has lost them is guarded as ever when it loses as many again.
            try command.write(rows, to: "out/devices.ndjson")
            let guarded = try await command("run", "fleet.axport.yaml", "--offline")
            #expect(guarded.errors.contains("refused to publish"), "\(guarded.errors)")
        }
    }

    @Test func devicesThatWereNotAmongThemAreJudgedAsEver() async throws {
        try await withFleet { command, sandbox in
            let known = sandbox.listedCount
            await sandbox.setSwitches(Self.switches(.short))
            let missing = withheld(sandbox)
            #expect(try await command("run", "fleet.axport.yaml").status == 65)
            await sandbox.setSwitches(Self.switches(.empty))
            let run = try await command("run", "fleet.axport.yaml", "--accept-removals", "5000")
            #expect(run.status == 65, "\(run.errors)")
            #expect(try await counts(command)[0] == known - missing)
            await sandbox.setSwitches(SandboxSwitches())
            #expect(try await command("run", "fleet.axport.yaml").status == 0)
            #expect(try await counts(command)[0] == known)
        }
    }

    @Test func allMayLeaveWhereTheFileSaysSo() async throws {
        try await withFleet(extract: "[devices: { max_removed: 100% }]") { command, sandbox in
            await sandbox.setSwitches(Self.switches(.empty))
            let run = try await command("run", "fleet.axport.yaml")
            // The loads have their own guards.
            #expect(!run.errors.contains("the list of devices is refused"), "\(run.errors)")
            #expect(try await counts(command)[0] == sandbox.listedCount)
        }
    }

    @Test func itIsListedAgainAlsoWhereEventsSayWhatChanged() async throws {
        try await withFleet(extract: "[devices: { changes: audit_events }]") { command, sandbox in
            await sandbox.setSwitches(Self.switches(.short))
            try command.write(pipeline(load: Self.load), to: "list.axport.yaml")
            let first = try await command("run", "list.axport.yaml")
            let second = try await command("run", "fleet.axport.yaml")
            #expect(first.status == 65 && second.status == 65, "\(second.errors)")
            await sandbox.setSwitches(SandboxSwitches())
            let last = try await command("run", "fleet.axport.yaml")
            #expect(last.status == 0, "\(last.errors)")
        }
    }

    @Test func oneOfSeveralSourcesHasToBeNamed() async throws {
        try await withSandbox { command, sandbox in
            let text = """
                sources:
                \(sandboxSource("acme"))
                \(sandboxSource("best"))
                extract: [devices]
                load:
                  - csv: { file: "out/{source}.csv", columns: [source, serial_number] }
                """
            try command.write(text, to: "all.axport.yaml")
            #expect(try await command("run", "all.axport.yaml").status == 0)
            await sandbox.setSwitches(Self.switches(.short))
            let refused = try await command("run", "all.axport.yaml")
            let missing = withheld(sandbox)
            let advice = "`axport run all.axport.yaml --source acme --accept-removals \(missing)`"
            #expect(refused.errors.contains(advice), "\(refused.errors)")
            let both = try await command("run", "all.axport.yaml", "--accept-removals", "\(missing)")
            #expect(both.status == 64)
            #expect(both.errors.contains("several run: acme, best\nhint: choose one with --source"), "\(both.errors)")
            let arguments = advice.dropFirst(8).dropLast().split(separator: " ").map(String.init)
            let accepted = try await command(arguments)
            #expect(accepted.status == 0, "\(accepted.errors)")
            let other = try await command("run", "all.axport.yaml", "--source", "best")
            #expect(other.status == 65)
            for wrong in [["--accept-removals", "0"], ["--accept-removals", "5", "--limit", "3"]] {
                let refused = try await command(["run", "all.axport.yaml", "--source", "acme"] + wrong)
                #expect(refused.status == 64)
            }
        }
    }
}

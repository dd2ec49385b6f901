import Foundation
import Sandbox
import TestSupport
import Testing

@Suite struct DoctorCommandTests {
    private func withNight(
        _ options: SandboxOptions = .with(devices: 30),
        _ test: (Command, RunningSandbox) async throws -> Void
    ) async throws {
        try await withSandbox(options) { command, sandbox in
            try command.write(
                "name: night\ninventory: inventory.sqlite\n"
                    + pipeline(
                        extract: "[devices, assignments, coverage, activation_lock, details]",
                        load: "  - csv: { file: out/devices.csv }"
                    ),
                to: "night.axport.yaml"
            )
            try await test(command, sandbox)
        }
    }

    @Test func everythingWorksBeforeTheFirstRun() async throws {
        try await withNight { command, sandbox in
            let before = try command.files
            let run = try await command("doctor", "night.axport.yaml")
            #expect(run.status == 0, "\(run.output)")
            for line in [
                "✓ file: ", "✓ key: ", "✓ connection: ", "✓ clock: ", "✓ token: ", "✓ devices: GET /v1/orgDevices\n",
                "✓ assignments: GET /v1/mdmServers, GET /v1/mdmServers/{server}/relationships/devices\n",
                "✓ coverage: GET /v1/orgDevices/{serial}/appleCareCoverage\n",
                "✓ activation_lock: GET /v1/orgDevices/{serial}/activationLockStatus\n",
                "✓ details: GET /v1/orgDevices/{serial}\n", "· inventory: none yet",
                "· last success: none yet: there was no run",
            ] {
                #expect(run.output.contains(line), "\(line): \(run.output)")
            }
            #expect(!run.output.contains("\u{1B}"))
            #expect(try command.files == before)
            let requests = await sandbox.statistics.requests
            #expect(
                requests == [
                    .token: 1, .devices: 1, .servers: 1, .serverDevices: 1, .coverage: 1, .activationLock: 1,
                    .device: 1,
                ]
            )
        }
    }

    @Test func afterARunItKnowsTheInventoryAndTheLastSuccess() async throws {
        try await withNight { command, sandbox in
            #expect(try await command("run", "night.axport.yaml").status == 0)
            let files = try command.files
            let run = try await command("doctor", "night.axport.yaml")
            #expect(run.status == 0, "\(run.output)")
            #expect(run.output.contains("✓ inventory: \(sandbox.listedCount) devices, "), "\(run.output)")
            #expect(run.output.contains("✓ integrity: the structure of the inventory is sound"))
            #expect(run.output.contains(/✓ last success: [0-9: -]+ \(UTC\), [0-9.]+ s ago/))
            #expect(run.output.contains(/· tonight: [0-9]+ requests/))
            #expect(try command.files == files)
        }
    }

    @Test func aRunUnderWayIsSaidAndIsNoFailure() async throws {
        try await withNight { command, _ in
            #expect(try await command("run", "night.axport.yaml").status == 0)
            let lock = open("\(command.folder)/inventory.sqlite.lock", O_RDWR | O_CLOEXEC)
            try #require(lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0)
            defer { close(lock) }
            let run = try await command("doctor", "night.axport.yaml")
            #expect(run.status == 0, "\(run.output)")
            #expect(
                run.output.contains("· lock: a run is under way: the inventory is in use by process "),
                "\(run.output)"
            )
        }
    }

    @Test func aDamagedInventoryIsFound() async throws {
        try await withNight { command, _ in
            #expect(try await command("run", "night.axport.yaml").status == 0)
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(command.folder)/inventory.sqlite"))
            try file.seek(toOffset: 8192)
            try file.write(contentsOf: Data(repeating: 0xAA, count: 40_000))
            try file.close()
            let run = try await command("doctor", "night.axport.yaml", "--offline")
            #expect(run.status == 73, "\(run.output)")
            #expect(run.output.contains("is damaged or not an inventory"), "\(run.output)")
            #expect(run.output.contains("hint: delete it; the next run then reads everything"))
        }
    }

    @Test func anInventoryOfAnotherOrganizationIsFound() async throws {
        try await withNight { command, _ in
            #expect(try await command("run", "night.axport.yaml").status == 0)
            let run = try await command(
                "doctor",
                "night.axport.yaml",
                "--offline",
                "--set",
                "source.client_id=BUSINESSAPI.other"
            )
            #expect(run.status == 78)
            #expect(
                run.output.contains("✗ inventory: inventory \(command.folder)/inventory.sqlite belongs to "),
                "\(run.output)"
            )
        }
    }

    @Test func offlineAsksNothing() async throws {
        try await withNight { command, sandbox in
            let run = try await command("doctor", "night.axport.yaml", "--offline")
            #expect(run.status == 0)
            #expect(
                run.output.contains(
                    "· token, devices, assignments, coverage, activation_lock, details: not asked: --offline"
                )
            )
            #expect(!run.output.contains("✓ token") && !run.output.contains("✓ devices"))
            #expect(await sandbox.statistics.requests.isEmpty)
        }
    }

    @Test func theLastFailureIsTold() async throws {
        try await withNight(.with(devices: 30) { $0.switches.role = .noDevices }) { command, _ in
            #expect(try await command("run", "night.axport.yaml").status == 77)
            let run = try await command("doctor", "night.axport.yaml", "--offline")
            #expect(run.output.contains("! latest run: failed with exit code 77 at "), "\(run.output)")
            let advice = try #require(run.output.firstMatch(of: /`axport (runs show [^`]+)`/)?.output.1)
            let shown = try await command(advice.split(separator: " ").map(String.init))
            #expect(shown.status == 0 && shown.output.contains("HTTP 403"), "\(shown.output)\(shown.errors)")
        }
    }

    @Test func aLimitIsSaidAndNotWaitedFor() async throws {
        try await withNight(
            .with(devices: 30) {
                $0.rate = 1 / 60
                $0.burst = 2
            }
        ) { command, sandbox in
            let began = ContinuousClock.now
            let run = try await command("doctor", "night.axport.yaml")
            #expect(run.status == 0, "\(run.output)")
            #expect(
                run.output.contains("! limit: Apple limits the requests of this account now, for "),
                "\(run.output)"
            )
            #expect(run.output.contains(": not asked: Apple limits the requests"), "\(run.output)")
            #expect(ContinuousClock.now - began < .seconds(10))
            #expect(await sandbox.statistics.refused == 1)
        }
    }

    @Test func anAnswerThatARunCannotReadDoesNotWork() async throws {
        try await withNight(.with(devices: 30) { $0.faults = [Fault(.otherData, 1)] }) { command, _ in
            let run = try await command("doctor", "night.axport.yaml")
            #expect(run.status == 69, "\(run.output)")
            let problem = "GET /v1/orgDevices: `data` of the answer is not a list"
            #expect(run.output.contains("✗ devices: \(problem)\n"), "\(run.output)")
            #expect(!run.output.contains("✓ devices"), "\(run.output)")
            #expect(run.output.contains("coverage: not asked: GET /v1/orgDevices gave no answer"), "\(run.output)")
            let failed = try await command("run", "night.axport.yaml")
            #expect(failed.errors.contains(problem), "\(failed.errors)")
        }
    }

    @Test func jsonHasEveryFinding() async throws {
        try await withNight(.with(devices: 30) { $0.switches.role = .noCoverage }) { command, _ in
            let run = try await command("doctor", "night.axport.yaml", "--json")
            #expect(run.status == 77)
            let report = try #require(
                try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
            )
            #expect(report["exit_code"] as? Int == 77)
            let file = try #require((report["files"] as? [[String: Any]])?.first)
            let source = try #require((file["sources"] as? [[String: Any]])?.first)
            let findings = try #require(source["findings"] as? [[String: Any]])
            let coverage = try #require(findings.first { $0["subject"] as? String == "coverage" })
            #expect(coverage["state"] as? String == "fails" && coverage["exit_code"] as? Int == 77)
            #expect(findings.contains { $0["subject"] as? String == "token" && $0["state"] as? String == "works" })
        }
    }

    @Test func theAccountOfTheEnvironmentNeedsNoFile() async throws {
        try await withNight { command, _ in
            let run = try await command("doctor")
            #expect(run.status == 0, "\(run.output)")
            #expect(run.output.contains("✓ assignments: GET /v1/mdmServers"), "\(run.output)")
            var half = command
            half.environment["AXPORT_KEY_ID"] = ""
            let broken = try await half("doctor")
            #expect(broken.status == 78)
            #expect(
                broken.output.contains("✗ file: ${env:AXPORT_KEY_ID}: the environment variable AXPORT_KEY_ID is empty"),
                "\(broken.output)"
            )
        }
    }

    @Test func aSignalEndsItAtOnce() async throws {
        try await withNight(.with(devices: 30) { $0.latencyMilliseconds = 8000 }) { command, _ in
            let run = try command.start("doctor", "night.axport.yaml")
            try await Task.sleep(for: .seconds(1))
            #expect(run.isRunning)
            let began = ContinuousClock.now
            run.terminate()
            try await run.ended()
            #expect(ContinuousClock.now - began < .seconds(1.5))
            #expect(run.terminationStatus == 130)
        }
    }
}

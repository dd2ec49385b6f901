import Foundation
import Sandbox
import TestSupport
import Testing

/// What a watchdog and a webhook hear of a run, by its exit code.
@Suite struct ExitCodeNoticesTests {
    private let good = "  - csv: { file: out/devices.csv }"
    /// Where a file stands in place of a folder.
    private let bad = "  - ndjson: { file: blocked/devices.ndjson }"

    private func text(_ stub: NoticeStub, load: String) -> String {
        """
        name: nightly
        inventory: inventory.sqlite
        \(pipeline(load: load))
        notify:
          ping: \(stub.url("/check/0b6e2a4c-checks-secret"))
          webhook: { url: "\(stub.url("/hook/T000/very-secret-hook"))", on: [failed, partial, recovered] }
        """
    }

    private func heard(_ stub: NoticeStub) throws -> (pings: [String], hook: [String: Any]?) {
        let calls = try stub.calls
        let pings = calls.filter { $0.path.hasPrefix("/check/") }.map {
            String($0.path.split(separator: "/").last ?? "")
        }
        return (pings, calls.first { $0.path.hasPrefix("/hook/") }?.members)
    }

    private func expect(
        _ code: Int32,
        _ stub: NoticeStub,
        _ run: Program.Run,
        events: [String],
        pings: [String]? = nil,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) throws {
        #expect(run.status == code, "\(run.errors)", sourceLocation: sourceLocation)
        let (pinged, hook) = try heard(stub)
        #expect(pinged == pings ?? ["start", "\(code)"], sourceLocation: sourceLocation)
        #expect(hook?["events"] as? [String] ?? [] == events, sourceLocation: sourceLocation)
        if hook != nil { #expect(hook?["exit_code"] as? Int == Int(code), sourceLocation: sourceLocation) }
        #expect(!run.errors.contains("warning: notify"), "\(run.errors)", sourceLocation: sourceLocation)
    }

    private func withStub(
        _ load: String,
        devices: Int = 40,
        _ test: (Command, RunningSandbox, NoticeStub) async throws -> Void
    ) async throws {
        try await withSandbox(.with(devices: devices)) { command, sandbox in
            let stub = try NoticeStub(folder: command.folder)
            try command.write(text(stub, load: load), to: "night.axport.yaml")
            try command.write("", to: "blocked")
            try await test(command, sandbox, stub)
        }
    }

    @Test func allDone() async throws {
        try await withStub(good) { command, _, stub in
            try expect(0, stub, try await command("run", "night.axport.yaml"), events: [])
            let last = try #require(try stub.calls.last)
            #expect(last.method == "POST" && last.body.contains("nightly: done in "), "\(last)")
        }
    }

    @Test func oneOfTwoLoadsFails() async throws {
        try await withStub("\(good)\n\(bad)") { command, _, stub in
            try expect(3, stub, try await command("run", "night.axport.yaml"), events: ["changes", "partial"])
        }
    }

    @Test func aGuardRefuses() async throws {
        try await withStub(good, devices: 1500) { command, sandbox, stub in
            #expect(try await command("run", "night.axport.yaml").status == 0)
            stub.forget()
            var switches = SandboxSwitches()
            switches.list = .short
            await sandbox.setSwitches(switches)
            try expect(65, stub, try await command("run", "night.axport.yaml"), events: ["failed"])
        }
    }

    @Test func appleCannotBeReached() async throws {
        try await withStub(good) { command, sandbox, stub in
            var command = command
            command.environment["AXPORT_API_URL"] = sandbox.apiURL.replacing("http://", with: "https://")
            try expect(69, stub, try await command("run", "night.axport.yaml"), events: ["failed"])
            #expect(try heard(stub).hook?["status"] as? String == "failed")
        }
    }

    @Test func theOnlyLoadFails() async throws {
        try await withStub(bad) { command, _, stub in
            // Apple is not asked, so no change is known.
            try expect(73, stub, try await command("run", "night.axport.yaml"), events: ["failed"])
        }
    }

    @Test func anotherRunHoldsTheInventoryAndTheNextOneRecovers() async throws {
        try await withStub(good) { command, _, stub in
            let lock = open("\(command.folder)/inventory.sqlite.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            #expect(flock(lock, LOCK_EX) == 0)
            try expect(75, stub, try await command("run", "night.axport.yaml"), events: ["failed"])
            close(lock)
            stub.forget()
            // No inventory knows of it.
            try expect(0, stub, try await command("run", "night.axport.yaml"), events: ["changes", "recovered"])
            stub.forget()
            try expect(0, stub, try await command("run", "night.axport.yaml"), events: [])
        }
    }

    @Test func appleDeniesTheCredentials() async throws {
        try await withStub(good) { command, _, stub in
            var command = command
            command.environment["AXPORT_KEY_ID"] = "00000000-0000-4000-8000-000000000000"
            try expect(77, stub, try await command("run", "night.axport.yaml"), events: ["failed"])
        }
    }

    @Test func aFileThatIsNotValidIsToldWithoutABeginningAndTheNextRunRecovers() async throws {
        try await withStub("  - csv: { file: \"${env:NIGHTLY_FOLDER}/devices.csv\" }") { command, _, stub in
            var command = command
            try expect(78, stub, try await command("run", "night.axport.yaml"), events: ["failed"], pings: ["78"])
            let error = try #require(try heard(stub).hook?["error"] as? String)
            #expect(error.contains("NIGHTLY_FOLDER is not set"), "\(error)")
            stub.forget()
            command.environment["NIGHTLY_FOLDER"] = "out"
            try expect(0, stub, try await command("run", "night.axport.yaml"), events: ["changes", "recovered"])
        }
    }

    /// A run that has told its beginning and waits for Apple.
    private func startOneThatStalls(
        _ command: Command,
        _ sandbox: RunningSandbox,
        _ stub: NoticeStub
    ) async throws -> Process {
        await sandbox.setFaults([Fault(.stall, 1)])
        let run = try command.start("run", "night.axport.yaml")
        while try stub.calls.isEmpty, run.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        while await sandbox.statistics.apiRequests < 1, run.isRunning {
            try await Task.sleep(for: .milliseconds(20))
        }
        return run
    }

    @Test func aSignalInterrupts() async throws {
        try await withStub(good) { command, sandbox, stub in
            let run = try await startOneThatStalls(command, sandbox, stub)
            let began = ContinuousClock.now
            run.terminate()
            try await run.ended()
            #expect(run.terminationStatus == 130)
            #expect(ContinuousClock.now - began < .seconds(5))
            #expect(try heard(stub).pings == ["start", "130"])
            #expect(try heard(stub).hook?["status"] as? String == "interrupted")
        }
    }

    @Test func aKilledRunTellsItsBeginningOnlyAndRunsTellThatItIsStale() async throws {
        try await withStub(good) { command, sandbox, stub in
            let run = try await startOneThatStalls(command, sandbox, stub)
            kill(run.processIdentifier, SIGKILL)
            try await run.ended()
            #expect(try heard(stub).pings == ["start"])
            let stale = try await command("runs", "--from", "night.axport.yaml", "--stale", "26h")
            #expect(stale.status == 1, "\(stale.errors)")
            #expect(
                stale.output.contains("stale: nightly, source ") && stale.output.hasSuffix(": no run has succeeded\n")
            )

            await sandbox.setFaults([])
            stub.forget()
            try expect(0, stub, try await command("run", "night.axport.yaml"), events: ["changes", "recovered"])
            let fresh = try await command("runs", "--from", "night.axport.yaml", "--stale", "26h")
            #expect(fresh.status == 0 && fresh.output.hasPrefix("ok: nightly, source "), "\(fresh.output)")
        }
    }
}

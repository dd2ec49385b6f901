import Foundation
import TestSupport
import Testing

/// `--wait`: a second run on the same inventory.
@Suite struct WaitTests {
    /// Holds the inventory as another process does.
    private final class Holder: Sendable {
        private let descriptor: Int32

        init(_ command: Command) throws {
            descriptor = open("\(command.folder)/inventory.sqlite.lock", O_RDWR | O_CLOEXEC)
            try #require(descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        }

        func release() { flock(descriptor, LOCK_UN) }
        deinit { close(descriptor) }
    }

    private func withNight(_ test: (Command) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(
                """
                name: nightly
                source: { platform: sandbox, name: acme, devices: 30 }
                inventory: inventory.sqlite
                extract: [devices]
                load: [csv: { file: devices.csv }]
                """,
                to: "night.axport.yaml"
            )
            #expect(try await command("run", "night.axport.yaml").status == 0)
            try await test(command)
        }
    }

    /// `status (code)` of each run, newest first.
    private func results(_ command: Command) async throws -> [String] {
        try await command("runs", "--from", "night.axport.yaml").output.split(separator: "\n").dropFirst(2)
            .prefix { $0.first?.isNumber == true }.map { line in
                line.split(separator: " ").suffix(2).joined(separator: " ")
            }
    }

    @Test func aRunWaitsForTheOneThatHoldsTheInventory() async throws {
        try await withNight { command in
            let holder = try Holder(command)
            Task.detached {
                try await Task.sleep(for: .seconds(1))
                holder.release()
            }
            let run = try await command("run", "night.axport.yaml", "--wait", "60s")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains("axport: waiting: the inventory is in use by process "), "\(run.errors)")
            #expect(try await results(command).count == 2)
        }
    }

    @Test(arguments: [[], ["--wait", "1s"]]) func aRunThatCannotStartIsRecorded(_ options: [String]) async throws {
        try await withNight { command in
            let holder = try Holder(command)
            let run = try await command(["run", "night.axport.yaml", "--json"] + options)
            #expect(run.status == 75)
            let waited = options.isEmpty ? "" : "; waited 1s"
            #expect(
                run.errors.contains(/error: the inventory is in use by process [0-9]+ since [^ ;]+/.ignoresCase())
                    && run.errors.contains("\(waited)\nhint: wait for that run to end, as `--wait 1h` does, or stop it"),
                "\(run.errors)"
            )
            #expect(run.output.contains(#""exit_code":75"#))
            #expect(try await results(command).first == "failed (75)")
            let shown = try await command("runs", "show", "last", "--from", "night.axport.yaml", "--json")
            #expect(shown.output == run.output)
            holder.release()
            #expect(try await command("run", "night.axport.yaml").status == 0)
            #expect(
                try await results(command).map { String($0.split(separator: " ").last ?? "") } == [
                    "done", "(75)", "done",
                ]
            )
        }
    }

    @Test func aSignalEndsTheWait() async throws {
        try await withNight { command in
            let holder = try Holder(command)
            defer { holder.release() }
            let run = try command.start("run", "night.axport.yaml", "--wait", "1h")
            try await Task.sleep(for: .seconds(1))
            #expect(run.isRunning)
            let began = ContinuousClock.now
            run.terminate()
            try await run.ended()
            #expect(ContinuousClock.now - began < .seconds(1.2))
            #expect(run.terminationStatus == 130)
            #expect(try await results(command).first == "interrupted (130)")
        }
    }

    @Test func anExportWaitsToo() async throws {
        try await withNight { command in
            let holder = try Holder(command)
            let late = try await command("export", "--from", "night.axport.yaml", "--wait", "1s")
            #expect(late.status == 75 && late.output.isEmpty)
            holder.release()
            #expect(try await command("export", "--from", "night.axport.yaml", "--wait", "1s").status == 0)
        }
    }

    @Test func aDurationHasAUnit() async throws {
        try await withNight { command in
            let run = try await command("run", "night.axport.yaml", "--wait", "10")
            #expect(run.status == 64)
            #expect(run.errors.contains("'10' is invalid for '--wait <DURATION>'"), "\(run.errors)")
        }
    }
}

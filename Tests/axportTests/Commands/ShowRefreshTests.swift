import Foundation
import Inventory
import Records
import Sandbox
import TestSupport
import Testing

/// `axport show --refresh` asks Apple for one device.
@Suite struct ShowRefreshTests {
    private func withRun(
        _ test: (Command, RunningSandbox, _ serial: String) async throws -> Void
    ) async throws {
        // Events of long ago are not asked for.
        var options = SandboxOptions.with(devices: 60)
        try options.begin(night: Timestamp.now.adding(seconds: -3600).description)
        try await withSandbox(options) { command, sandbox in
            try command.write(
                pipeline(extract: "[devices, assignments, coverage]", load: "  - csv: { file: a.csv }"),
                to: "p.axport.yaml"
            )
            let run = try await command("run", "p.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            let line = try #require(try command.read("a.csv").split(whereSeparator: \.isNewline).dropFirst().first)
            try await test(command, sandbox, String(line.split(separator: ",")[0]))
        }
    }

    @Test func whoMovedItIsToldAndStored() async throws {
        try await withRun { command, sandbox, serial in
            await sandbox.assign([serial], toServer: nil)
            let show = try await command("show", serial, "--refresh", "--from", "p.axport.yaml")
            #expect(show.status == 0, "\(show.errors)")
            #expect(show.output.contains("asked Apple             just now, in 4 requests: it is in the organization"))
            #expect(show.output.contains("service                 none\n"), "\(show.output)")
            #expect(show.output.contains("unassigned by Jürgen \"JD\" Müller (user), says Apple's audit log"))
            let known = try await command("show", serial)
            #expect(known.output.contains("unassigned by Jürgen"))
            #expect(known.output.contains(" → empty"))
            // The account of the environment does it, too.
            let json = try await command("show", serial, "--refresh", "--json").output
            #expect(json.contains(#""refreshed": { "standing": "present""#), "\(json)")
        }
    }

    @Test func aRunThatHoldsTheInventoryDoesNotHideTheAnswer() async throws {
        try await withRun { command, sandbox, serial in
            let file = try #require(try command.files.first { $0.hasSuffix(".sqlite") })
            let path = "\(command.folder)/\(file)"
            let identity = try Program.run(
                "/usr/bin/env",
                ["sqlite3", path, "SELECT value FROM meta WHERE name = 'identity'"]
            ).output.trimmingCharacters(in: .whitespacesAndNewlines)
            let held = try Inventory(path: path, identity: identity)
            await sandbox.assign([serial], toServer: nil)
            let show = try await command("show", serial, "--refresh", "--from", "p.axport.yaml")
            held.close()
            #expect(show.status == 0, "\(show.errors)")
            #expect(show.errors.contains("warning: the answer is not stored: "), "\(show.errors)")
            #expect(show.output.contains("service                 none\n"))
            let stored = try await command("show", serial).output
            #expect(!stored.contains("service                 none\n"))
        }
    }

    @Test func withoutAppleWhatWasKnownIsShown() async throws {
        try await withRun { command, _, serial in
            var stranger = command
            stranger.environment["AXPORT_KEY_ID"] = "another"
            let show = try await stranger("show", serial, "--refresh", "--from", "p.axport.yaml")
            #expect(show.status == 77, "\(show.errors)")
            #expect(show.errors.contains("error: Apple was not asked for \(serial): "), "\(show.errors)")
            #expect(show.output.hasPrefix(serial))
        }
    }
}

import Foundation
import Sandbox
import TestSupport
import Testing

/// One night of forty organizations, of which five are in trouble, each in another way.
@Suite(.timeLimit(.minutes(3))) struct ChaosTests {
    @Test func theTroubleOfFiveCostsTheOthersNothing() async throws {
        try await withSandbox(.with(devices: 30)) { command, sandbox in
            let silent = try await Sandbox.start(.with { $0.faults = [Fault(.stall, 1)] })
            let garbled = try await Sandbox.start(.with { $0.faults = [Fault(.badJSON, 1)] })
            let server = try await PostgresServer.shared()
            let url = try server.freshDatabase()
            func file(_ name: String, _ sources: [String], table: String) throws {
                try command.write(
                    """
                    name: \(name)
                    sources:
                    \(sources.joined(separator: "\n"))
                    extract: [devices]
                    load: [postgres: { url: "\(url)", table: \(table) }]
                    """,
                    to: "\(name).axport.yaml"
                )
            }
            try command.write(garbled.privateKeyPEM, to: "garbled.pem", mode: 0o600)
            let ofGarbled = sandboxSource("garbled", clientID: garbled.clientID, key: "garbled.pem")
                .replacing("${env:AXPORT_KEY_ID}", with: garbled.keyID)
                .replacing("${env:AXPORT_API_URL}", with: garbled.apiURL)
                .replacing("${env:AXPORT_TOKEN_URL}", with: garbled.tokenURL)
            let ofSilent = sandboxSource("silent").replacing("${env:AXPORT_API_URL}", with: silent.apiURL)
            let trouble = [
                sandboxSource("revoked", clientID: "BUSINESSAPI.gone"),
                ofSilent + "\n    max_time: 3s", ofGarbled + "\n    max_time: 20s", sandboxSource("damaged"),
            ]
            try file("tenants", trouble + (1...35).map { sandboxSource("tenant\($0)") }, table: "devices")
            try file("other", [sandboxSource("tableless")], table: "nowhere.devices")
            let folder = "\(command.folder)/.local/state/axport"
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            let damaged = ".local/state/axport/damaged.sqlite"
            try command.write(String(repeating: "no inventory ", count: 999), to: damaged, mode: 0o600)

            let run = try await command("run", "tenants.axport.yaml", "other.axport.yaml", "--jobs", "40")
            await silent.stop()
            await garbled.stop()
            #expect(run.status == 3, "\(run.errors)")
            let end = run.errors.split(separator: "\n").suffix(60)
            let causes = [
                "revoked: devices: the token endpoint denied", "silent: devices: the time limit",
                "garbled: devices: GET /v1/orgDevices: the answer is not valid JSON",
                "damaged.sqlite is damaged or not an inventory", "the schema nowhere does not exist",
            ]
            let table = end.drop { !$0.hasPrefix("run ") }
            let errors = table.filter { $0.hasPrefix("error: ") }
            #expect(errors.count == 5, "\(table.joined(separator: "\n"))")
            for cause in causes { #expect(errors.count { $0.contains(cause) } == 1, "\(cause) in \(errors)") }
            #expect(table.last?.hasPrefix("partial: 5 of 40 runs failed; exit code 3 after ") == true)
            let rows = try server.query("SELECT count(*), count(DISTINCT source) FROM devices", database: url)
            #expect(rows == [["\(35 * sandbox.listedCount)", "35"]])
            #expect(try command.read(damaged).hasPrefix("no inventory"))
        }
    }
}

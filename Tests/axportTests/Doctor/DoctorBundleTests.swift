import Foundation
import Records
import Sandbox
import TestSupport
import Testing

@testable import axport

/// `axport doctor --bundle`: a report to send to somebody.
@Suite struct DoctorBundleTests {
    @Test func aReportForSomebodyElseNamesNoSecretAndNobody() async throws {
        try await withSandbox(.with(devices: 30)) { command, sandbox in
            try command.write(
                "name: night\ninventory: inventory.sqlite\n" + pipeline(load: "  - csv: { file: out/devices.csv }"),
                to: "night.axport.yaml"
            )
            #expect(try await command("run", "night.axport.yaml").status == 0)
            // An old report that others can read.
            try command.write("old", to: "report.txt", mode: 0o644)
            let run = try await command("doctor", "night.axport.yaml", "--bundle", "report.txt")
            #expect(run.status == 0)
            #expect(run.errors.contains("wrote report.txt"), "\(run.errors)")
            let mode = try FileManager.default.attributesOfItem(atPath: "\(command.folder)/report.txt")[
                .posixPermissions
            ]
            #expect(mode as? Int == 0o600)
            let text = try command.read("report.txt")
            #expect(
                text.hasPrefix("axport ") && text.contains("✓ token: ") && text.contains("Latest runs:\n2"),
                "\(text)"
            )
            #expect(text.contains(": done\n"), "\(text)")
            let id = String(sandbox.clientID.split(separator: ".")[1])
            for hidden in [id, sandbox.keyID, ProcessInfo.processInfo.hostName] {
                #expect(!text.contains(hidden), "\(hidden): \(text)")
            }
        }
    }

    @Test func theReportIsWrittenAlsoIfSomethingFails() async throws {
        try await withSandbox(.with(devices: 30)) { command, _ in
            var command = command
            command.environment["AXPORT_KEY_ID"] = "11111111-2222-3333-4444-555555555555"
            let run = try await command("doctor", "--bundle", "report.txt")
            #expect(run.status == 77)
            #expect(
                try command.read("report.txt").contains(
                    "✗ token: the token endpoint denied the API account BUSINESSAPI.‹id›"
                )
            )
        }
    }

    @Test func aPathThatCannotBeWrittenIsRefusedFirst() async throws {
        try await withSandbox(.with(devices: 30)) { command, sandbox in
            let run = try await command("doctor", "--bundle", "/proc/nowhere/report.txt")
            #expect(run.status == 73)
            #expect(run.errors.contains("error: ") && run.errors.contains("/proc/nowhere"), "\(run.errors)")
            #expect(await sandbox.statistics.requests.isEmpty)
        }
    }

    @Test(
        arguments: [
            ("device DMPXK2J0Q1GC failed", "device ‹serial› failed"),
            ("GET /v1/orgDevices/C02XG2JHH7JY/appleCareCoverage", "GET /v1/orgDevices/‹serial›/appleCareCoverage"),
            ("imei 356938035643809", "imei ‹number›"),
            ("BUSINESSAPI.1f0c2e52-8c1b-4e0c-9c1a-7a1d8f3b2c4d", "BUSINESSAPI.‹id›"),
            ("BUSINESSAPI.f72a3f3f-3dbc-4d98-bd5a-6dbeb713f992", "BUSINESSAPI.‹id›"),
            ("mail to ann.example@example.com", "mail to ‹address›"),
            ("10.0.3.7:5432 and 127.0.0.1:5432", "‹address›:5432 and 127.0.0.1:5432"),
            ("00:1B:44:11:3A:B7", "‹address›"),
            ("/home/ann/key.pem on nightmac.example.com, annex", "/home/‹user›/key.pem on ‹host›, annex"),
            (
                "password authentication failed for user \"assets\"",
                "password authentication failed for user \"‹user›\""
            ),
            ("the password is open-sesame-1001", "the password is ‹secret›"),
            ("run 20261129T135608Z-qh4", "run 20261129T135608Z-qh4"),
            ("axport 0.1.0: 30 devices, 1.2 MB, exit code 77", "axport 0.1.0: 30 devices, 1.2 MB, exit code 77"),
        ]
    )
    func whatIdentifiesIsMasked(_ text: String, _ masked: String) {
        let secrets = Secrets()
        secrets.add("open-sesame-1001")
        let mask = Mask(secrets, variables: ["USER": "root"], host: "nightmac.example.com", user: "ann")
        #expect(mask.applied(to: text) == masked)
    }
}

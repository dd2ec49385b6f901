import Foundation
import Sandbox
import TestSupport
import Testing

/// `axport export --serials`.
@Suite struct ExportSerialsTests {
    /// Serial numbers of listed devices, as people write them, and some that nobody has.
    private func list(_ fleet: Fleet, every step: Int) -> (text: String, known: Set<String>) {
        var known: Set<String> = []
        var lines = ["Asset;Serial Number"]
        for index in stride(from: 0, to: fleet.count, by: step) where fleet.isListed(at: index) {
            let serial = fleet.serial(at: index)
            known.insert(serial)
            lines.append("\(index);" + [" \(serial.lowercased()) ", "\"=\"\"\(serial)\"\"\"", serial][known.count % 3])
        }
        return (lines.joined(separator: "\r\n") + "\r\n7;UNKNOWN1\r\n8;unknown 2\r\n9;n/a\r\n", known)
    }

    private func serials(_ output: String) -> Set<String> {
        Set(output.split(separator: "\r\n").dropFirst().map(String.init))
    }

    @Test func namedDevicesAreExportedAndTheOthersListedApart() async throws {
        try await withSandbox(.with(devices: 3000)) { command, sandbox in
            let (text, known) = list(sandbox.fleet, every: 60)
            try command.write(text, to: "l.csv")
            let arguments = ["export", "--serials", "l.csv", "--columns", "serial_number"]
            let run = try await command(arguments)
            #expect(run.status == 0, "\(run.errors)")
            #expect(serials(run.output) == known)
            #expect(
                run.errors.contains("2 serial numbers are not in the organization: UNKNOWN1, UNKNOWN2"),
                "\(run.errors)"
            )
            #expect(run.errors.contains("1 cell of l.csv is no serial number: 'n/a'"))
            // Two for 52 serial numbers, none for the list of 3,000; the rest is about services.
            let first = await sandbox.statistics.apiRequests
            #expect(try await command(arguments + ["--coverage"]).status == 0)
            let second = await sandbox.statistics.apiRequests - first
            #expect(second < known.count + 20, "\(second) requests for \(known.count) devices")
            #expect(second >= known.count)
        }
    }

    @Test func withoutTheFilterTheListIsRead() async throws {
        try await withSandbox(.with(devices: 300, { $0.switches.activities.filter = .off })) { command, sandbox in
            let (text, known) = list(sandbox.fleet, every: 30)
            try command.write(text, to: "l.csv")
            let run = try await command("export", "--serials", "l.csv", "--columns", "serial_number")
            #expect(run.status == 0, "\(run.errors)")
            #expect(serials(run.output) == known)
            let offline = try await command("export", "--offline", "--serials", "l.csv", "--columns", "serial_number")
            #expect(serials(offline.output) == known)
            #expect(offline.errors.contains("2 serial numbers are not in the inventory"), "\(offline.errors)")
            // It leaves nothing half done that the next run would take for its own.
            let before = await sandbox.statistics.apiRequests
            #expect(try await command("export").status == 0)
            #expect(await sandbox.statistics.apiRequests > before)
        }
    }

    @Test func otherDevicesStayInTheInventory() async throws {
        try await withSandbox { command, sandbox in
            let all = try await command("export", "--columns", "serial_number")
            try command.write("serial\n\(sandbox.fleet.serial(at: 0))\n", to: "l.csv")
            let one = try await command("export", "--serials", "l.csv", "--columns", "serial_number")
            #expect(one.status == 0, "\(one.errors)")
            let offline = try await command("export", "--offline", "--columns", "serial_number")
            #expect(serials(offline.output) == serials(all.output))
        }
    }

    @Test func rejectsOfNamedDevicesAreExported() async throws {
        try await withSandbox { command, _ in
            #expect(try await command("export").status == 0)
            let arguments = ["export", "--offline", "--dataset", "rejects", "--columns", "serial_number"]
            let all = serials(try await command(arguments).output)
            let one = try #require(all.first)
            #expect(all.count > 1)
            try command.write("\(one)\n", to: "l.csv")
            #expect(serials(try await command(arguments + ["--serials", "l.csv"]).output) == [one])
        }
    }

    @Test(arguments: [
        ("PK\u{3}\u{4}x", "is a workbook or an archive, not a text\nhint: save its sheet as CSV"),
        ("a,b\n1,2\n", "no column is named serial_number\nhint: name its column"), ("\n", "has no serial number"),
    ])
    func whatIsNoListIsRefused(text: String, problem: String) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(text, to: "l.csv")
            try command.write(ownSandbox, to: "p.axport.yaml")
            let run = try await command("export", "--from", "p.axport.yaml", "--offline", "--serials", "l.csv")
            #expect(run.status == 64 && run.errors.contains(problem), "\(run.errors)")
        }
    }
}

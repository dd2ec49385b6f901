import Foundation
import Sandbox
import TestSupport
import Testing

/// Nights on which this machine's clock is wrong: the table is the truth of every night all the same.
@Suite struct ClockTests {
    private static let day = 86_400

    private func file(_ name: String, _ devices: String) -> String {
        """
        name: \(name)
        source: { platform: sandbox, devices: 300 }
        inventory: \(name).sqlite
        extract: [\(devices), assignments]
        load:
          - csv: { file: \(name).csv, columns: [serial_number, server_id, status, color], order: serial }
        """
    }

    /// The clock of a night of the sandbox, an hour after it began, by which it is off.
    private func clock(ofNight night: Int, error: Int) throws -> [String: String] {
        let moment = Int(SandboxOptions.usualFirstNight) + 3600 + night * Self.day + error
        return try ClockShift.environment(seconds: moment - Int(Date().timeIntervalSince1970))
    }

    /// How far the clock is off on each night, in seconds.
    @Test(
        arguments: [
            [3 * day, 0, 0], [0, 3 * day, 0, 0], [0, -600, 600, 0], [0, -3 * day, 0], [3 * day, 3 * day, 3 * day, 0],
            [0, 0, 3650 * day, 0], [0, -9000 * day, 0],
        ],
        ["devices", "devices: { changes: audit_events }"]
    )
    func everyNightTellsTheTruth(errors: [Int], devices: String) async throws {
        try await withTemporaryFolder { folder in
            var command = Command(folder: folder)
            try command.write(file("nights", devices), to: "nights.axport.yaml")
            for (night, error) in errors.enumerated() {
                command.environment = try clock(ofNight: night, error: error)
                let run = try await command("run", "nights.axport.yaml", "--set", "source.night=\(night + 1)")
                #expect(run.status == 0, "night \(night): \(run.errors)")
                let wentBack = night > 0 && errors[night - 1] > error + Self.day
                #expect(run.errors.contains("which is in the future: this machine's clock was ahead") == wentBack)

                try command.write(file("truth-\(night)", "devices"), to: "truth.axport.yaml")
                let truth = try await command("run", "truth.axport.yaml", "--set", "source.night=\(night + 1)")
                #expect(truth.status == 0, "\(truth.errors)")
                #expect(try command.read("nights.csv") == command.read("truth-\(night).csv"), "night \(night)")
            }
        }
    }

    @Test func tenMinutesBackBetweenTwoRunsChangeNothing() async throws {
        try await withTemporaryFolder { folder in
            var command = Command(folder: folder)
            try command.write(file("nights", "devices"), to: "nights.axport.yaml")
            for (run, seconds) in [0, -600, -1200].enumerated() {
                command.environment = try clock(ofNight: 2, error: seconds)
                let report = try await command(
                    "run",
                    "nights.axport.yaml",
                    "--set",
                    "source.night=\(run + 1)",
                    "--json"
                )
                #expect(report.status == 0, "\(report.errors)")
                #expect(report.output.contains("already read") == false)
                #expect(report.errors.contains("which is in the future") == (run > 0))
                try command.write(file("truth-\(run)", "devices"), to: "truth.axport.yaml")
                _ = try await command("run", "truth.axport.yaml", "--set", "source.night=\(run + 1)")
                #expect(try command.read("nights.csv") == command.read("truth-\(run).csv"), "run \(run)")
            }
        }
    }
}

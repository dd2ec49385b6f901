import Foundation
import TestSupport
import Testing

@testable import axport

/// What starts a pipeline file every night, as far as a user can see it.
@Suite struct ScheduleSearchTests {
    private func finding(
        _ file: String = "/etc/axport/nightly.axport.yaml",
        with files: [String: String] = [:]
    ) async throws -> String {
        try await withTemporaryFolder { root in
            for (path, text) in files {
                let folder = URL(fileURLWithPath: root + path).deletingLastPathComponent()
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try text.write(toFile: root + path, atomically: true, encoding: .utf8)
            }
            return ScheduleSearch(for: file, root: root, home: "\(root)/home").finding.text.replacing(root, with: "")
        }
    }

    private static let wants = "/etc/systemd/system/timers.target.wants"

    @Test func theShippedTimer() async throws {
        let found = try await finding(with: ["\(Self.wants)/axport@nightly.timer": ""])
        #expect(found.hasPrefix("✓ schedule: systemd starts it by axport@nightly.timer"), "\(found)")
        let other = try await finding("/etc/axport/other.axport.yaml", with: ["\(Self.wants)/axport@nightly.timer": ""])
        #expect(other.hasPrefix("! schedule: none was found"), "\(other)")
    }

    @Test func aUnitOfSomebodyElse() async throws {
        let folder = "/home/.config/systemd/user"
        let found = try await finding(
            "/srv/night.axport.yaml",
            with: [
                "\(folder)/timers.target.wants/fleet.timer": "",
                "\(folder)/fleet.service": "[Service]\nExecStart=/usr/bin/axport run /srv/night.axport.yaml\n",
            ]
        )
        #expect(found.hasPrefix("✓ schedule: systemd starts it by fleet.timer"), "\(found)")
    }

    @Test func aCrontab() async throws {
        let line = "30 2 * * * root /usr/bin/axport run /srv/night.axport.yaml\n"
        let found = try await finding("/srv/night.axport.yaml", with: ["/etc/cron.d/fleet": line])
        #expect(found == "✓ schedule: cron starts it by /etc/cron.d/fleet", "\(found)")
        for other in ["# \(line)", line.replacing("night", with: "day"), line.replacing("/srv", with: "/opt")] {
            let none = try await finding("/srv/night.axport.yaml", with: ["/etc/cron.d/fleet": other])
            #expect(none.hasPrefix("! schedule: none was found"), "\(other): \(none)")
        }
    }

    @Test func theAdviceOfAMissingSchedulePrintsOne() async throws {
        let file = "/srv/my nights/night.axport.yaml"
        let found = try await finding(file)
        let advice = try #require(found.firstMatch(of: /`axport (init --schedule (?:systemd|cron|launchd) '.*')`/))
            .output.1
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try FileManager.default.createDirectory(atPath: "\(folder)/my nights", withIntermediateDirectories: true)
            try command.write(
                "source: { platform: sandbox }\nextract: [devices]\nload: [csv: { file: a.csv }]\n",
                to: "my nights/night.axport.yaml"
            )
            let words = advice.replacing("/srv", with: folder)
            let run = try await Program.running(
                "/bin/sh",
                ["-c", "'\(Command.program)' \(words)"],
                environment: ["HOME": folder]
            )
            #expect(run.status == 0 && run.output.contains("night.axport.yaml"), "\(run.errors)")
        }
    }
}

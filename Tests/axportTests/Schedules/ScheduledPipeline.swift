import Foundation
import TestSupport
import Testing

/// A pipeline file with keys, variables and outputs, and what `init --schedule` prints for it.
enum ScheduledPipeline {
    static let text = """
        source:
          platform: business
          client_id: ${env:AXPORT_TEST_CLIENT}
          key_id: ${env:AXPORT_TEST_KEY_ID}
          private_key: ${file:/etc/axport/keys/private-key.pem}
        extract: [devices]
        load:
          - postgres: { url: "${env:AXPORT_TEST_DATABASE}", table: assets.devices }
          - csv: { file: "${env:STATE_DIRECTORY:-out}/devices.csv" }
          - csv: { file: "/srv/ex port/{date}/devices.csv", permissions: "0640" }
          - sqlite: { file: "/home/reports/100%.sqlite" }
          - ndjson: { file: "-" }
        """

    static func schedule(
        _ kind: String,
        _ text: String = text,
        file: String = "nightly.axport.yaml",
        in folder: String
    ) async throws -> Program.Run {
        let command = Command(folder: folder)
        try command.write(text, to: file)
        return try await command("init", "--schedule", kind, file)
    }

    /// The commands in the comments.
    static func commands(in text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            line.firstMatch(of: /^(?:# )?     (\S.*)$/).map { String($0.output.1) }
        }
    }

    /// Whether a shell accepts them.
    static func expectShellReads(_ commands: [String], in folder: String) async throws {
        #expect(!commands.isEmpty)
        for command in commands {
            let run = try await Program.running("/bin/sh", ["-n", "-c", command])
            #expect(run.status == 0, "\(command): \(run.errors)")
        }
    }

    static func lines(_ run: Program.Run) -> [String] {
        run.output.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }
}

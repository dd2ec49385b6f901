import Foundation
import TestSupport
import Testing

/// What became of the devices, as a person asks for it.
@Suite struct DiffCommandTests {
    private static func night(_ extract: String = "[devices, assignments, coverage]") -> String {
        """
        name: nightly
        source: { platform: sandbox, name: acme, devices: 400 }
        extract: \(extract)
        load: [{ csv: { file: out/devices.csv } }]
        """
    }

    /// The first night and the second one.
    private func twoNights(_ command: Command) async throws {
        try command.write(Self.night(), to: "night.axport.yaml")
        for night in 1...2 {
            let run = try await command("run", "night.axport.yaml", "--set", "source.night=\(night)", "--full")
            try #require(run.status == 0, "\(run.errors)")
            try await Task.sleep(for: .milliseconds(1100))
        }
    }

    @Test func withoutOptionsItTellsWhatTheLastRunFound() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try await twoNights(command)
            let diff = try await command("diff", "--from", "night.axport.yaml")
            #expect(diff.status == 0, "\(diff.errors)")
            let lines = diff.output.split(separator: "\n").map(String.init)
            #expect(lines[0].contains(": 2 came, "), "\(lines[0])")
            #expect(lines.count { $0.hasPrefix("came ") } == 2, "\(diff.output)")
            // Neither exports nor runs that ask nothing are nights.
            _ = try await command("run", "night.axport.yaml", "--offline")
            _ = try await command("export", "--from", "night.axport.yaml", "-o", "a.csv")
            let json = try object(try await command("diff", "--format", "json").output)
            let sources = try #require(json["sources"] as? [[String: Any]])
            let id = try #require(sources.first?["run"] as? String)
            #expect(lines[0].contains(", run \(id): "), "\(lines[0])")
            for name in [id, String(id.suffix(6)), "last"] {
                #expect(try await command("diff", "--since", name).output == diff.output, "\(name)")
            }
        }
    }

    @Test func tableCSVAndJSONTellTheSame() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try await twoNights(command)
            let csv = try await command("diff", "--format", "csv").output
            #expect(
                csv.hasPrefix("source,kind,serial_number,device_model,product_family,column,before,after,seen_at\r\n")
            )
            #expect(csv.hasSuffix("\r\n") && !csv.hasSuffix("\r\n\r\n"))
            let rows = csv.split(separator: "\r\n").dropFirst().map {
                $0.split(separator: ",", omittingEmptySubsequences: false)
            }
            let json = try object(try await command("diff", "--format", "json").output)
            let differences = try #require(json["differences"] as? [[String: String]])
            #expect(differences.map { $0["serial_number"] } == rows.map { String($0[2]) })
            #expect(differences.map { $0["kind"] } == rows.map { String($0[1]) })
            #expect(differences.allSatisfy { $0["product_family"] != nil && $0["source"] == "acme" })
            #expect(!csv.contains("updated_at") && !csv.contains("added_to_org_at"))
            let table = try await command("diff").output.split(separator: "\n")
            #expect(table.count == rows.count + 3)
        }
    }
}

private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}

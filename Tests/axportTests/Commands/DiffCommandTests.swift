import Foundation
import Sandbox
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
            try command.write(
                Self.night().replacing("devices: 400", with: "devices: 400, night: 2"),
                to: "night.axport.yaml"
            )
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

    @Test func whatNobodyCanReadAsADateSaysWhatWasMeant() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(Self.night("[devices]"), to: "night.axport.yaml")
            #expect(try await command("run", "night.axport.yaml").status == 0)
            let wrong = [
                "28.11.2026", "11/28/2026", "2026/11/28", "20261128", "2026-09-31", "yesterday", "2 weeks ago", "1w",
                "last week",
            ]
            for verb in ["diff", "runs"] {
                for text in wrong {
                    let refusal = try await command(verb, "--since", text)
                    #expect(refusal.status == 64, "\(text): \(refusal.errors)")
                    let advised = refusal.errors.matches(of: /`--since ([^`]+)`/).map { String($0.output.1) }
                    #expect(!advised.isEmpty, "\(text): \(refusal.errors)")
                    for day in advised {
                        let taken = try await command(verb, "--since", day)
                        #expect([0, 3].contains(taken.status), "\(day): \(taken.errors)")
                    }
                }
                let both = try await command(verb, "--since", "11/10/2026")
                #expect(both.errors.contains("`--since 2026-11-10` or `--since 2026-10-11`"), "\(both.errors)")
                let none = try await command(verb, "--since", "christmas eve")
                #expect(none.status == 64 && none.errors.contains("--since: "), "\(none.errors)")
            }
            let future = try await command("diff", "--since", "2099-01-01")
            #expect(future.status == 64 && future.errors.contains("2099-01-01 00:00:00 (UTC) has not come yet"))
            let unknown = try await command("diff", "--since", "abcxyz")
            #expect(unknown.status == 64 && unknown.errors.contains("--since: no run 'abcxyz'"), "\(unknown.errors)")
            let flagged = try await command("diff", "--from", "night.axport.yaml", "--source", "acne")
            #expect(flagged.status == 64 && flagged.errors.contains("did you mean 'acme'?"), "\(flagged.errors)")
        }
    }

    @Test func whereTheRecordIsShortTheAnswerSaysSince() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            let empty = try await command("diff")
            #expect(empty.status == 64 && empty.errors.contains("no devices were read yet"), "\(empty.errors)")
            try await twoNights(command)
            let diff = try await command("diff", "--since", "30d", "--format", "json")
            #expect(diff.status == 3 && diff.errors.contains("what is recorded of acme begins at "), "\(diff.errors)")
            let sources = try #require(try object(diff.output)["sources"] as? [[String: Any]])
            #expect(sources[0]["is_whole"] as? Bool == false && sources[0]["known_since"] is String)
            // From the record's beginning on, everything is known.
            let known = try #require(sources[0]["known_since"] as? String)
            let whole = try await command("diff", "--since", known, "--format", "json")
            #expect(whole.status == 0, "\(whole.errors)")
            let differences = try object(whole.output)["differences"] as? [[String: String]]
            #expect(try object(diff.output)["differences"] as? [[String: String]] == differences)
        }
    }

    @Test func eachOfSeveralSourcesIsComparedWithItsOwnLastRun() async throws {
        try await withSandbox { command, sandbox in
            let text = """
                sources:
                \(sandboxSource("acme"))
                \(sandboxSource("best"))
                extract: [devices]
                load:
                  - csv: { file: "out/{source}.csv" }
                """
            try command.write(text, to: "all.axport.yaml")
            #expect(try await command("run", "all.axport.yaml").status == 0)
            await sandbox.advance(toNight: 2)
            try await Task.sleep(for: .milliseconds(1100))
            #expect(try await command("run", "all.axport.yaml", "--source", "best").status == 0)
            let diff = try await command("diff", "--from", "all.axport.yaml")
            let lines = diff.output.split(separator: "\n").map(String.init)
            #expect(lines[0].hasPrefix("acme: since ") && lines[0].hasSuffix(": no differences"), "\(diff.output)")
            #expect(lines[1].hasPrefix("best: since ") && lines[1].contains(" came"), "\(diff.output)")
            let rows = try await command("diff", "--format", "csv").output.split(separator: "\r\n").dropFirst()
            #expect(!rows.isEmpty && rows.allSatisfy { $0.hasPrefix("best,") })
            // A run has one source.
            let run = try #require(lines[1].firstMatch(of: /run ([^ :]+)/)?.output.1)
            let one = try await command("diff", "--since", String(run)).output
            #expect(one.split(separator: "\n")[0] == lines[1].dropFirst("best: ".count))
        }
    }
}

private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}

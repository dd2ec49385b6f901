import Foundation
import Sandbox
import TestSupport
import Testing

/// What the last lines of a run say to somebody who reads nothing else.
@Suite struct EndingTests {
    private func lastLines(_ run: Program.Run, _ count: Int) -> [String] {
        run.errors.split(separator: "\n").suffix(count).map(String.init)
    }

    @Test func theLastLineNamesTheLoadThatFailedAndWhy() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write("a file", to: "taken")
            try command.write(
                """
                name: nightly
                source: { platform: sandbox, name: acme, devices: 30 }
                extract: [devices]
                load: [csv: { file: out/a.csv }, csv: { file: taken/b.csv }]
                """,
                to: "night.axport.yaml"
            )
            let run = try await command("run", "night.axport.yaml")
            #expect(run.status == 3, "\(run.errors)")
            let lines = lastLines(run, 3)
            #expect(
                lines[0].hasPrefix("hint: ") || lines[0].hasPrefix("error: csv \(folder)/taken/b.csv: "),
                "\(lines)"
            )
            #expect(
                lines[2].hasPrefix("nightly: partial: 1 of 2 loads failed (csv \(folder)/taken/b.csv: "),
                "\(lines)"
            )
            #expect(lines[2].contains("); exit code 3 after "), "\(lines)")
            // What it advises works.
            let advised = try #require(
                lines[1].wholeMatch(of: /hint: `axport (runs show \S+)` shows what each stage did/)
            )
            let shown = try await command(advised.output.1.split(separator: " ").map(String.init))
            #expect(shown.status == 0 && shown.output.contains(lines[2]), "\(shown.output)")
        }
    }

    @Test func aCauseOfAllLoadsIsSaidAndNotAllTheirNames() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write("a file", to: "taken")
            let loads = (1...6).map { "sqlite: { file: taken/a.sqlite, table: t\($0) }" }
            func last(_ loads: [String]) async throws -> String {
                try command.write(
                    """
                    source: { platform: sandbox, name: acme, devices: 30 }
                    extract: [devices]
                    load: [\(loads.joined(separator: ", "))]
                    """,
                    to: "night.axport.yaml"
                )
                return lastLines(try await command("run", "night.axport.yaml"), 1)[0]
            }
            let all = try await last(loads)
            #expect(all.contains(": failed: 6 of 6 loads failed (cannot write \(folder)/taken/a.sqlite: "), "\(all)")
            let some = try await last(loads + ["csv: { file: out/a.csv }"])
            let first = "sqlite \(folder)/taken/a.sqlite (t1), …: cannot write \(folder)/"
            #expect(some.contains(": partial: 6 of 7 loads failed (\(first)"), "\(some)")
        }
    }

    @Test func aRefusalByAGuardHasItsOwnExitCodeUnlessSomethingElseFails() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write("a file", to: "taken")
            let refused = """
                  - csv:
                      file: out/ise.csv
                      transform: [where: "color = 'NONE'", mac_addresses: { interfaces: [wifi] }]
                """
            func write(_ load: String) throws {
                try command.write(
                    """
                    source: { platform: sandbox, name: acme, devices: 30 }
                    extract: [devices]
                    load:
                    \(refused)
                      - csv: { file: \(load) }
                    """,
                    to: "night.axport.yaml"
                )
            }
            try write("out/a.csv")
            let run = try await command("run", "night.axport.yaml")
            #expect(run.status == 65, "\(run.errors)")
            #expect(lastLines(run, 1)[0].contains(": failed: 1 of 2 loads failed (csv \(folder)/out/ise.csv: refused "))
            try write("taken/a.csv")
            let mixed = try await command("run", "night.axport.yaml")
            #expect(mixed.status == 73 && mixed.errors.contains(": failed: 2 of 2 loads failed ("), "\(mixed.errors)")
            try write("out/b.csv }\n  - csv: { file: taken/a.csv")
            #expect(try await command("run", "night.axport.yaml").status == 3)
        }
    }

    @Test func aFileThatIsInvalidIsNamedAndTheOthersRun() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            func write(_ name: String, extract: String = "devices") throws {
                try command.write(
                    """
                    source: { platform: sandbox, name: \(name), devices: 30 }
                    extract: [\(extract)]
                    load: [csv: { file: out/\(name).csv }]
                    """,
                    to: "\(name).axport.yaml"
                )
            }
            try write("acme")
            try write("hill", extract: "devicess")
            try write("west")
            let files = ["acme", "hill", "west"].map { "\($0).axport.yaml" }
            let run = try await command(["run"] + files + ["--summary", "out/{source}.json"])
            #expect(run.status == 78, "\(run.errors)")
            #expect(command.exists("out/acme.csv") && command.exists("out/west.csv"))
            #expect(run.errors.hasPrefix("hill.axport.yaml:2:"), "\(run.errors)")
            let lines = lastLines(run, 4)
            #expect(lines[0].contains("hill.axport.yaml") && lines[0].hasSuffix("  invalid (78)"), "\(lines)")
            #expect(lines[1].hasPrefix("error: hill.axport.yaml did not run: hill.axport.yaml:2:"), "\(lines)")
            #expect(lines[2] == "hint: `axport check hill.axport.yaml` lists its problems")
            #expect(lines[3].hasPrefix("failed: 2 runs done; 1 file did not run; exit code 78 after "), "\(lines)")
            #expect(try await command("check", "hill.axport.yaml").status == 78)

            let without = try await command("run", "acme.axport.yaml", "none.axport.yaml")
            #expect(without.errors.contains("error: none.axport.yaml did not run: cannot read"), "\(without.errors)")
            #expect(!without.errors.contains("axport check"), "nothing to list: \(without.errors)")

            func code(_ name: String) throws -> Int? {
                let json = try JSONSerialization.jsonObject(with: Data(command.read("out/\(name).json").utf8))
                let document = try #require(json as? [String: Any])
                if name == "hill" { #expect((document["error"] as? String)?.contains("devicess") == true) }
                #expect((document["runs"] as? [[String: Any]])?.count == (name == "hill" ? 0 : 1))
                return document["exit_code"] as? Int
            }
            #expect(try ["acme", "hill", "west"].map(code) == [0, 78, 0])
        }
    }

    /// Two causes, one of them that of two sources: a wrong key, and an API that refuses connections.
    @Test func ofFortySourcesTheLastScreenShowsTheThreeThatFailed() async throws {
        try await withSandbox(.with(devices: 20)) { command, _ in
            let names = (1...40).map { "tenant\($0)" }
            let closed = try Loopback.freePort()
            let sources = names.map { name in
                let source = sandboxSource(
                    name,
                    clientID: ["tenant7", "tenant23"].contains(name) ? "BUSINESSAPI.gone" : "${env:AXPORT_CLIENT_ID}"
                )
                return name == "tenant31"
                    ? source.replacing("${env:AXPORT_API_URL}", with: "http://127.0.0.1:\(closed)") : source
            }
            try command.write(
                """
                name: tenants
                sources:
                \(sources.joined(separator: "\n"))
                extract: [devices]
                load:
                  - csv: { file: "out/{source}.csv" }
                """,
                to: "tenants.axport.yaml"
            )
            let run = try await command("run", "tenants.axport.yaml", "--summary", "out/{source}-{date}.json")
            #expect(run.status == 3, "\(run.errors)")
            let lines = run.errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast().suffix(24)
                .map(String.init)
            let screen = lines.joined(separator: "\n")
            for name in ["tenant7", "tenant23", "tenant31"] {
                #expect(lines.contains { $0.hasPrefix("\(name) ") && $0.contains("  failed (") }, "\(screen)")
            }
            let errors = lines.filter { $0.hasPrefix("error: ") }
            #expect(errors.count == 2, "\(screen)")
            #expect(errors.first?.hasPrefix("error: tenant31: ") == true && errors[0].contains("refused"), "\(screen)")
            #expect(errors.last?.hasPrefix("error: 2 sources (tenant7, tenant23): devices: ") == true, "\(screen)")
            #expect(lines.last?.hasPrefix("partial: 3 of 40 sources failed; exit code 3 after ") == true, "\(screen)")
            #expect(lines.count { $0.hasPrefix("hint: ") } == 3, "\(screen)")
            // What it advises.
            let latest = try await command("runs", "--latest", "--failed").output
            #expect(latest.split(separator: "\n").count { $0.contains("  failed (") } == 3, "\(latest)")
            #expect(latest.contains(#/2 sources \(tenant(7, tenant23|23, tenant7)\): failing since /#), "\(latest)")

            let (_, written) = try await command.onTerminal(columns: 80, ["run", "tenants.axport.yaml"])
            let last = written.lines.suffix(20).joined(separator: "\n")
            #expect(last.matches(of: /tenant(7|23|31) .* failed \(/).count == 3, "\(last)")
            #expect(last.contains("error: 2 sources (tenant7, tenant23): devices: the token endpoint"), "\(last)")

            let all = run.errors.split(separator: "\n")
            #expect(all.count { $0.contains("the token endpoint denied") } == 5, "once each, and once in the end")
            #expect(try command.files.count { $0.hasPrefix("out/tenant") && $0.hasSuffix(".json") } == 40)
        }
    }
}

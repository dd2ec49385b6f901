import Foundation
import Sandbox
import TestSupport
import Testing

/// Pipelines over several organizations, as a person or a scheduler runs them.
@Suite struct SeveralSourcesTests {
    /// Two sources of which the first has credentials that are right.
    private func pipeline(
        second clientID: String = "${env:AXPORT_CLIENT_ID}",
        key: String = "account/private-key.pem",
        extract: String = "[devices]"
    ) -> String {
        """
        sources:
        \(sandboxSource("acme"))
        \(sandboxSource("best", clientID: clientID, key: key))
        extract: \(extract)
        load:
          - csv: { file: "out/{source}.csv", columns: [source, serial_number] }
        """
    }

    @Test func everySourceIsLoadedAndCarriesItsName() async throws {
        try await withSandbox { command, _ in
            try command.write(pipeline(), to: "all.axport.yaml")
            let run = try await command("run", "all.axport.yaml", "--json")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.split(separator: "\n").count == 2)
            for name in ["acme", "best"] {
                let lines = try command.read("out/\(name).csv").split(separator: "\r\n")
                #expect(lines.count > 250)
                #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("\(name),") })
                #expect(command.exists(".local/state/axport/\(name).sqlite"))
            }
            #expect(run.errors.contains("axport: best: devices"), "\(run.errors)")
            #expect(run.errors.contains("/best.csv ") && !run.errors.contains("{source}"), "\(run.errors)")
        }
    }

    @Test func oneThatFailsLeavesTheOthersAlone() async throws {
        try await withSandbox { command, _ in
            try command.write(pipeline(second: "BUSINESSAPI.gone"), to: "all.axport.yaml")
            let mixed = try await command("run", "all.axport.yaml")
            #expect(mixed.status == 3, "\(mixed.errors)")
            #expect(mixed.errors.contains("error: best: devices: the token endpoint denied"), "\(mixed.errors)")
            #expect(command.exists("out/acme.csv"))
            #expect(try await command("run", "all.axport.yaml", "--source", "best").status == 77)
            #expect(try await command("run", "all.axport.yaml", "--source", "acme").status == 0)
        }
    }

    @Test(arguments: [("nowhere.pem", Int32(78), "the file does not exist"), ("junk.pem", 77, "private key")])
    func oneWhoseKeyIsBadLeavesTheOthersAlone(key: String, code: Int32, says: String) async throws {
        try await withSandbox { command, _ in
            try command.write("no key", to: "junk.pem", mode: 0o600)
            try command.write(pipeline(key: key), to: "all.axport.yaml")
            let mixed = try await command("run", "all.axport.yaml", "--json")
            #expect(mixed.status == 3, "\(mixed.errors)")
            #expect(mixed.errors.contains("error: best: ") && mixed.errors.contains(says), "\(mixed.errors)")
            #expect(mixed.output.split(separator: "\n").count == 2)
            #expect(command.exists("out/acme.csv"))
            #expect(try await command("run", "all.axport.yaml", "--source", "best").status == code)
            let check = try await command("check", "all.axport.yaml")
            #expect(check.status == code, "\(check.errors)")
            #expect(check.errors.contains(says), "\(check.errors)")
        }
    }

    @Test func withLittleTimeTheOneThatWaitedLongestComesFirst() async throws {
        try await withSandbox(.with { $0.latencyMilliseconds = 40 }) { command, _ in
            try command.write(pipeline(extract: "[devices, coverage]"), to: "all.axport.yaml")
            #expect(try await command("run", "all.axport.yaml", "--source", "acme").status == 0)
            let run = try await command("run", "all.axport.yaml", "--max-time", "1s", "--jobs", "1")
            #expect(run.status == 3, "\(run.errors)")
            let lines = run.errors.split(separator: "\n").filter { $0.hasPrefix("axport: ") }
            #expect(lines.first?.hasPrefix("axport: best: devices") == true, "\(run.errors)")
        }
    }

    @Test func namesThatNoFileHasAreRefused() async throws {
        try await withSandbox { command, sandbox in
            try command.write(pipeline(), to: "all.axport.yaml")
            for verb in ["run", "check"] {
                let run = try await command(verb, "all.axport.yaml", "--source", "acmee")
                #expect(run.status == 64, "\(run.errors)")
                #expect(run.errors.contains("--source: no source 'acmee'\nhint: did you mean 'acme'?"), "\(run.errors)")
            }
            #expect(await sandbox.statistics.requests.isEmpty)
        }
    }

    @Test func theShardsTogetherRunEverySource() async throws {
        try await withSandbox { command, _ in
            try command.write(pipeline(), to: "all.axport.yaml")
            var said = 0
            for shard in 1...5 {
                let run = try await command("run", "all.axport.yaml", "--shard", "\(shard)/5")
                #expect(run.status == 0, "\(run.errors)")
                if run.errors.contains("nothing to do: shard \(shard)/5 contains no source") { said += 1 }
            }
            #expect(said >= 3)
            #expect(command.exists("out/acme.csv") && command.exists("out/best.csv"))
            #expect(try await command("run", "all.axport.yaml", "--shard", "6/5").status == 64)
        }
    }

    @Test func oneFileForAllIsRefused() async throws {
        try await withSandbox { command, _ in
            try command.write(pipeline().replacing("{source}", with: "devices"), to: "all.axport.yaml")
            let run = try await command("check", "all.axport.yaml")
            #expect(run.status == 78)
            #expect(run.errors.contains("put {source} into the path"), "\(run.errors)")
        }
    }
}

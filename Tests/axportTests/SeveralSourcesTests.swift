import Foundation
import Sandbox
import TestSupport
import Testing

/// Pipelines over several organisations, as a person or a scheduler runs them.
@Suite struct SeveralSourcesTests {
    /// Two sources of which the first has credentials that are right.
    private func pipeline(second clientID: String = "${env:AXPORT_CLIENT_ID}") -> String {
        func source(_ name: String, _ clientID: String) -> String {
            """
              - name: \(name)
                platform: business
                client_id: \(clientID)
                key_id: ${env:AXPORT_KEY_ID}
                private_key: ${file:account/private-key.pem}
                api_url: ${env:AXPORT_API_URL}
                token_url: ${env:AXPORT_TOKEN_URL}
            """
        }
        return """
            sources:
            \(source("acme", "${env:AXPORT_CLIENT_ID}"))
            \(source("best", clientID))
            extract: [devices]
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
        }
    }

    @Test func oneThatFailsLeavesTheOthersAlone() async throws {
        try await withSandbox { command, _ in
            try command.write(pipeline(second: "BUSINESSAPI.gone"), to: "all.axport.yaml")
            let mixed = try await command("run", "all.axport.yaml")
            #expect(mixed.status == 3, "\(mixed.errors)")
            #expect(command.exists("out/acme.csv"))
            #expect(try await command("run", "all.axport.yaml", "--source", "best").status == 77)
            #expect(try await command("run", "all.axport.yaml", "--source", "acme").status == 0)
        }
    }

    @Test func namesThatNoFileHasAreRefused() async throws {
        try await withSandbox { command, sandbox in
            try command.write(pipeline(), to: "all.axport.yaml")
            for verb in ["run", "check"] {
                let run = try await command(verb, "all.axport.yaml", "--source", "acmee")
                #expect(run.status == 64, "\(run.errors)")
                #expect(run.errors.contains("--source: no source 'acmee'; did you mean 'acme'?"), "\(run.errors)")
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
                if run.errors.contains("nothing to do: shard \(shard)/5 has no source") { said += 1 }
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

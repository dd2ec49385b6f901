import Foundation
import Sandbox
import TestSupport
import Testing

/// A service provider's table of organizations, from the sandbox's to `axport sources`.
@Suite struct SourcesCommandTests {
    private struct Listed: Decodable {
        struct Source: Decodable {
            let source: String
            let platform: String?
            let inventory: String?
            let devices: Int?
            let lastSuccessAt: String?
            let lastStatus: String?
            let waitingDevices: Int?
            let problem: String?
        }
        let pipeline: String
        let sources: [Source]
    }

    private let file = """
        sources: { file: accounts/tenants.csv, defaults: { max_time: 2h } }
        extract: [devices, coverage: { max_requests: 10 }]
        load: [csv: { file: "out/{source}.csv" }]
        """

    private func listed(_ command: Command, _ options: String...) async throws -> [Listed.Source] {
        let run = try await command(["sources", "all.axport.yaml", "--json"] + options)
        #expect(run.status == 0, "\(run.errors)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Listed.self, from: Data(run.output.utf8)).sources
    }

    private func withOrganizations(_ body: (Command) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let list = try SandboxOrganization.list(3, like: .with { $0.devices = 20 }, settings: ["3:key=revoked"])
            let running = try await Sandbox.start(list, credentialsFolder: "\(folder)/accounts")
            let command = Command(folder: folder)
            do {
                try command.write(file, to: "all.axport.yaml")
                try await body(command)
            } catch {
                await running[0].stop()
                throw error
            }
            await running[0].stop()
        }
    }

    @Test func theTableOfTheSandboxIsRunAndListed() async throws {
        try await withOrganizations { command in
            #expect(try await listed(command).map(\.devices) == [nil, nil, nil])
            let run = try await command("run", "all.axport.yaml")
            #expect(run.status == 3, "\(run.errors)")
            let sources = try await listed(command)
            #expect(sources.map(\.source) == ["org-0001", "org-0002", "org-0003"])
            #expect(sources.map(\.platform) == ["business", "school", "business"])
            #expect(sources[1].inventory?.hasSuffix("/org-0002.sqlite") == true)
            #expect(sources.map { $0.lastSuccessAt == nil } == [false, false, true])
            #expect(sources.map(\.lastStatus) == ["done", "done", "failed"])
            #expect((sources[0].devices ?? 0) > 15)
            #expect(sources[0].waitingDevices == sources[0].devices.map { $0 - 10 })
            let table = try await command("sources", "all.axport.yaml").output
            #expect(table.contains("last success") && table.contains(" ago"), "\(table)")
            #expect(try await listed(command, "--source", "org-0002").map(\.source) == ["org-0002"])
        }
    }

    @Test func aBadRowIsListedWithItsLineAndTheOthersRun() async throws {
        try await withOrganizations { command in
            try command.write(
                try command.read("accounts/tenants.csv") + "bad name,business\n",
                to: "accounts/tenants.csv",
                mode: 0o600
            )
            let sources = try await listed(command)
            #expect(sources.count == 4)
            #expect(sources[3].source == "tenants.csv:5")
            #expect(sources[3].problem?.contains("accounts/tenants.csv:5:1: the row has 2 values") == true)
            let check = try await command("check", "all.axport.yaml")
            #expect(check.status == 78)
            #expect(check.errors.contains("accounts/tenants.csv:5:1: error: the row has 2 values"), "\(check.errors)")
            let plan = try await command("plan", "all.axport.yaml")
            #expect(plan.status == 3 && plan.output.contains("org-0001"), "\(plan.output) \(plan.errors)")
            #expect(plan.errors.contains("accounts/tenants.csv:5:1: error: "), "\(plan.errors)")
            let run = try await command("run", "all.axport.yaml", "--source", "org-0001")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try await command("run", "all.axport.yaml", "--source", "tenants.csv:5").status == 78)
        }
    }

    @Test func theListNeedsNoKeys() async throws {
        try await withOrganizations { command in
            try FileManager.default.removeItem(atPath: "\(command.folder)/accounts/org-0002")
            #expect(try await listed(command).map(\.problem) == [nil, nil, nil])
            #expect(try await command("sources", "none.axport.yaml").status == 78)
        }
    }
}

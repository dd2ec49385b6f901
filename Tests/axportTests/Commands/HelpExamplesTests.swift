import Foundation
import Sandbox
import TestSupport
import Testing

@testable import axport

/// The examples in the help of every command are run as they stand.
@Suite struct HelpExamplesTests {
    /// The names of the commands that `axport help` lists, and of their subcommands.
    private static func verbs(_ command: CommandHelp, below parents: [String] = []) -> [[String]] {
        command.shownSubcommands.flatMap { verb in
            let names = parents + [verb.commandName]
            return [names] + verbs(verb, below: names)
        }
    }

    /// Behind `Examples:`, each on its own line.
    private static func examples(in help: String) -> [String] {
        let lines = help.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let heading = lines.firstIndex(of: "Examples:") else { return [] }
        return lines[(heading + 1)...].prefix { $0.hasPrefix("  ") }.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    @Test func thereAreExamplesOfEveryVerb() async throws {
        let verbs = Self.verbs(try .ofAxport())
        #expect(verbs.count > 10)
        for verb in verbs { try await tryExamples(of: verb) }
    }

    private static let assigning: Set = ["assign", "unassign", "migration", "release"]

    /// What the examples of assignments name: rules, a plan, a file that allows all, and a list.
    private func prepareAssigning(_ command: Command) async throws {
        let source = "source: { platform: sandbox, devices: 20 }\n"
        // The service has this ID in every sandbox of the usual seed.
        let target = "7DD8476EF669EB627B13EAA63D2058E8"
        try command.write(
            "\(source)assign: { rules: [{ name: a, where: '1', to: \(target) }] }\n",
            to: "new-devices.axport.yaml"
        )
        try command.write(
            "\(source)assign: { allow: [unassign, migration, release] }\n",
            to: "m.axport.yaml"
        )
        let plan = try await command("assign", "plan", "new-devices.axport.yaml", "-o", "plan.ndjson")
        #expect(plan.status == 0, "\(plan.errors)")
        let serials = try command.read("plan.ndjson").matches(of: /"serial_number":"([^"]+)"/).map(\.output.1)
        try command.write("\(try #require(serials.first))\n", to: "s.csv")
    }

    private func tryExamples(of verb: [String]) async throws {
        try await withTemporaryFolder { folder in
            var command = Command(folder: folder)
            command.environment["PATH"] = "\(folder)/bin:/usr/bin:/bin"
            try FileManager.default.createDirectory(atPath: "\(folder)/bin", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/bin/axport",
                withDestinationPath: Command.program
            )
            try command.write(
                """
                name: nightly
                source: { platform: sandbox, devices: 20 }
                extract: [devices]
                load: [{ csv: { file: out/devices.csv } }]
                tests:
                  - { name: no IMEI, devices: [{ serialNumber: C02ABC }], expect: [{ imeis: null }] }
                """,
                to: "nightly.axport.yaml"
            )
            #expect(try await command("run", "nightly.axport.yaml").status == 0)
            if let first = verb.first, Self.assigning.contains(first) { try await prepareAssigning(command) }
            let examples = Self.examples(in: try await command(["help"] + verb).output)
            #expect(examples.count == 2, "\(verb): \(examples)")
            for example in examples {
                let runs = example.hasPrefix("axport sandbox") ? "timeout 2 \(example) --port 0" : example
                let run = try await Program.running(
                    "/bin/sh",
                    ["-c", "cd \"$0\" && \(runs)", folder],
                    environment: ["HOME": folder, "XDG_STATE_HOME": "", "XDG_CACHE_HOME": ""]
                        .merging(command.environment) { $1 }
                )
                let expected: Set<Int32> =
                    switch verb[0] {
                    case "sandbox": [124]
                    case "plan": [0, 2]
                    case "assign" where example.contains("--detailed-exitcode"): [2]
                    // The dates of the examples pass.
                    case "migration" where example.contains("--by"): [0, 64]
                    default: [0]
                    }
                #expect(expected.contains(run.status), "\(example): \(run.status) \(run.errors)")
                // GitHub is told of problems only.
                if !example.contains("github") { #expect(!(run.output + run.errors).isEmpty, "\(example)") }
            }
        }
    }
}

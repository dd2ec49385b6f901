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
            let examples = Self.examples(in: try await command(["help"] + verb).output)
            #expect(examples.count == 2, "\(verb): \(examples)")
            for example in examples {
                let runs = example.hasPrefix("axport sandbox") ? "timeout 5 \(example) --port 0" : example
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
                    default: [0]
                    }
                #expect(expected.contains(run.status), "\(example): \(run.status) \(run.errors)")
                #expect(!(run.output + run.errors).isEmpty, "\(example)")
            }
        }
    }
}

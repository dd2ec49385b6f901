import ArgumentParser
import Foundation
import Sandbox
import TestSupport
import Testing

@testable import axport

/// The examples in the help of every command are run as they stand.
@Suite struct HelpExamplesTests {
    private static let verbs: [[String]] =
        Axport.configuration.subcommands.filter(\.configuration.shouldDisplay).flatMap { verb in
            let name = verb.configuration.commandName ?? ""
            return [[name]] + verb.configuration.subcommands.map { [name, $0.configuration.commandName ?? ""] }
        }

    /// Behind `Examples:`, each on its own line.
    private static func examples(in help: String) -> [String] {
        let lines = help.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let heading = lines.firstIndex(of: "Examples:") else { return [] }
        return lines[(heading + 1)...].prefix { $0.hasPrefix("  ") }.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    @Test(arguments: verbs) func examplesOfAVerbDoWhatTheySay(verb: [String]) async throws {
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
                """,
                to: "nightly.axport.yaml"
            )
            #expect(try await command("run", "nightly.axport.yaml").status == 0)
            let examples = Self.examples(in: try await command(["help"] + verb).output)
            #expect(examples.count == 2, "\(examples)")
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

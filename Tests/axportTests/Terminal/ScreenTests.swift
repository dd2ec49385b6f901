import Foundation
import Sandbox
import TestSupport
import Testing

@testable import axport

/// Every verb on a terminal of 80 and of 40 columns, and in a pipe.
@Suite struct ScreenTests {
    /// A file whose loads fail for one cause, and whose paths are long.
    private static let loads = """
        load:
          - csv: { file: out/devices-of-the-whole-organization.csv }
          - csv: { file: out/serials.csv, columns: [serial_number] }
          - ndjson: { file: out/devices.ndjson }
          - sqlite: { file: out/assets.sqlite }
          - csv: { file: taken/devices.csv }
          - csv:
              file: out/ise-endpoints.csv
              transform: [where: "server_name = 'Nowhere'", mac_addresses: { interfaces: [wifi] }]
        """

    /// What each verb is asked here. What programs read is not for a screen: JSON, and the variables of a sandbox.
    private static let verbs: [String: [[String]]] = [
        "demo": [["demo", "--devices", "40", "--out", "trial"]],
        "run": [["run", "night.axport.yaml"], ["run", "night.axport.yaml", "wrong.axport.yaml"]],
        "check": [["check", "night.axport.yaml"], ["check", "wrong.axport.yaml"]],
        "plan": [["plan", "night.axport.yaml"]],
        "preview": [["preview", "night.axport.yaml", "--rows", "3"]],
        "runs": [
            ["runs"], ["runs", "--latest"], ["runs", "--failed"], ["runs", "show", "last"], ["runs", "--stale", "1d"],
        ],
        "export": [["export", "--from", "night.axport.yaml", "--offline", "-o", "a.csv"]],
        "show": [["show", "BZEADFSN3V", "--from", "night.axport.yaml"]],
        "diff": [["diff", "--from", "night.axport.yaml"]],
        "report": [["report", "--help"]],
        "stages": [["stages"], ["stages", "postgres"], ["stages", "where"]],
        "doctor": [["doctor", "night.axport.yaml"]],
        "init": [["init", "--list"]],
        "test": [["test", "night.axport.yaml"]],
        "assign": [["assign", "plan", "night.axport.yaml"], ["assign", "status"]],
        "unassign": [["unassign", "--help"]],
        "migration": [["migration", "--help"]],
        "release": [["release", "--help"]],
        "normalize": [["normalize", "--help"]],
        "sources": [["sources", "night.axport.yaml"]],
        "sandbox": [["sandbox", "--help"]],
        "schema": [["schema", "--help"]],
    ]

    /// Words of a terminal's progress, and of a second run.
    private static let elsewhere = "to left unknown asked received changed unchanged written retired requests "

    @Test func everyVerbIsAmongThem() throws {
        let verbs = try CommandHelp.ofAxport().shownSubcommands.map(\.commandName)
        #expect(Set(verbs) == Set(Self.verbs.keys))
    }

    @Test(arguments: [80, 40]) func noLineIsWiderAndNoWordIsBroken(columns: Int) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write("a file", to: "taken")
            let file = """
                name: nightly-assets
                source: { platform: sandbox, name: acme, devices: 60 }
                extract: [devices, assignments, coverage]
                transform: [imei, mac, storage, applecare]
                tests:
                  - { name: a device without any IMEI, devices: [{ serialNumber: C02ABC }], expect: [{ imeis: null }] }
                \(Self.loads)
                """
            try command.write(file, to: "night.axport.yaml")
            try command.write(file.replacing("[devices,", with: "[devicess,"), to: "wrong.axport.yaml")
            _ = try await command("run", "night.axport.yaml")
            for (verb, calls) in Self.verbs.sorted(by: { $0.key < $1.key }) {
                for arguments in calls {
                    let piped = try await command(arguments)
                    let run = try await command.onTerminal(columns: columns, arguments)
                    #expect(run.status == piped.status, "\(arguments): \(run.written.text)")
                    #expect(!run.written.lines.isEmpty, "\(arguments)")
                    for line in run.written.lines where line.count > columns {
                        // A path that is longer than the screen stays whole, so that it can be copied.
                        let isOneWord = !line.drop { $0 == " " }.contains(" ")
                        // So does an example.
                        let isExample = verb == "stages" && line.hasPrefix("    ")
                        #expect(isOneWord || isExample, "\(verb) \(arguments): \(line.count) of \(columns): \(line)")
                    }
                    let known = TerminalText.words(piped.output + piped.errors + Self.elsewhere + file + folder)
                    let broken = TerminalText.words(run.written.text).subtracting(known)
                    #expect(broken.isEmpty, "\(arguments): \(broken.sorted()) in \(run.written.text)")
                    for line in piped.output.split(separator: "\n") where line.allSatisfy({ "─ ".contains($0) }) {
                        #expect(line.count <= 80, "\(arguments): \(line)")
                    }
                }
            }
        }
    }

    @Test func colorIsOnlyForATerminalThatShowsIt() async throws {
        try await withTemporaryFolder { folder in
            var command = Command(folder: folder)
            try command.write("source: { platform: sandbox }\nextract: [devicess]\n", to: "wrong.axport.yaml")
            func isColored() async throws -> Bool {
                try await command.onTerminal(columns: 80, ["run", "wrong.axport.yaml"]).written.raw.contains(
                    "\u{1B}[1;31m"
                )
            }
            #expect(try await isColored())
            command.environment["NO_COLOR"] = "1"
            #expect(try await !isColored())
            #expect(try await !command("run", "wrong.axport.yaml").errors.contains("\u{1B}"))
        }
    }
}

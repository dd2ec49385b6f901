import Foundation
import Pipeline
import Stages
import TestSupport
import Testing

@testable import axport

@Suite struct InstallationTests {
    private static func files() throws -> [String: String] {
        Dictionary(uniqueKeysWithValues: try Installation(date: "2026-11-29").files().map { ($0.path, $0.text) })
    }

    @Test func theBinaryHoldsEveryPipelineAndEverySQLFile() throws {
        let shipped = Dictionary(uniqueKeysWithValues: try ShippedFiles.all().map { ($0.path, $0.text) })
        var paths: Set<String> = []
        for top in ["pipelines", "sql"] {
            for path in try FileManager.default.subpathsOfDirectory(atPath: Repository.path(top)) {
                if [".yaml", ".sql", ".md", ".json"].contains(where: path.hasSuffix) {
                    paths.insert("\(top)/\(path)")
                }
            }
        }
        #expect(Set(shipped.keys) == paths)
        for (path, text) in shipped { #expect(try Repository.text(path) == text, "\(path)") }
    }

    @Test func aManualPageNamesEveryOptionOfItsVerb() throws {
        let files = try Self.files()
        for verb in try CommandHelp.ofAxport().shownSubcommands {
            let page = try #require(files["share/man/man1/axport-\(verb.commandName).1"], "\(verb.commandName)")
            for command in [verb] + verb.shownSubcommands {
                for name in command.shownParameters.flatMap({ $0.names ?? [] }) {
                    if ["help", "h", "version"].contains(name.name) { continue }
                    #expect(page.contains(ManualText.bold(name.text)), "\(verb.commandName) \(name.text)")
                }
            }
            #expect(files["share/man/man1/axport.1"]?.contains("axport\\-\(verb.commandName)") == true)
        }
    }

    @Test func theManualOfPipelineFilesHasEveryStageWithItsSettings() throws {
        let page = try #require(try Self.files()["share/man/man5/axport.yaml.5"])
        let catalog = Composition.catalog
        let settings =
            catalog.extractors.flatMap { $0.hasBareBody ? [] : $0.settings }
            + catalog.transforms.flatMap { $0.hasBareBody ? [] : $0.settings }
            + catalog.loaders.flatMap { $0.hasBareBody ? [] : $0.settings }
        for name in catalog.stageNames { #expect(page.contains("\n.SS \(ManualText.argument(name))\n"), "\(name)") }
        for setting in settings { #expect(page.contains("\n\(ManualText.bold(setting.name)) ("), "\(setting.name)") }
    }

    @Test func noTextIsReadAsAMacro() {
        var page = ManualPage("x", section: 1, summary: "s", date: "2026-11-29")
        page.add(
            markdown: """
                .TH stolen `a-b` **c** [d](https://example.com/) and "e" \\f …

                  .EX stolen
                  'so too'
                0  zero
                - 'tis a bullet

                | name | type | meaning |
                | --- | --- | --- |
                | `a` | b\\|c | .d |
                """
        )
        let rows = page.text.split(separator: "\n").dropFirst(2)
        #expect(!rows.contains { $0.hasPrefix(".TH") || $0.hasPrefix(".EX stolen") || $0.hasPrefix("'") })
        #expect(rows.contains { $0.hasSuffix(#"TH stolen \fBa\-b\fR \fBc\fR d and \(dqe\(dq \ef \[u2026]"#) })
        #expect(rows.contains(#"\fB0\fR"#) && rows.contains(#"\&'tis a bullet"#) && rows.contains(#"\fBa\fR (b|c)"#))
        #expect(rows.contains(#"\&\(aqso too\(aq"#) || rows.contains(#"\(aqso too\(aq"#))
    }

    @Test func theHiddenVerbWritesAllFilesAndSaysWhereItCannot() async throws {
        try await withTemporaryFolder { folder in
            let axport = Command(folder: folder)
            let made = try await axport("installation", "prefix", "--date", "2026-11-29")
            #expect(made.status == 0 && made.errors.isEmpty)
            for (path, text) in try Self.files() { #expect(try axport.read("prefix/\(path)") == text) }

            try axport.write("", to: "file")
            let refused = try await axport("installation", "file", "--date", "2026-11-29")
            #expect(refused.status == 73)
            #expect(refused.errors.contains("file/share"))
        }
    }

    @Test func shellsCompleteColumnsAndSources() async throws {
        try await withTemporaryFolder { folder in
            let axport = Command(folder: folder, environment: ["SAP_SHELL": "bash"])
            try axport.write(
                """
                sources:
                  - { name: acme, platform: business, client_id: "${env:UNSET}" }
                  - { name: hill, platform: sandbox }
                load: [{ postgres: { url: "${env:UNSET}" } }]
                """,
                to: "a.axport.yaml"
            )
            let sources = try await axport(
                "---completion",
                "run",
                "--",
                "--source",
                "3",
                "0",
                "axport",
                "run",
                "a.axport.yaml",
                "--source",
                ""
            )
            #expect(sources.output.split(separator: "\n") == ["acme", "hill"])
            let columns = try await axport(
                "---completion",
                "export",
                "--",
                "--columns",
                "2",
                "4",
                "axport",
                "export",
                "--columns",
                "eid,"
            )
            #expect(columns.output.contains("eid,serial_number\n") && !columns.output.contains("eid,eid\n"))
        }
    }
}

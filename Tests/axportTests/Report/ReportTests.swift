import Foundation
import Records
import Sandbox
import TestSupport
import Testing

/// The page about the fleet, from the load and from the verb.
@Suite struct ReportTests {
    private static let nightly = """
        name: nightly
        source: { platform: sandbox, devices: 300 }
        extract: [devices, assignments, coverage]
        transform: [imei, applecare]
        load:
          - report: { file: out/fleet.html }
          - csv: { file: out/devices.csv, columns: [serial_number, product_family, coverage_state, server_name] }

        """

    private func withRun(_ yaml: String = nightly, _ test: (Command) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(yaml, to: "nightly.axport.yaml")
            let run = try await command("run", "nightly.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            try await test(command)
        }
    }

    /// Numbers by name in the table with this caption.
    private func counts(_ page: String, _ caption: String) throws -> [String: Int] {
        let table = try #require(page.split(separator: "<caption>").first { $0.hasPrefix("\(caption)<") })
        var counts: [String: Int] = [:]
        for row in table.matches(of: /<th scope="row">([^<]*)<\/th><td class="n">([0-9,]+)<\/td>/) {
            counts[String(row.output.1)] = Int(row.output.2.replacing(",", with: ""))
        }
        return counts
    }

    private func counts(_ rows: [[String]], column: Int) -> [String: Int] {
        Dictionary(rows.map { ($0[column], 1) }, uniquingKeysWith: +)
    }

    @Test func itsNumbersAreThoseOfTheRows() async throws {
        try await withRun { command in
            let page = try command.read("out/fleet.html")
            let rows = try command.read("out/devices.csv").split(separator: "\r\n").dropFirst()
                .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
            #expect(rows.count > 250)
            var families = counts(rows, column: 1)
            families["not given"] = families.removeValue(forKey: "")
            #expect(try counts(page, "By family") == families)
            let services = try counts(page, "By device management service")
            #expect(services.values.reduce(0, +) == rows.count)
            #expect(services["no service"] == counts(rows, column: 3)[""])
            let states = try counts(page, "By coverage")
            #expect(states.values.reduce(0, +) == rows.count)
            #expect(states["no coverage at Apple"] == counts(rows, column: 2)["none"])
            #expect(page.contains("1 of 1 run did everything"))
        }
    }

    @Test func theVerbReadsWithoutARunAndWritesTheSameBytesAgain() async throws {
        try await withRun { command in
            let first = try await command("report", "nightly.axport.yaml", "-o", "fleet.html")
            #expect(
                first.status == 0 && first.output.isEmpty && first.errors.contains("fleet.html: "),
                "\(first.errors)"
            )
            let page = try command.read("fleet.html")
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(command.folder)/fleet.html")
            #expect(try await command("report", "nightly.axport.yaml", "-o", "fleet.html").status == 0)
            let after = try FileManager.default.attributesOfItem(atPath: "\(command.folder)/fleet.html")
            #expect(try command.read("fleet.html") == page)
            #expect(attributes[.systemFileNumber] as? Int == after[.systemFileNumber] as? Int)
            #expect(try counts(page, "By family") == counts(command.read("out/fleet.html"), "By family"))
            #expect(try await command("report", "nightly.axport.yaml").output == page)
            #expect(
                try await command("runs", "--from", "nightly.axport.yaml", "--json").output.split(separator: "\n").count
                    == 1
            )
        }
    }

    @Test func textHasTheSameNumbersInShortLines() async throws {
        try await withRun { command in
            let both = try await command("report", "nightly.axport.yaml", "-o", "fleet.html", "--text")
            #expect(both.status == 0, "\(both.errors)")
            let lines = both.output.split(separator: "\n")
            #expect(lines.allSatisfy { $0.count <= 78 }, "\(lines.filter { $0.count > 78 })")
            for (name, count) in try counts(command.read("fleet.html"), "By family") {
                #expect(lines.contains { $0.hasPrefix("\(name) ") && $0.contains(" \(count) ") }, "\(name) \(count)")
            }
            #expect(!both.output.contains("</"))
        }
    }

    @Test func aTransformOfTheFileLimitsItsPageButNotTheVerb() async throws {
        let yaml = Self.nightly.replacing("[imei, applecare]", with: "[applecare, where: product_family = 'iPad']")
        try await withRun(yaml) { command in
            #expect(try counts(command.read("out/fleet.html"), "By family").keys.sorted() == ["iPad"])
            let all = try await command("report", "nightly.axport.yaml")
            #expect(try counts(all.output, "By family").count > 3)
        }
    }

    @Test func changesAreThoseSinceThePageBefore() async throws {
        try await withRun { command in
            let first = try command.read("out/fleet.html")
            #expect(first.contains("Nothing changed."))
            try command.write(
                Self.nightly.replacing("devices: 300", with: "devices: 300, night: 4"),
                to: "nightly.axport.yaml"
            )
            #expect(try await command("run", "nightly.axport.yaml").status == 0)
            let second = try command.read("out/fleet.html")
            #expect(second.contains("Since the report of "))
            let joined = try counts(second, "By kind of change")["joined"] ?? 0
            #expect(joined < 100)
            #expect(second.contains("2 of 2 runs did everything"))
            // Services have names, not only IDs.
            #expect(second.contains("service changed: "))
            #expect(second.matches(of: /→ [0-9A-F]{32}/).isEmpty)
            // Nothing changed since: the page goes on telling what did.
            #expect(try await command("run", "nightly.axport.yaml", "--offline").status == 0)
            let third = try command.read("out/fleet.html")
            #expect(try counts(third, "By kind of change") == counts(second, "By kind of change"))
        }
    }

    @Test func aRunThatFailsIsOnThePage() async throws {
        try await withSandbox { command, _ in
            try command.write(
                pipeline(transform: "[]", load: "  - report: { file: fleet.html }"),
                to: "nightly.axport.yaml"
            )
            #expect(try await command("run", "nightly.axport.yaml").status == 0)
            let before = try counts(command.read("fleet.html"), "By family")
            var denied = command
            denied.environment["AXPORT_KEY_ID"] = "wrong"
            let failed = try await denied("run", "nightly.axport.yaml", "--full")
            #expect(failed.status == 77, "\(failed.errors)")
            let page = try command.read("fleet.html")
            #expect(page.contains("1 of 2 runs did everything"))
            #expect(page.contains("the token endpoint denied"))
            #expect(try counts(page, "By family") == before)
        }
    }

    @Test func severalOrganizationsHaveAPageEachAndOneTogether() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            let yaml = """
                name: all
                sources:
                  - { name: acme, platform: sandbox, devices: 100 }
                  - { name: best, platform: sandbox, devices: 50, seed: 3 }
                  - { name: late, platform: sandbox, devices: 50, seed: 4 }
                extract: [devices]
                load: [{ report: { file: "out/{source}.html" } }]
                """
            try command.write(yaml, to: "all.axport.yaml")
            let run = try await command("run", "all.axport.yaml", "--source", "acme", "--source", "best")
            #expect(run.status == 0, "\(run.errors)")
            let all = try await command("report", "all.axport.yaml").output
            var sum = try counts(command.read("out/acme.html"), "By family")
            sum.merge(try counts(command.read("out/best.html"), "By family"), uniquingKeysWith: +)
            #expect(try counts(all, "By family") == sum)
            #expect(all.contains("Fleet of 3 organizations"))
            #expect(all.contains("no inventory here"))
            let one = try await command("report", "all.axport.yaml", "--source", "best").output
            #expect(try counts(one, "By family") == counts(command.read("out/best.html"), "By family"))

            try command.write(yaml.replacing("{source}", with: "all"), to: "all.axport.yaml")
            let check = try await command("check", "all.axport.yaml")
            #expect(check.status == 78 && check.errors.contains("put {source} into the path"), "\(check.errors)")
        }
    }

    @Test func withoutAnInventoryItSaysWhatToDo() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(Self.nightly, to: "nightly.axport.yaml")
            let run = try await command("report", "nightly.axport.yaml", "-o", "fleet.html")
            #expect(run.status == 65)
            #expect(run.errors.contains("nothing to report: there is no inventory yet"), "\(run.errors)")
            let advice = try #require(run.errors.firstMatch(of: /`axport ([^`]+)`/)).output.1
            #expect(!command.exists("fleet.html"))
            #expect(try await command(advice.split(separator: " ").map(String.init)).status == 0)
            #expect(try await command("report", "nightly.axport.yaml", "-o", "fleet.html").status == 0)
        }
    }

    @Test func filesOfThePipelineAreNotReplaced() async throws {
        try await withRun { command in
            let run = try await command("report", "nightly.axport.yaml", "-o", "nightly.axport.yaml")
            #expect(run.status == 64 && run.errors.contains("is the pipeline file"), "\(run.errors)")
            #expect(try await command("report", "nightly.axport.yaml", "-o", "-", "--text").status == 64)
        }
    }
}

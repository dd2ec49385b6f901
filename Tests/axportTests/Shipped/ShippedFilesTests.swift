import Foundation
import Load
import Pipeline
import Records
import Stages
import TestSupport
import Testing

@testable import axport

@Suite struct ShippedFilesTests {
    @Test func everyPipelinePlans() throws {
        let files = try Repository.files(in: "pipelines", suffix: ".axport.yaml")
        #expect(files.count >= 5)
        for file in files {
            let text = try Repository.text(file)
            let plans = try Repository.plans(text, file: file)
            #expect(!plans.isEmpty && plans.allSatisfy { $0.loads.isEmpty == text.contains("\nassign:\n") })
        }
    }

    @Test func thePipelineInTheReadmePlans() throws {
        let readme = try Repository.text("README.md")
        let blocks = readme.components(separatedBy: "```yaml\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
        #expect(!blocks.isEmpty)
        for block in blocks { _ = try Repository.plan(block) }
    }

    @Test func theReadmeIsShort() throws {
        #expect(try Repository.text("README.md").split(separator: "\n", omittingEmptySubsequences: false).count < 150)
    }

    /// A target that `make` builds on the way could hide the list of the one that was asked for.
    @Test(arguments: [
        ("demo", "libsimdjson-dev"), ("build", "libsimdjson-dev"), ("test", "freeradius-postgresql"),
        ("bench", "python3-venv"), ("instructions", "valgrind"), ("soak", "postgresql-client"), ("docs", "pgbouncer"),
        ("fuzz", "python3"), ("package", "dpkg-dev"), ("test-deploy", "mmdebstrap"),
    ])
    func everyCommandInstallsItsPackages(command: String, package: String) throws {
        let make = try Program.run("/usr/bin/make", ["--dry-run", "-C", Repository.path("."), command])
        let loop = make.output.split(separator: "\n").first { $0.contains("for package in g++") }
        #expect(loop?.contains(" \(package)") == true)
    }

    @Test func everyExampleInTheReferencePlans() throws {
        let everything = "extract: [devices, servers, assignments, coverage, details]\nsource: { platform: sandbox }\n"
        func indented(_ example: String) -> String { example.split(separator: "\n").joined(separator: "\n    ") }
        for spec in Composition.catalog.extractors {
            _ = try Repository.plan(
                "source: { platform: sandbox }\nextract:\n  - \(indented(spec.example))\nload:\n  - ndjson: { file: '-' }"
            )
        }
        for spec in Composition.catalog.transforms {
            _ = try Repository.plan(
                everything + "transform:\n  - storage\n  - compute: { mac: wifi_mac_address }\n"
                    + "  - \(indented(spec.example))\nload:\n  - ndjson: { file: '-' }"
            )
        }
        for spec in Composition.catalog.loaders {
            _ = try Repository.plan(
                everything + "transform: [imei, eid, storage, applecare]\nload:\n  - \(indented(spec.example))"
            )
        }
    }

    @Test func theExampleOfSeveralSourcesPlans() throws {
        let page = try Composition.catalog.reference(of: "sources")
        let example = try #require(page.components(separatedBy: "```yaml\n").dropFirst().first)
        let yaml = example.components(separatedBy: "```")[0] + "extract: [devices]\nload: [{ ndjson: { file: '-' } }]"
        let plans = try Repository.plans(yaml, file: "test.axport.yaml")
        #expect(plans.map(\.source.name) == ["acme", "hill-school"])
    }

    @Test func everyExpressionInTheReferencePlans() throws {
        let page = try Composition.catalog.reference(of: "expressions")
        let examples = page.matches(of: /(?m)^\| `(.+)` \| [^|]+ \|$/).map { $0.output.1.replacing("\\|", with: "|") }
            .filter { $0.contains(" ") || $0.contains("(") }
        #expect(examples.count >= 8, "\(page)")
        for example in examples {
            _ = try Repository.plan(
                """
                source: { platform: sandbox }
                extract: [devices, assignments, coverage]
                transform: [imei, storage, applecare, compute: { x: "\(example)" }]
                load: [{ ndjson: { file: '-' } }]
                """
            )
        }
    }

    @Test func stageNamesAreUniqueAndInSnakeCase() {
        let names = Composition.catalog.referenceNames
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "_" } })
    }

    @Test func everyReportRunsOnTheGeneratedTables() async throws {
        let postgres = try await PostgresServer.shared()
        let database = try postgres.freshDatabase()
        try postgres.apply(Repository.path("sql/postgres/1-tables.sql"), database: database)
        let reports = try Repository.files(in: "sql/reports", suffix: ".sql")
        #expect(reports.count >= 5)
        try await withTemporaryFolder { folder in
            let sqlite = "\(folder)/test.sqlite"
            let made = try Program.run(
                "/usr/bin/env",
                ["sqlite3", sqlite, ".read \(Repository.path("sql/sqlite.sql"))"]
            )
            #expect(made.status == 0, "\(made.errors)")
            for report in reports {
                if !report.hasSuffix(".sqlite.sql") {
                    let query = "SET search_path TO axport; \(try Repository.text(report))"
                    _ = try postgres.query(query, database: database)
                }
                if !report.hasSuffix(".postgres.sql") {
                    let run = try Program.run(
                        "/usr/bin/env",
                        ["sqlite3", "-bail", sqlite, ".read \(Repository.path(report))"]
                    )
                    #expect(run.status == 0 && run.errors.isEmpty, "\(report): \(run.errors)")
                }
            }
        }
    }
}

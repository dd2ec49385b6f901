import Foundation
import TestSupport
import Testing

/// The recipes of `pipelines/recipes.md`, as they are written there, on a fleet whose answers are known.
@Suite struct RecipeTests {
    /// A recipe of the page: its loads, and the file that the first of them writes.
    private struct Recipe {
        let number: Int
        let loads: String
        let file: String
    }

    private static func recipes() throws -> (head: String, recipes: [Recipe]) {
        let parts = try Repository.text("pipelines/recipes.md").components(separatedBy: "\n## ")
        func block(_ part: String) throws -> String {
            String(try #require(part.firstMatch(of: /```yaml\n((?:.|\n)*?)```/)).output.1)
        }
        return (
            try block(parts[0]),
            try parts.dropFirst().map { part in
                let loads = try block(part)
                return Recipe(
                    number: try #require(Int(part.prefix { $0 != "." })),
                    loads: String(loads.trimmingPrefix("load:\n")),
                    file: String(try #require(loads.firstMatch(of: /file: ([^\s}]+)/)).output.1)
                )
            }
        )
    }

    private func serials(_ command: Command, _ recipe: Recipe, _ query: String) throws -> [String] {
        guard recipe.file.hasSuffix(".csv") else {
            let run = try Program.run("/usr/bin/env", ["sqlite3", "\(command.folder)/\(recipe.file)", query])
            return run.output.split(separator: "\n").flatMap { line in
                line.split(separator: "|").last?.split(separator: ",").map(String.init) ?? []
            }
        }
        return try command.read(recipe.file).split(whereSeparator: \.isNewline).dropFirst().map { line in
            String(line.prefix { $0 != "," })
        }
    }

    @Test func eachAnswersItsQuestion() async throws {
        let (head, recipes) = try Self.recipes()
        let fleet = RecipeFleet()
        #expect(recipes.map(\.number) == RecipeFleet.Answer.allCases.map(\.rawValue) && fleet.devices.count == 1000)
        let postgres = try await PostgresServer.shared()
        let database = try postgres.freshDatabase()
        for script in ["1-tables", "3-views"] {
            try postgres.apply(Repository.path("sql/postgres/\(script).sql"), database: database)
        }
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder, environment: ["DATABASE_URL": database])
            let file = """
                source: { platform: sandbox, devices: 1000 }
                inventory: inventory.sqlite
                \(head)load:
                \(recipes.map(\.loads).joined())  - postgres: { url: "${env:DATABASE_URL}", table: axport.devices }
                """
            try command.write(file, to: "r.axport.yaml")
            try fleet.fill("\(folder)/inventory.sqlite")
            let arguments = ["run", "r.axport.yaml", "--offline", "--at", RecipeFleet.day]
            let run = try await command(arguments)
            #expect(run.status == 0 || run.status == 3, "\(run.errors)")
            let query = ".read \(Repository.path("sql/reports/shared-imeis.sqlite.sql"))"
            for (recipe, answer) in zip(recipes, RecipeFleet.Answer.allCases) {
                let found = try serials(command, recipe, query)
                #expect(Set(found) == fleet.serials(answer), "\(answer): \(found.count)")
                #expect(found.count == fleet.serials(answer).count && !found.isEmpty, "\(answer): \(found.count)")
            }
            try checkViews(postgres, database, fleet)

            // The same day again changes nothing.
            let again = try await command(arguments + ["--json"])
            #expect(!again.output.contains(/"written":[1-9]/), "\(again.output)")
        }
    }

    /// What PostgreSQL's view and report say of the same devices.
    private func checkViews(_ postgres: PostgresServer, _ database: String, _ fleet: RecipeFleet) throws {
        func serials(_ query: String) throws -> Set<String> {
            let rows = try postgres.query("SET search_path TO axport; \(query)", database: database)
            return Set(rows.flatMap { ($0.last.flatMap(\.self) ?? "").split(separator: ",").map(String.init) })
        }
        let assets = "SELECT serial_number FROM assets WHERE"
        #expect(
            try serials("\(assets) product_family = 'iPad' AND NOT has_applecare") == fleet.serials(.noAppleCare)
        )
        #expect(try serials("\(assets) has_applecare IS NULL") == fleet.serials(.unknown))
        #expect(try serials("\(assets) coverage_active AND NOT has_applecare") == fleet.serials(.onlyWarranty))
        #expect(try serials("\(assets) days_left <> coverage_end - current_date").isEmpty)
        #expect(try !serials("\(assets) days_left IS NOT NULL").isEmpty)
        let report = try Repository.text("sql/reports/shared-imeis.postgres.sql")
        #expect(try serials(report) == fleet.serials(.sharedIMEI))
    }

    /// Without a pipeline file, the option adds the columns.
    @Test func anExportNamesTheOptionThatAddsThem() async throws {
        try await withSandbox(.with(devices: 20)) { command, _ in
            for condition in ["NOT has_applecare", "coverage_state = 'none'"] {
                let refused = try await command("export", "--where", condition)
                #expect(refused.status != 0 && refused.errors.contains("--coverage adds it"), "\(refused.errors)")
                let export = try await command("export", "--coverage", "--where", condition)
                #expect(export.status == 0 || export.status == 3, "\(export.errors)")
            }
        }
    }

    /// Conditions that look right, and why question 1 has a column of its own.
    @Test func plausibleConditionsGiveOtherAnswers() async throws {
        let (head, _) = try Self.recipes()
        let fleet = RecipeFleet()
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(
                "source: { platform: sandbox, devices: 1000 }\ninventory: inventory.sqlite\n\(head)",
                to: "r.axport.yaml"
            )
            try fleet.fill("\(folder)/inventory.sqlite")
            for (condition, count) in [
                ("NOT has_applecare", 71), ("coverage_state = 'none'", 8), ("NOT coverage_active", 47),
                ("coverage_plan_class IS NOT 'applecare'", 51),
            ] {
                let export = try await command(
                    "export",
                    "--from",
                    "r.axport.yaml",
                    "--offline",
                    "--at",
                    RecipeFleet.day,
                    "--columns",
                    "serial_number",
                    "--where",
                    "product_family = 'iPad' AND \(condition)"
                )
                let rows = export.output.split(whereSeparator: \.isNewline).count - 1
                #expect(rows == count, "\(condition): \(rows) \(export.errors)")
            }
            #expect(fleet.serials(.noAppleCare).count == 71)
        }
    }
}

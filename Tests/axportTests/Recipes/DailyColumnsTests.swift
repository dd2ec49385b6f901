import Foundation
import TestSupport
import Testing

/// Columns that change with the day exist only where a file names them, and a table with them is warned of.
@Suite struct DailyColumnsTests {
    private func file(_ load: String) -> String {
        """
        source: { platform: sandbox, devices: 1000 }
        inventory: inventory.sqlite
        extract: [devices, coverage]
        transform: [applecare]
        load: [\(load)]
        """
    }

    private func withFleet(_ load: String, _ test: (Command) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try RecipeFleet().fill("\(folder)/inventory.sqlite")
            try command.write(file(load), to: "t.axport.yaml")
            try await test(command)
        }
    }

    private func run(_ command: Command, at day: String) async throws -> (written: Int, errors: String) {
        let run = try await command("run", "t.axport.yaml", "--offline", "--at", day, "--json")
        let counts = run.output.matches(of: /"written":(\d+)/).compactMap { Int($0.output.1) }
        #expect(!counts.isEmpty, "\(run.output) \(run.errors)")
        return (counts.reduce(0, +), run.errors)
    }

    private static let others = [
        "csv: { file: a.csv }", "ndjson: { file: a.ndjson }", "sqlite: { file: a.sqlite }",
        "sqlite: { file: a.sqlite, history: true }",
    ]

    @Test(arguments: others) func aFileThatDoesNotNameThemHasThemNot(_ load: String) async throws {
        try await withFleet(load) { command in
            let checked = try await command("check", "t.axport.yaml")
            #expect(checked.status == 0 && !checked.errors.contains("warning"), "\(checked.errors)")
            #expect(try await run(command, at: "2026-08-31").written > 900)
            let contents = try Data(contentsOf: URL(fileURLWithPath: "\(command.folder)/\(file(of: load))"))
            for name in ["days_left", "has_applecare"] { #expect(contents.range(of: Data(name.utf8)) == nil) }
            #expect(contents.range(of: Data("coverage_end".utf8)) != nil)
            // A few devices lose their coverage on the next day; a file is replaced as a whole.
            let next = try await run(command, at: load.hasPrefix("sqlite") ? "2026-09-01" : "2026-08-31").written
            #expect(load.hasPrefix("sqlite") ? (1..<20).contains(next) : next == 0, "\(next)")
        }
    }

    private func file(of load: String) -> String {
        String(load.firstMatch(of: /file: ([a-z.]+)/)?.output.1 ?? "")
    }

    @Test func aTableIsRewrittenEachDayAndSaysSo() async throws {
        let load = "sqlite: { file: a.sqlite, columns: [serial_number, has_applecare, days_left] }"
        let warning = "warning: 'days_left' changes every day, so each day rewrites every row that has it"
        let hint =
            "leave it out, and let a view compute it, as sql/postgres/3-views.sql does with coverage_end - current_date"
        try await withFleet(load) { command in
            for options in [[], ["--without-secrets"]] {
                let checked = try await command(["check", "t.axport.yaml"] + options)
                let said = checked.output + checked.errors
                #expect(checked.status == 0 && said.contains(warning) && said.contains(hint), "\(said)")
                #expect(!said.contains("'has_applecare'"))
            }
            let first = try await run(command, at: "2026-08-31")
            #expect(first.written > 900 && first.errors.contains(warning), "\(first.errors)")
            #expect(try await run(command, at: "2026-08-31").written == 0)
            #expect(try await run(command, at: "2026-08-31T23:59:59Z").written == 0)
            let next = try await run(command, at: "2026-09-01").written
            #expect(next > 800 && next < first.written, "\(next)")
        }
    }

    @Test(
        arguments: [
            ("compute: { x: run_time }", "'x' changes with every run, so each run rewrites every row"),
            ("compute: { x: \"CAST(days_left / 7 AS INTEGER)\" }", "'x' is computed from the time of the run"),
            ("compute: { x: \"strftime('%Y', run_date)\" }", "'x' is computed from the time of the run"),
            ("select: { serial_number: serial_number, left: days_left }", "'left' changes every day"),
            ("compute: { x: days_left <= 90 }", nil), ("compute: { x: \"iif(run_date > '2026', 1, 2)\" }", nil),
            ("compute: { x: has_applecare }", nil), ("where: days_left <= 90", nil),
            ("compute: { x: \"date(coverage_end, '+1 day')\" }", nil),
        ] as [(String, String?)]
    ) func whatIsComputedFromThemCounts(_ transform: String, _ warning: String?) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(file("sqlite: { file: a.sqlite, transform: [\(transform)] }"), to: "t.axport.yaml")
            let checked = try await command("check", "t.axport.yaml")
            let said = checked.output + checked.errors
            #expect(checked.status == 0 && said.contains("warning: ") == (warning != nil), "\(said)")
            if let warning { #expect(said.contains(warning), "\(said)") }
        }
    }

    @Test(arguments: ["days_left", "run_date"]) func aHistoryRefusesThem(_ name: String) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            let load = "sqlite: { file: a.sqlite, history: true, transform: [compute: { today: \(name) }] }"
            try command.write(file(load), to: "t.axport.yaml")
            let checked = try await command("check", "t.axport.yaml")
            #expect(checked.status == 78)
            #expect(
                (checked.output + checked.errors).contains(
                    "history: would add a version of every row every day, because 'today' changes every day"
                ),
                "\(checked.output)\(checked.errors)"
            )
        }
    }

    @Test func rowsOfEachRunMayHaveThem() async throws {
        let load = "sqlite: { file: a.sqlite, mode: append, columns: [serial_number, days_left] }"
        try await withFleet(load) { command in
            let checked = try await command("check", "t.axport.yaml")
            #expect(checked.status == 0 && !(checked.output + checked.errors).contains("warning"), "\(checked.errors)")
        }
    }
}

import Load
import Pipeline
import Records
import Stages
import Testing
import Transform

/// What planning asks the load stages.
@Suite struct LoadPlanTests {
    private func problems(_ loads: String, home: String = "/home/me") throws -> [String] {
        let catalog = Catalog(extractors: Desk().catalog.extractors, transforms: Transforms.all, loaders: Loaders.all)
        let planning = Planning(catalog, environment: .only(["HOME": home]), startedAt: now)
        do {
            _ = try planning.plans(for: PipelineText(pipeline(load: loads), file: "t.yaml"))
            return []
        } catch {
            return error.diagnostics.map(\.message)
        }
    }

    @Test(arguments: [
        "csv: { file: a", "ndjson: { file: a", "json: { file: a", "sqlite: { file: a", "postgres: { table: a",
    ])
    func oneNameForTwoColumnsIsOneProblem(_ load: String) throws {
        let columns = "[serial_number, color, color]"
        #expect(
            try problems("[\(load), columns: \(columns) }]") == ["the column 'color' would be written twice"]
        )
    }

    @Test(arguments: ["columns: []", "columns:", "columns: {}"])
    func noColumnsAreNoRows(_ columns: String) throws {
        #expect(try problems("[csv: { file: a, \(columns) }]") == ["columns is empty"])
    }

    @Test func aHomeFolderIsThatOfTheCommand() throws {
        let spellings = "[csv: { file: ~/a.csv }, csv: { file: /home/me/a.csv }]"
        #expect(try problems(spellings) == ["the load 'csv' of line 4 already writes /home/me/a.csv"])
        #expect(try problems(spellings, home: "/home/you").isEmpty)
    }
}

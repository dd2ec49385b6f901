import Load
import Pipeline
import Records
import Stages
import Testing
import Transform

/// The order in which a load writes its columns.
@Suite struct ColumnOrderTests {
    private func columns(transform: String, load: String) throws -> [String] {
        let catalog = Catalog(extractors: Desk().catalog.extractors, transforms: Transforms.all, loaders: Loaders.all)
        let plan = try Planning(catalog, environment: .only([:]), startedAt: now).onePlan(
            for: PipelineText(pipeline(transform: transform, load: "[\(load)]"), file: "t.yaml")
        )
        return plan.loads[0].output.fields.map(\.name)
    }

    @Test(arguments: ["ndjson: { file: a.ndjson }", "json: { file: a.json }"])
    func membersComeByName(_ load: String) throws {
        let names = try columns(transform: "[rename: { color: a_color }]", load: load)
        #expect(names == names.sorted())
        #expect(names.first == "a_color")
        #expect(names.count > 20)
    }

    @Test(arguments: ["ndjson: { file: a.ndjson", "json: { file: a.json"])
    func aChosenOrderStays(_ load: String) throws {
        #expect(try columns(transform: "[]", load: "\(load), columns: [status, color] }") == ["status", "color"])
        let select = "select: [status, color]"
        #expect(try columns(transform: "[\(select), sort: [color]]", load: "\(load) }") == ["status", "color"])
        #expect(try columns(transform: "[]", load: "\(load), transform: [\(select)] }") == ["status", "color"])
    }

    @Test(arguments: ["csv: { file: a.csv }", "sqlite: { file: a.sqlite }"])
    func tablesKeepTheOrderOfTheDataset(_ load: String) throws {
        #expect(try columns(transform: "[]", load: load).prefix(2) == ["serial_number", "added_to_org_at"])
    }
}

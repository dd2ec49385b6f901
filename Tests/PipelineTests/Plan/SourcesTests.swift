import Pipeline
import Records
import Stages
import TestSupport
import Testing

@Suite struct SourcesTests {
    private let several = """
        sources:
          - { name: acme, platform: sandbox, devices: 3 }
          - { name: best, platform: sandbox, devices: 4 }
        extract: [devices]
        transform: [keep: C02]
        load:
          - desk: { name: a }
          - desk: { name: b, from: coverage }
        """

    private func planned(
        _ yaml: String,
        choice: SourceChoice = SourceChoice(),
        environment: Environment = .only(["HOME": "/home/me"]),
        overrides: [String] = []
    ) throws -> PipelinePlans {
        try Planning(Desk().catalog, environment: environment, startedAt: now, choice: choice).plans(
            for: PipelineText(yaml, file: "t.yaml", overrides: try overrides.map(Override.init))
        )
    }

    @Test func everySourceHasItsOwnPlan() throws {
        let plans = try planned(several).plans
        #expect(plans.map(\.source.name) == ["acme", "best"])
        #expect(plans.map(\.source.sandbox.devices) == [3, 4])
        #expect(
            try plans.map { try $0.inventoryPath }
                == ["acme", "best"].map { "/home/me/.local/state/axport/\($0).sqlite" }
        )
        #expect(plans.allSatisfy { $0.isOneOfSeveral })
    }

    @Test func rowsBeginWithTheirSourceAndSoDoKeys() throws {
        for plan in try planned(several).plans {
            for load in plan.loads {
                #expect(load.output.fields[0].name == Schema.sourceColumn)
                #expect(load.output.key == [Schema.sourceColumn] + load.dataset.schema.key)
            }
        }
    }

    @Test func aSingleSourceHasNoSuchColumn() throws {
        let plan = try plan(pipeline())
        #expect(plan.loads[0].output.index(of: Schema.sourceColumn) == nil)
        #expect(!plan.isOneOfSeveral)
    }

    @Test func theColumnHoldsTheName() async throws {
        let night = try Night()
        let text = PipelineText(
            "inventory: \(night.folder.file("{source}.sqlite"))\n"
                + several.replacing("[keep: C02]", with: "[]"),
            file: "t.yaml"
        )
        let plans = try Planning(night.desk.catalog, environment: .only([:]), startedAt: now).plans(for: text).plans
        let api = night.desk.api
        let report = await plans[0].run(RunOptions(), startedAt: now, progress: RunProgress()) { _ in api }
        #expect(report.source == "acme")
        #expect(
            night.desk.load("a")?.rows.map { Array($0.prefix(2)) } == [
                ["acme", "C01"], ["acme", "C02"], ["acme", "C03"],
            ]
        )
        #expect(night.folder.names.contains("acme.sqlite"))
    }

    @Test func namesAndShardsPick() throws {
        #expect(try planned(several, choice: SourceChoice(names: ["best"])).plans.map(\.source.name) == ["best"])
        let parts = try ["1/2", "2/2"].map {
            try planned(several, choice: SourceChoice(shard: Shard($0))).plans.map(\.source.name)
        }
        #expect(parts.flatMap { $0 }.sorted() == ["acme", "best"])
        #expect(try planned(several, choice: SourceChoice(names: ["none"])).plans.isEmpty)
        #expect(try planned(several, choice: SourceChoice(names: ["none"])).sourceNames == ["acme", "best"])
    }

    @Test func secretsOfSourcesThatAreNotMeantNeedNotBeThere() throws {
        let yaml = several.replacing("devices: 4", with: "devices: \"${env:NOT_SET}\"")
        #expect(try planned(yaml, choice: SourceChoice(names: ["acme"])).plans.count == 1)
        // Nor where the others are to be run all the same.
        #expect(try planned(yaml).plans.map(\.source.name) == ["acme"])
        let report = try #require(try planned(yaml).failedReports(startedAt: now).first)
        #expect(report.source == "best" && report.code == .pipelineInvalid)
        let error = #expect(throws: PlanError.self) { try planned(yaml).requireAllSources() }
        let text = error?.diagnostics.first?.message ?? ""
        #expect(text.contains("NOT_SET is not set") && text.hasSuffix("(source 'best')"), "\(text)")
    }

    @Test func aCommandForOneSourceSaysWhichThereAre() throws {
        let error = #expect(throws: PlanError.self) { try plan(several) }
        #expect(
            error?.description
                == "t.yaml:1:1: error: the file has several sources: acme, best; choose one with --source"
        )
        #expect(error?.code == .usage)
    }

    @Test func anOverrideOfTheSourceIsForEveryOne() throws {
        let plans = try planned(several, overrides: ["source.rate=5", "sources.1.rate=7"]).plans
        #expect(plans.map(\.source.rate) == [5, 7])
    }

    @Test(arguments: [
        (
            "sources: 1️⃣[{ name: a, platform: sandbox }]\nsource: { platform: sandbox }",
            "'source' and 'sources' are both given: keep one of them"
        ),
        ("sources: [1️⃣{ platform: sandbox }]", "each of 'sources' needs a 'name', which its rows get"),
        ("sources: 1️⃣[]", "'sources' is empty: name at least one organization"),
        (
            "sources: [{ name: a, platform: sandbox }, 1️⃣{ name: A, platform: sandbox }]",
            "the source 'A' is listed twice (as 'a')"
        ),
        (
            "sources: [{ name: a, platform: sandbox }]\ninventory: 1️⃣x.sqlite",
            "every source has its own inventory; put {source} into the path"
        ),
    ])
    func whatIsWrongWithSourcesIsSaid(marked: String, message: String) throws {
        let found = try problems(marked + "\nextract: [devices]\nload: [desk: { name: a }]")
        #expect(found.first?.hasSuffix(message) == true, "\(found)")
        #expect(found.count == 1)
    }

    @Test func rowsThatCouldNotBeToldApartAreRefused() throws {
        let load = "load: [desk: { name: a, columns: [serial_number] }]"
        let error = #expect(throws: PlanError.self) {
            try planned("sources: [{ name: a, platform: sandbox }]\nextract: [devices]\n\(load)")
        }
        #expect(error?.description.contains("need the column 'source' here") == true)
    }
}

import Inventory
import Pipeline
import Records
import Stages
import Testing

@Suite struct PlanTests {
    private func columns(_ load: LoadPlan) -> [String] { load.output.fields.map(\.name) }

    @Test func stagesKeepTheirPlaceAndExtractStagesRunInTheCatalogsOrder() throws {
        let plan = try plan(
            """
            source: { platform: sandbox }
            extract: [details, devices]
            transform: [keep: C0, refuse: { column: color }]
            load:
              - desk: { name: a }
              - desk: { name: b }
            """
        )
        #expect(plan.extract.map(\.origin.stage) == ["devices", "details"])
        #expect(plan.transforms.map(\.origin.stage) == ["keep", "refuse"])
        #expect(plan.loads.map(\.loader.destination) == ["a", "b"])
        #expect(plan.loads.map(\.origin.location.description) == ["t.yaml:5:5", "t.yaml:6:5"])
    }

    @Test func oneStageNeedsNoList() throws {
        let plan = try plan(
            "source: { platform: sandbox }\nextract: devices\ntransform: { keep: C0 }\nload: { desk: { name: a } }"
        )
        #expect(plan.extract.count == 1)
        #expect(plan.transforms.count == 1)
        #expect(plan.loads.count == 1)
    }

    @Test func extractStagesAddTheirColumns() throws {
        let plain = try plan(pipeline())
        #expect(columns(plain.loads[0]) == Schema.devices.fields.map(\.name))
        let full = try plan(pipeline(extract: "[devices, coverage, assignments]"))
        #expect(
            columns(full.loads[0]).suffix(6) == [
                "server_id", "server_name", "server_type", "coverage_state", "coverage_checked_at", "coverage_error",
            ]
        )
    }

    @Test func hiddenColumnsAreWrittenWhereTheyAreNamed() throws {
        let load = "[desk: { name: a, columns: [coverage_records, serial_number] }]"
        let plan = try plan(pipeline(extract: "[devices, coverage]", load: load))
        #expect(columns(plan.loads[0]) == ["coverage_records", "serial_number"])
    }

    @Test func columnsArePickedFromTheLoadsOwnBranch() throws {
        let load =
            "[desk: { name: a, transform: [add: { columns: [own] }], columns: [own, x] }, desk: { name: b, columns: [x] }]"
        let plan = try plan(pipeline(transform: "[add: { columns: [x] }]", load: load))
        #expect(plan.loads.map(columns) == [["own", "x"], ["x"]])
        #expect(plan.transforms.count == 1)
        #expect(plan.loads.map(\.transforms.count) == [1, 0])
    }

    @Test(arguments: Dataset.allCases) func everyDatasetCanBeLoaded(_ dataset: Dataset) throws {
        let plan = try plan(pipeline(transform: "[keep: C0]", load: "[desk: { name: a, from: \(dataset.rawValue) }]"))
        #expect(columns(plan.loads[0]) == dataset.schema.fields.map(\.name))
        #expect(plan.loads[0].destination == (dataset == .devices ? "a" : "a (\(dataset.rawValue))"))
        #expect(dataset.schema.dataset == dataset)
    }

    @Test(arguments: [("first_seen", "firstSeen"), ("serial", "serial")]) func rowsComeInTheOrderAskedFor(
        _ word: String,
        _ order: String
    ) throws {
        let plan = try plan(pipeline(load: "[desk: { name: a, order: \(word) }]"))
        #expect("\(plan.loads[0].order)" == order)
        #expect(try "\(PipelineTests.plan(pipeline()).loads[0].order)" == "firstSeen")
    }

    @Test func theFileNamesThePipeline() throws {
        #expect(try plan(pipeline(), file: "jobs/nightly.axport.yaml").name == "nightly")
        #expect(try plan(pipeline(), file: "nightly.yaml").name == "nightly.yaml")
        #expect(try plan("name: own\n" + pipeline(), file: "jobs/nightly.axport.yaml").name == "own")
    }

    @Test func theInventoryHasItsPlace() throws {
        func path(_ yaml: String, _ variables: [String: String]) throws -> String {
            try plan(yaml, environment: .only(variables)).inventoryPath
        }
        let home = ["HOME": "/home/me"]
        #expect(try path(pipeline(), home) == "/home/me/.local/state/axport/sandbox-500-1.sqlite")
        #expect(
            try path(pipeline(), ["HOME": "/home/me", "XDG_STATE_HOME": "/state"])
                == "/state/axport/sandbox-500-1.sqlite"
        )
        #expect(try path(pipeline(), ["HOME": "/home/me", "XDG_STATE_HOME": ""]).hasPrefix("/home/me/.local/state/"))
        #expect(try path(pipeline(source: "{ platform: sandbox, name: acme }"), home).hasSuffix("/axport/acme.sqlite"))
        #expect(try path("inventory: ~/x.sqlite\n" + pipeline(), home) == "/home/me/x.sqlite")
        #expect(try path("inventory: out/x.sqlite\n" + pipeline(), home) == FilePlace.absolute("out/x.sqlite"))
        #expect(try path("inventory: { path: ~/x.sqlite }\n" + pipeline(), home) == "/home/me/x.sqlite")
        #expect(try path("inventory: { keep_runs: 9 }\n" + pipeline(), home).hasSuffix("sandbox-500-1.sqlite"))
        #expect(try path("inventory:\n" + pipeline(), home).hasSuffix("sandbox-500-1.sqlite"))
    }

    @Test func howMuchOfThePastIsKept() throws {
        func retention(_ inventory: String) throws -> Retention {
            try plan(inventory + pipeline()).retention
        }
        #expect(try retention("") == Retention(changes: 730 * 86_400, runs: 1000))
        #expect(try retention("inventory: a.sqlite\n") == Retention(changes: 730 * 86_400, runs: 1000))
        #expect(
            try retention("inventory: { keep_changes: 2y, keep_runs: 400 }\n")
                == Retention(changes: 730 * 86_400, runs: 400)
        )
        let wrong = #expect(throws: PlanError.self) {
            try plan("inventory: { keep_runs: 0, keep_change: 1y }\n" + pipeline())
        }
        #expect(wrong?.description.contains("did you mean 'keep_changes'?") == true, "\(String(describing: wrong))")
    }
}

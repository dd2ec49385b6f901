import Records
import Stages
import Testing

@testable import Pipeline

@Suite struct OverrideTests {
    private func plan(_ overrides: String..., environment: Environment = .only([:])) throws -> Plan {
        try PipelineTests.plan(pipeline(), environment: environment, overrides: overrides)
    }

    private func problem(_ override: String, environment: Environment = .only([:])) throws -> Diagnostic {
        let error = #expect(throws: PlanError.self) { try plan(override, environment: environment) }
        return try #require(error?.diagnostics.first)
    }

    @Test func valuesAreReplacedAndAdded() throws {
        let plan = try plan("source.devices=7", "name=x=y", "load.0.desk.name=b", "source.seed=2")
        #expect(plan.source.sandbox.devices == 7)
        #expect(plan.source.sandbox.seed == 2)
        #expect(plan.name == "x=y")
        #expect(plan.loads.map(\.destination) == ["b"])
    }

    @Test func theLastOneWins() throws { #expect(try plan("name=a", "name=b").name == "b") }

    @Test(arguments: ["name", "=x", "", ".=x"]) func itIsANameAndAValue(_ text: String) throws {
        let failure = #expect(throws: Failure.self) { try Override(text) }
        #expect(failure?.code == .usage)
        #expect(failure?.message == "--set: expected KEY=VALUE, such as source.rate=5")
    }

    /// The value may be a secret, so it is not said.
    @Test(arguments: [("load.1.desk.name", "1"), ("load.x", "x"), ("extract.0.max", "max")])
    func aPlaceThatIsNotThereIsSaid(_ key: String, _ step: String) throws {
        let problem = try problem("\(key)=hush")
        #expect(problem.message == "--set \(key): no '\(step)' here")
        #expect(problem.code == .usage)
    }

    @Test func anUnknownNameIsRefusedAsInTheFile() throws {
        #expect(try problem("source.devises=7").text == "no setting 'devises'; did you mean 'devices'?")
        #expect(try problem("source.devices=many").message == "expected an integer")
    }

    @Test func everyStageIsOfferedOnce() throws {
        let text = "source: { platform: sandbox }\nextract: [devices]\nload: [desk: { name: a }, desk: { name: b }]"
        let error = #expect(throws: PlanError.self) {
            try PipelineText(text, file: "t.yaml", overrides: [try Override("most=5")]).root(in: .only([:]))
        }
        let hint = try #require(error?.diagnostics.first?.hint)
        #expect(hint.hasSuffix("devices, desk"), "\(hint)")
    }

    @Test func referencesAreResolvedAsInTheFile() throws {
        #expect(try plan("name=${env:N}", environment: .only(["N": "night"])).name == "night")
        let problem = try problem("name=${env:N}")
        #expect(problem.message.hasPrefix("--set name: ${env:N}: the environment variable N is not set"))
        #expect(problem.code == .usage)
    }

    @Test func aKeyFileThatOthersReadIsRefusedHereToo() throws {
        let environment = Environment(variables: [:]) { _ in .success(.init(text: "key", mode: 0o644)) }
        #expect(try problem("source.private_key=${file:/k}", environment: environment).code == .credentialsRefused)
    }

    /// Bare, with settings, alone in its section, in a load's branch; the whole value, and one setting.
    @Test(arguments: [
        ("[devices, coverage]", "coverage.max=5"), ("[devices, coverage: { max: 3 }]", "coverage.max=5"),
        ("[devices, { coverage: }]", "coverage.max=5"), ("coverage", "coverage.max=5"),
        ("[devices, coverage]", "extract.coverage.max=5"), ("[devices, coverage]", "extract.1.coverage.max=5"),
    ])
    func aStageIsFoundByItsName(extract: String, override: String) throws {
        let root = try PipelineText(
            "source: { platform: sandbox }\nextract: \(extract)",
            file: "t.yaml",
            overrides: [try Override(override)]
        ).root(in: .only([:]))
        let stage = try #require(root["extract"]?.items.last).namedBody("stage")
        #expect(stage.name == "coverage")
        #expect(stage.body?["max"]?.scalarText == "5")
    }

    @Test func aStageOfALoadsBranchIsFoundToo() throws {
        let text = pipeline(load: "[desk: { name: a, transform: [keep: C02] }]")
        let plan = try PipelineTests.plan(text, overrides: ["keep=C03", "desk.name=b"])
        #expect(plan.loads.map(\.destination) == ["b"])
        #expect(plan.loads[0].transforms.map(\.origin.stage) == ["keep"])
    }

    /// The keys that the hint names are tried.
    @Test func aNameThatOccursTwiceNeedsItsPlace() throws {
        let text = pipeline(load: "[desk: { name: a }, desk: { name: b }]")
        for key in ["desk.name", "load.desk.name"] {
            let error = #expect(throws: PlanError.self) { try PipelineTests.plan(text, overrides: ["\(key)=c"]) }
            let problem = try #require(error?.diagnostics.first)
            #expect(problem.message == "--set \(key): the file has 2 stages 'desk'")
            let hint = try #require(problem.hint)
            #expect(hint == "name one of them: load.0.desk.name, load.1.desk.name")
            let place = try #require(hint.split(separator: " ").last)
            let plan = try PipelineTests.plan(text, overrides: ["\(place)=c"])
            #expect(plan.loads.map(\.destination) == ["a", "c"])
        }
    }

    @Test(arguments: [
        ("devces.max", "no section or stage 'devces' in the file", "did you mean 'devices'?"),
        ("sourse.rate", "no section or stage 'sourse' in the file", "did you mean 'source'?"),
        ("load.dsk.name", "no 'dsk' here", "did you mean 'desk'?"),
    ])
    func theNearestNameIsNamed(key: String, message: String, hint: String) throws {
        let problem = try problem("\(key)=hush")
        #expect(problem.message == "--set \(key): \(message)")
        #expect(problem.hint == hint)
        #expect(problem.code == .usage)
    }
}

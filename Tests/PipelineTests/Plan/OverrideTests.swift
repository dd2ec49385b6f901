import Pipeline
import Records
import Stages
import Testing

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

    @Test(arguments: ["name", "=x", ""]) func itIsANameAndAValue(_ text: String) throws {
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
}

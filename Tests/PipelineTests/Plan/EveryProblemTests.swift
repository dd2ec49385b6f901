import Pipeline
import Records
import Stages
import Testing

/// What is wrong in one place hides nothing that can still be judged in others.
@Suite struct EveryProblemTests {
    private func texts(_ yaml: String, _ environment: Environment = .only([:])) throws -> [String] {
        try problems(yaml, environment: environment).map { String($0.drop { $0 != " " }.dropFirst()) }
    }

    @Test func anUnresolvedReferenceHidesNothing() throws {
        let found = try texts(
            pipeline(
                source: "{ platform: business, client_id: \"${env:ID}\", key_id: k, private_key: p, rate: 0 }",
                extract: "[device]",
                load: "[desk: { name: a, order: serail }]"
            )
        )
        #expect(
            found == [
                "${env:ID}: the environment variable ID is not set; set it in the environment of axport",
                "rate must lie between 0.0001 and 10000 requests a second",
                "no extract stage 'device'; did you mean 'devices'?",
                "expected first_seen or serial; did you mean 'serial'?",
            ] || Set(found).count == 4,
            "\(found)"
        )
    }

    @Test func aStageWithAWrongSettingStillAddsItsColumns() throws {
        let found = try texts(
            pipeline(
                extract: "[devices, coverage: { max: x }]",
                load: "[desk: { name: a, columns: [coverage_state, colr] }]"
            )
        )
        #expect(found == ["expected an integer", "no column 'colr'; did you mean 'color'?"])
    }

    @Test func anUnknownStageLeavesItsColumnsOpen() throws {
        let found = try texts(
            pipeline(transform: "[ad: { columns: [x] }]", load: "[desk: { name: a, columns: [x, color], order: no }]")
        )
        #expect(found == ["no transform 'ad'; did you mean 'add'?", "expected first_seen or serial"], "\(found)")
    }

    @Test func everyElementOfAListIsJudged() throws {
        let found = try texts(pipeline(load: "[desk: { name: a, columns: [[a], color, { b: c }] }]"))
        #expect(found == ["expected text", "expected text"])
    }

    @Test func theOtherSourcesAndTheirSettingsAreJudged() throws {
        let yaml = """
            sources:
              - { name: a, platform: sandbox, rate: 0 }
              - { name: b, platform: sandbox, night: 0 }
            extract: [devices]
            load: [desk: { name: x, colums: [a] }]
            """
        let found = try texts(yaml)
        #expect(found.count == 3, "\(found)")
    }

    @Test func settingsBesideTheirStageAreReadBelowIt() throws {
        let yaml = """
            source:
            platform: sandbox
            devices: 3
            extract:
              - devices
            load:
              - desk:
                name: a
                order: serail
            """
        #expect(
            try texts(yaml) == [
                "'platform' is beside 'source', not below it; begin the settings of 'source' with two more spaces",
                "'name' is beside 'desk', not below it; begin the settings of 'desk' with two more spaces",
                "expected first_seen or serial; did you mean 'serial'?",
            ]
        )
    }

    @Test func twoStagesInOneItemAreTold() throws {
        #expect(
            try texts(pipeline(extract: "\n  - devices:\n    coverage:\n")) == [
                "'coverage' is part of the list item 'devices'; begin it with `- `, or, if it is a setting, write it below 'devices'"
            ]
        )
    }

    // Without secrets.

    private let hidden = Environment.only([:]).withoutSecrets

    private func check(_ yaml: String) throws -> PipelinePlans {
        try Planning(Desk().catalog, environment: hidden, startedAt: now).examine(PipelineText(yaml, file: "t.yaml"))
    }

    @Test func withoutSecretsMissingValuesAreUnknown() throws {
        let source = """
            { platform: business, client_id: "${env:ID}", key_id: "${credential:key}", private_key: "${file:~/k}",
              proxy: "${env:PROXY}", api_url: "${env:API}", rate: "${env:RATE}", name: { command: [op, read, name] },
              ca_file: /nosuch/ca.pem }
            """
        let planned = try check(
            pipeline(source: source, load: "[desk: { name: \"${env:DESK}\", order: \"${env:ORDER}\" }]")
        )
        #expect(planned.problems.isEmpty, "\(planned.problems)")
        #expect(planned.plans.count == 1)
        #expect(planned.plans.first?.loads.count == 1)
        #expect(planned.plans.first?.source.doubts.isEmpty == true)
    }

    @Test(arguments: ["${enw:A}", "${env:A", "${HOME}", "${env:A:-${env:B}}"]) func withoutSecretsAStrayOneIsAnError(
        _ reference: String
    ) throws {
        #expect(try check(pipeline(load: "[desk: { name: \"\(reference)\" }]")).problems.count == 1)
    }

    @Test func withoutSecretsTheRestIsJudged() throws {
        let yaml = pipeline(
            source: "{ platform: business, client_id: \"${env:ID}\", key_id: k, private_key: p, rate: 0 }",
            load: "[desk: { name: \"${env:DESK}\", columns: [colr] }]"
        )
        let found = try check(yaml).problems.map(\.message)
        #expect(found == ["rate must lie between 0.0001 and 10000 requests a second", "no column 'colr'"])
    }
}

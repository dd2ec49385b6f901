import Pipeline
import Records
import Stages
import TestSupport
import Testing

/// Settings in each other's place: a message shows the reference, never what it stands for.
@Suite struct HiddenValueTests {
    private static let key = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIGa8Tq1vYw0M7CkQ3b6Rk2t8aJ4Q5uVfX1cZp7nLhW9yoAoGCCqGSM49
        AwEHoUQDQgAEx1Y2z3A4b5C6d7E8f9G0h1I2j3K4l5M6n7O8p9Q0r1S2t3U4v5W6
        -----END EC PRIVATE KEY-----
        """
    private static let variables = [
        "PASSWORD": "hunter22", "PIN": "abc", "URL": "postgres://ann:hunter22hunter22@db/assets",
    ]
    private let environment = Environment(variables: variables) { _ in
        .success(.init(text: Self.key + "\n", mode: 0o600))
    }

    private func problems(_ yaml: String) throws -> [String] {
        let error = #expect(throws: PlanError.self) { try plan(yaml, environment: environment) }
        return try #require(error).diagnostics.map(\.description)
    }

    private static let secretParts = ["hunter22", "'abc'", "mhccaqeeiga8", "zp7nlhw9yoao", "q0r1s2t3u4v5"]

    @Test(arguments: ["${env:PASSWORD}", "${env:PIN}", "${env:URL}", "${file:/key.pem}", "${env:NONE:-${env:PIN}"])
    func nothingShowsAValueOfAReference(_ reference: String) throws {
        let value = "\"\(reference)\""
        let files =
            [
                "platform", "name", "client_id", "key_id", "proxy", "rate", "max_wait", "night", "api_url", "surprise",
            ].map { setting in
                let platform = setting == "platform" ? "" : "platform: business, "
                return pipeline(source: "{ \(platform)private_key: k, \(setting): \(value) }")
            } + [
                pipeline(load: "[desk: { name: a, columns: [\(value)] }]"),
                pipeline(load: "[desk: { name: a, order: \(value) }]"),
                pipeline(load: "[desk: { name: a, from: \(value) }]"), pipeline(load: "[\(value)]"),
                pipeline(load: "[desk: { name: a, \(value): 1 }]"), pipeline(extract: "[\(value)]"),
                pipeline(transform: "[\(value)]"), pipeline() + "\(value): 1\n", pipeline() + "nam: \(value)\n",
            ]
        for file in files {
            for problem in try problems(file) {
                for part in Self.secretParts { #expect(!problem.lowercased().contains(part), "\(problem)") }
            }
        }
    }

    @Test func theReferenceStandsInItsPlace() throws {
        let load = try problems(pipeline(load: "[desk: { name: a, columns: [\"${env:PASSWORD}\"] }]"))
        #expect(load.contains { $0.contains("'${env:PASSWORD}'") }, "\(load)")
        let stage = try problems(pipeline(extract: "[\"${env:PIN}\"]"))
        #expect(stage.contains { $0.contains("'${env:PIN}'") }, "\(stage)")
    }

    @Test func nothingIsLeftOfAKey() throws {
        let yaml = pipeline(
            source: "{ platform: business, client_id: \"${file:/key.pem}\", key_id: k, private_key: k }"
        )
        let problems = try problems(yaml)
        #expect(problems.contains { $0.contains("the name '${file:/key.pem}' cannot") }, "\(problems)")
    }

    @Test func aDefaultOfTheFileIsShown() throws {
        let problems = try problems(pipeline(extract: "[\"${env:NONE:-devicse}\"]"))
        #expect(problems.contains { $0.contains("'devicse'") }, "\(problems)")
    }

    @Test func aPasswordInTheFileItselfIsNotRepeated() throws {
        let texts = [
            "a: 'postgres://ann:hunter22hunter22@db/x\nb: [", "url: \"postgres://ann:hunter22hunter22@db\u{7}/x\"\n",
            pipeline(load: "[desk: { name: a, columns: ['postgres://ann:hunter22hunter22@db/x'] }]"),
        ]
        for text in texts {
            let problems = try problems(text)
            #expect(!problems.contains { $0.contains("hunter22") }, "\(problems)")
        }
    }

    @Test(arguments: ["client_id", "key_id"]) func anIdIsOneWord(_ setting: String) throws {
        let other = setting == "key_id" ? "client_id: BUSINESSAPI.x" : "key_id: k, name: n"
        let yaml = pipeline(
            source: "{ platform: business, \(other), private_key: k, \(setting): \"${file:/key.pem}\" }"
        )
        let problems = try problems(yaml)
        #expect(
            problems.contains {
                $0.hasSuffix("\(setting) contains white space; check whether it is the value of another setting")
            }
        )
    }
}

import Pipeline
import Records
import Stages
import TestSupport
import Testing

@Suite struct SecretTests {
    private func environment(mode: UInt16) -> Environment {
        Environment(variables: ["CREDENTIALS_DIRECTORY": "/run/credentials", "KEY": "s3cr3t"]) { _ in
            .success(.init(text: "s3cr3t\n", mode: mode))
        }
    }

    private func source(key: String) -> String {
        "{ platform: business, client_id: BUSINESSAPI.x, key_id: k, private_key: \"\(key)\" }"
    }

    @Test(arguments: [0o600, 0o400, 0o700] as [UInt16]) func aFileOfItsOwnerIsRead(_ mode: UInt16) throws {
        let settings = try PipelineTests.source(source(key: "${file:/k.pem}"), environment: environment(mode: mode))
        #expect(settings.privateKey.text.reveal == "s3cr3t")
    }

    @Test(arguments: [(0o644, "644"), (0o640, "640"), (0o604, "604"), (0o660, "660")] as [(UInt16, String)])
    func aFileThatOthersReadIsRefused(_ mode: UInt16, _ shown: String) throws {
        let marked = MarkedText(
            pipeline(
                source: "{ platform: business, client_id: BUSINESSAPI.x, key_id: k, private_key: 1️⃣\"${file:/k.pem}\" }"
            )
        )
        let error = #expect(throws: PlanError.self) { try plan(marked.text, environment: environment(mode: mode)) }
        let problem = try #require(error?.diagnostics.first)
        #expect(problem.text == "/k.pem can be read by others (mode \(shown)); run: chmod 600 /k.pem")
        #expect(marked.marker(line: problem.location.line, column: problem.location.column) == "1️⃣")
        #expect(error?.code == .credentialsRefused)
    }

    @Test func withOtherProblemsTheFileIsInvalid() throws {
        let yaml = pipeline(source: source(key: "${file:/k.pem}"), load: "[desk: { nam: a }]")
        let error = #expect(throws: PlanError.self) { try plan(yaml, environment: environment(mode: 0o644)) }
        #expect(error?.code == .pipelineInvalid)
    }

    /// systemd's access list shows as rights of the group.
    @Test func aCredentialMayShowRightsOfTheGroup() throws {
        let yaml = source(key: "${credential:key}")
        #expect(
            try PipelineTests.source(yaml, environment: environment(mode: 0o440)).privateKey.text.reveal == "s3cr3t"
        )
        #expect(throws: PlanError.self) { try PipelineTests.source(yaml, environment: environment(mode: 0o444)) }
    }

    @Test func otherSettingsMayComeFromAnyFile() throws {
        let yaml = "{ platform: sandbox, name: \"${file:/name}\" }"
        #expect(try PipelineTests.source(yaml, environment: environment(mode: 0o644)).name == "s3cr3t")
    }

    @Test func nothingShowsIt() throws {
        let settings = try PipelineTests.source(source(key: "${env:KEY}"), environment: environment(mode: 0))
        var dumped = ""
        dump(settings, to: &dumped)
        dump(settings.privateKey.text, to: &dumped)
        let secret = settings.privateKey.text
        let texts = [
            "\(secret)", String(describing: secret), String(reflecting: secret), "\(settings)",
            String(reflecting: settings),
            "\([secret])", "\(Optional(secret) as Any)", dumped, secret.description,
        ]
        for text in texts { #expect(!text.contains("s3cr3t"), "\(text)") }
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }

    @Test func messagesShowTheReferenceAndNotTheValue() throws {
        let yaml = pipeline(load: "[desk: { name: a, trouble: \"${env:KEY}\" }]")
        let error = #expect(throws: PlanError.self) { try plan(yaml, environment: environment(mode: 0)) }
        #expect(error?.description.contains("s3cr3t") == false)
    }
}

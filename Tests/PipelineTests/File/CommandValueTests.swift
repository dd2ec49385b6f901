import Pipeline
import Records
import Stages
import Synchronization
import TestSupport
import Testing

/// `{ command: [program, argument, …] }` in place of text.
@Suite struct CommandValueTests {
    /// Answers with its last argument, and counts.
    private final class Vault: Sendable {
        private let counts = Mutex<[String: Int]>([:])
        var asked: [String: Int] { counts.withLock { $0 } }

        var environment: Environment {
            Environment(
                variables: [:],
                programs: ProgramOutputs { [self] arguments in
                    let item = arguments.last ?? ""
                    counts.withLock { $0[item, default: 0] += 1 }
                    return item == "locked"
                        ? .failure(.init("ended with exit code 1", hint: "unlock it")) : .success(item)
                },
                readFile: { _ in .failure(.init("there is no such file")) }
            )
        }
    }

    private func planned(
        _ yaml: String,
        _ environment: Environment,
        permissions: FilePermissions? = nil,
        choice: SourceChoice = SourceChoice()
    ) throws -> PipelinePlans {
        try Planning(Desk().catalog, environment: environment, startedAt: now, choice: choice).plans(
            for: PipelineText(yaml, file: "t.yaml", permissions: permissions)
        )
    }

    private func source(_ item: String) -> String {
        """
        { platform: business, client_id: { command: [op, read, BUSINESSAPI.\(item)] }, key_id: k,
          private_key: { command: [op, read, s3cr3ts3cr3t] } }
        """
    }

    @Test func theOutputIsTheValue() throws {
        let settings = try planned(pipeline(source: source("1")), Vault().environment).plans[0].source
        #expect(settings.clientID == "BUSINESSAPI.1")
        #expect(settings.privateKey.text.reveal == "s3cr3ts3cr3t")
    }

    @Test func aProgramRunsOnceAndOnlyForSourcesThatAreChosen() throws {
        let vault = Vault()
        let yaml = """
            sources:
              - { name: a, platform: business, client_id: { command: [op, one] }, key_id: { command: [op, one] }, private_key: k }
              - { name: b, platform: business, client_id: { command: [op, two] }, key_id: k, private_key: k }
            extract: [devices]
            load: [desk: { name: a }]
            """
        _ = try planned(yaml, vault.environment, choice: SourceChoice(names: ["a"]))
        #expect(vault.asked == ["one": 1])
    }

    @Test func oneThatFailsIsNamedWithItsPlace() throws {
        let marked = "{ platform: business, client_id: B, key_id: k, private_key: 1️⃣{ command: [op, read, locked] } }"
        #expect(
            try problems(pipeline(source: marked), environment: Vault().environment) == [
                "1️⃣ the command op ended with exit code 1; unlock it"
            ]
        )
        let yaml = pipeline(source: marked.replacing("1️⃣", with: ""))
        let error = #expect(throws: PlanError.self) { try planned(yaml, Vault().environment) }
        #expect(error?.code == .credentialsRefused)
    }

    @Test func ofSeveralSourcesOnlyItsOwnIsLeftOut() throws {
        let yaml = """
            sources:
              - { name: a, platform: sandbox, devices: 3 }
              - { name: b, platform: business, client_id: B, key_id: k, private_key: { command: [op, locked] } }
            extract: [devices]
            load: [desk: { name: a }]
            """
        let plans = try planned(yaml, Vault().environment)
        #expect(plans.plans.map(\.source.name) == ["a"])
        #expect(plans.failedReports(startedAt: now).map(\.failure?.code) == [.credentialsRefused])
        #expect(throws: PlanError.self) { try plans.requireAllSources() }
    }

    @Test(arguments: [
        ("[]", "'command' is empty; write [program, argument, …]"),
        ("''", "'command' is empty; write [program, argument, …]"),
        ("[{ a: b }]", "expected text"),
    ])
    func theProgramMustBeNamed(_ command: String, _ problem: String) throws {
        let yaml = pipeline(source: "{ platform: sandbox, name: { command: \(command) } }")
        let error = #expect(throws: PlanError.self) { try planned(yaml, Vault().environment) }
        #expect(error?.diagnostics.map(\.text) == [problem])
    }

    @Test func whereNoTextIsExpectedTheMapIsAMap() throws {
        let error = #expect(throws: PlanError.self) {
            try planned(pipeline(load: "[desk: { command: [op, x] }]"), Vault().environment)
        }
        #expect(error?.diagnostics.contains { $0.text.contains("'command'") } == true, "\(error?.description ?? "")")
    }

    @Test func noMessageShowsWhatItPrints() throws {
        let yaml = pipeline(load: "[desk: { name: a, columns: [{ command: [op, s3cr3t-value] }] }]")
        let error = #expect(throws: PlanError.self) { try planned(yaml, Vault().environment) }
        #expect(error?.description.contains("‹output of op›") == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("s3cr3t-value") == false)
    }

    @Test(arguments: [(0o600, true), (0o644, true), (0o664, false), (0o646, false)] as [(UInt16, Bool)])
    func itRunsOnlyFromAFileThatNobodyElseCanChange(_ mode: UInt16, _ runs: Bool) throws {
        let vault = Vault()
        let permissions = FilePermissions(path: "/a b/t.yaml", mode: mode, isOfOtherUser: false)
        do {
            _ = try planned(pipeline(source: source("1")), vault.environment, permissions: permissions)
            #expect(runs)
        } catch let error as PlanError {
            #expect(!runs)
            #expect(error.code == .credentialsRefused)
            let octal = String(mode, radix: 8)
            #expect(
                Set(error.diagnostics.map(\.text)) == [
                    "no command runs: /a b/t.yaml can be changed by others (mode \(octal)); run: chmod go-w '/a b/t.yaml'"
                ]
            )
            #expect(vault.asked.isEmpty)
        }
    }

    @Test func itDoesNotRunFromTheFileOfAnotherUser() throws {
        let permissions = FilePermissions(path: "/t.yaml", mode: 0o600, isOfOtherUser: true)
        let vault = Vault()
        let error = #expect(throws: PlanError.self) {
            try planned(pipeline(source: source("1")), vault.environment, permissions: permissions)
        }
        #expect(error?.diagnostics.first?.message == "no command runs: /t.yaml belongs to another user")
        #expect(vault.asked.isEmpty)
    }

    private static let key = "-----BEGIN EC PRIVATE KEY-----"

    @Test(arguments: ["'\(key)'", "\"${env:NONE:-\(key)}\""], [0o600, 0o640, 0o604] as [UInt16])
    func aKeyWrittenInAFileThatOthersReadIsRefused(_ key: String, _ mode: UInt16) throws {
        let yaml = pipeline(source: "{ platform: business, client_id: B, key_id: k, private_key: \(key) }")
        let permissions = FilePermissions(path: "t.yaml", mode: mode, isOfOtherUser: false)
        do {
            _ = try planned(yaml, .only([:]), permissions: permissions)
            #expect(mode == 0o600)
        } catch let error as PlanError {
            #expect(mode != 0o600)
            #expect(error.code == .credentialsRefused)
            let octal = String(mode, radix: 8)
            #expect(
                error.diagnostics.map(\.text) == [
                    "the key is written in a file that can be read by others (mode \(octal)); run: chmod 600 t.yaml, or keep the key in a separate file and write ${file:PATH}"
                ]
            )
        }
    }

    /// What is wrong with it is said by those who read keys.
    @Test func aPathInPlaceOfAKeyIsNoSecret() throws {
        let yaml = pipeline(source: "{ platform: business, client_id: B, key_id: k, private_key: /etc/axport/key.pem }")
        let permissions = FilePermissions(path: "t.yaml", mode: 0o644, isOfOtherUser: false)
        let plan = try planned(yaml, .only([:]), permissions: permissions).plans[0]
        #expect(plan.source.privateKey.text.reveal == "/etc/axport/key.pem")
    }

    /// The key itself is elsewhere.
    @Test func aFileWithAReferenceMayBeReadByAll() throws {
        let yaml = pipeline(source: "{ platform: business, client_id: B, key_id: k, private_key: \"${env:KEY}\" }")
        let permissions = FilePermissions(path: "t.yaml", mode: 0o644, isOfOtherUser: false)
        _ = try planned(yaml, .only(["KEY": "s3cr3t"]), permissions: permissions)
    }
}

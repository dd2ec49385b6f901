import Foundation
import Stages
import TestSupport
import Testing

@testable import axport

/// `axport init` without a terminal.
@Suite struct InitCommandTests {
    static let purposes = Purpose.all.map(\.name)
    static let onFiles = Purpose.all.filter { $0.databaseVariable == nil && !$0.assigns }.map(\.name)
    private static let ids = [
        "--client-id", "BUSINESSAPI.0c2e5f4a-8f5d-4b7e-9a4c-2f1d7e6b9a31",
        "--key-id", "7d3b1c52-4e0f-4a7b-8d2e-5b9f6c1a8e40",
    ]
    private static let variables = [
        "DATABASE_URL": "postgresql:///assets", "RADIUS_DATABASE_URL": "postgresql:///radius",
        "MERAKI_GROUP_POLICY_ID": "101", "ACME_CLIENT_ID": "BUSINESSAPI.acme", "ACME_KEY_ID": "key",
        "HILL_CLIENT_ID": "SCHOOLAPI.hill", "HILL_KEY_ID": "key",
    ]

    private func withKey(_ test: (Command) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder, environment: Self.variables)
            let made = try Program.run(
                "/usr/bin/env",
                ["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "\(folder)/my key.pem"]
            )
            #expect(made.status == 0, "\(made.errors)")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600],
                ofItemAtPath: "\(folder)/my key.pem"
            )
            try await test(command)
        }
    }

    @Test(arguments: purposes) func whatItWritesPassesTheCheck(_ name: String) async throws {
        try await withKey { command in
            let isOne = try Purpose.named(name).hasOneSource
            let account = isOne ? Self.ids + ["--key", "my key.pem"] : []
            let run = try await command(["init", name, "-o", "new.axport.yaml"] + account)
            #expect(run.status == 0, "\(run.errors)")
            if !isOne {
                for file in ["acme", "hill-school"] {
                    let text = try command.read("new.axport.yaml")
                    try FileManager.default.copyItem(
                        atPath: "\(command.folder)/my key.pem",
                        toPath: "\(command.folder)/\(file).pem"
                    )
                    try command.write(
                        text.replacing("/etc/axport/\(file).pem", with: "\(file).pem"),
                        to: "new.axport.yaml"
                    )
                }
            }
            let check = try await command("check", "new.axport.yaml")
            #expect(check.status == 0, "\(check.errors)")
            if try command.read("new.axport.yaml").contains("\ntests:\n") {
                let cases = try await command("test", "new.axport.yaml")
                #expect(cases.status == 0, "\(cases.errors)\(cases.output)")
            }
            #expect(
                try command.read("new.axport.yaml").hasPrefix("# yaml-language-server: $schema=axport.schema.json\n")
            )
            #expect(command.exists("axport.schema.json"))
        }
    }

    @Test(arguments: onFiles) func itRunsOnTheSandbox(_ name: String) async throws {
        try await withKey { command in
            let run = try await command("init", name, "--platform", "sandbox", "--destination", "my files: new")
            #expect(run.status == 0, "\(run.errors)")
            let loaded = try await command("run", "\(name).axport.yaml")
            #expect(loaded.status == 0, "\(loaded.errors)")
            #expect(try command.files.contains { $0.hasPrefix("my files: new/") })
        }
    }

    /// The commands that it prints; the last one only prints.
    @Test func theNextCommandsWork() async throws {
        try await withKey { command in
            let made = try await command("init", "audit-export", "--platform", "sandbox", "-o", "a b.axport.yaml")
            #expect(made.errors.contains("Written: a b.axport.yaml\nNext:\n"), "\(made.errors)")
            let next = made.errors.split(separator: "\n").filter { $0.hasPrefix("  axport ") }.map { $0.dropFirst(9) }
            #expect(next.map { $0.prefix { $0 != " " } } == ["doctor", "check", "run", "init"])
            for words in next where !words.hasPrefix("init") {
                let run = try await Program.running(
                    "/bin/sh",
                    ["-c", "cd \"$0\" && \"$1\" \(words)", command.folder, Command.program],
                    environment: ["HOME": command.folder, "XDG_STATE_HOME": "", "XDG_CACHE_HOME": ""]
                )
                #expect(run.status == 0, "\(words): \(run.errors)\(run.output)")
            }
        }
    }

    @Test func aFileIsReplacedOnlyByForce() async throws {
        try await withKey { command in
            try command.write("mine\n", to: "esim-list.axport.yaml")
            let refused = try await command("init", "esim-list", "--platform", "sandbox")
            #expect(refused.status == 64)
            #expect(refused.errors.contains("esim-list.axport.yaml exists\nhint: name another file with -o"))
            #expect(try command.read("esim-list.axport.yaml") == "mine\n")
            let forced = try await command("init", "esim-list", "--platform", "sandbox", "--force")
            #expect(forced.status == 0, "\(forced.errors)")
            #expect(try command.read("esim-list.axport.yaml").contains("platform: sandbox"))
        }
    }

    @Test func aDashIsStandardOutput() async throws {
        try await withKey { command in
            let run = try await command("init", "pipelines/esim-list.axport.yaml", "--platform", "sandbox", "-o", "-")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors == "For editors: `axport schema > axport.schema.json`, beside the file.\n")
            try command.write(run.output, to: "copy.axport.yaml")
            #expect(try await command("check", "copy.axport.yaml").status == 0)
            #expect(try command.files.sorted() == ["copy.axport.yaml", "my key.pem"])
        }
    }

    @Test(arguments: [
        (["init"], "init needs a purpose", "`axport init --list`"),
        (["init", "nighly-postgres"], "no purpose 'nighly-postgres'", "did you mean 'nightly-postgres'?"),
        (["init", "nightly.axport.yaml"], "no purpose 'nightly'", "-o nightly.axport.yaml"),
        (["init", "esim-list", "--key", "none.pem"], "the file does not exist", ""),
        (["init", "esim-list", "--key", "open.pem"], "can be read by others (mode 644)", "run: chmod 600"),
        (["init", "esim-list", "--key", "text.pem"], "contains no PEM private key", ""),
        (
            ["init", "esim-list"] + ids.prefix(1) + ["SCHOOLAPI.x", "--platform", "business"], "is of platform school",
            ""
        ),
        (["init", "esim-list"] + ids.prefix(1) + ["'x'"], "client_id has quotes around it", ""),
        (["init", "nightly-postgres", "--destination", "out"], "not the URL of one", "postgresql://user@host"),
        (["init", "assign-new-devices", "--destination", "x"], "loads nothing", "leave out --destination"),
        (["init", "several-organizations", "--platform", "school"], "has several sources", "leave out --platform"),
        (["init", "esim-list", "-o", "."], "is not a regular file", "name a file"),
        (["init", "esim-list", "-o", "closed/new.yaml"], "cannot write closed/new.yaml", "permission"),
        (["init", "esim-list", "--key", "~/key.pem"], "HOME is not set", "set HOME"),
        (["init", "--schedule", "systemd"], "--schedule needs a pipeline file", "nightly.axport.yaml"),
    ])
    func whatIsWrongIsExplained(arguments: [String], message: String, hint: String) async throws {
        try await withTemporaryFolder { folder in
            var command = Command(folder: folder)
            if arguments.contains(where: { $0.hasPrefix("~") }) { command.environment["HOME"] = "" }
            try command.write("key", to: "open.pem")
            try command.write("text", to: "text.pem", mode: 0o600)
            try FileManager.default.createDirectory(atPath: "\(folder)/closed", withIntermediateDirectories: true)
            try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: "\(folder)/closed")
            // Root may write to any folder.
            if arguments.last?.hasPrefix("closed/") == true, geteuid() == 0 { return }
            let run = try await command(arguments)
            #expect(run.status == 64, "\(run.errors)")
            #expect(run.errors.contains(message) && (hint.isEmpty || run.errors.contains(hint)), "\(run.errors)")
            #expect(try command.files.sorted() == ["closed", "open.pem", "text.pem"])
        }
    }

    @Test func aPasswordIsRefusedOnTheCommandLine() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            let url = "postgresql://me:hush-hush@db/assets"
            let run = try await command("init", "nightly-postgres", "--destination", url)
            #expect(run.status == 64)
            #expect(run.errors.contains("every user can see command lines\nhint: leave it out and set DATABASE_URL"))
            #expect(!run.errors.contains("hush"))
            #expect(try command.files.isEmpty)
        }
    }

    @Test func aURLWithoutPasswordIsWrittenIntoTheFile() async throws {
        try await withKey { command in
            var bare = command
            bare.environment["DATABASE_URL"] = ""
            let url = "postgresql:///assets?host=/run/postgresql"
            let words = ["init", "nightly-postgres", "--key", "my key.pem", "--destination", url]
            let run = try await bare(words + Self.ids)
            #expect(run.status == 0, "\(run.errors)")
            let check = try await bare("check", "nightly-postgres.axport.yaml")
            #expect(check.status == 0, "\(check.errors)")
            let text = try command.read("nightly-postgres.axport.yaml")
            #expect(text.components(separatedBy: url).count == 7)
        }
    }

    @Test func variablesThatAreMissingAreNamed() async throws {
        try await withTemporaryFolder { folder in
            let run = try await Command(folder: folder)("init", "nac-meraki")
            #expect(
                run.errors.contains(
                    "It needs the variables AXPORT_CLIENT_ID, AXPORT_KEY_ID, MERAKI_GROUP_POLICY_ID."
                ),
                "\(run.errors)"
            )
            let ids = ["--platform", "sandbox", "-o", "other.axport.yaml"]
            let one = try await Command(folder: folder)(["init", "nac-meraki"] + ids)
            #expect(one.errors.contains("It needs the variable MERAKI_GROUP_POLICY_ID."), "\(one.errors)")
        }
    }

    @Test func thePurposesAreListedWithOneLineEach() async throws {
        try await withTemporaryFolder { folder in
            let lines = try await Command(folder: folder)("init", "--list").output.split(separator: "\n")
            #expect(lines.map { String($0.prefix { $0 != " " }) } == Self.purposes)
            #expect(lines.allSatisfy { $0.hasSuffix(".") })
        }
    }

    @Test(arguments: ["/a b/c", "/a: b", "/a #b", #"/a "b" \c"#, "yes", "12", "- a", "/a'b", "x:", "a@b, [c]"])
    func everyTextIsQuotedAsYAMLNeeds(_ text: String) throws {
        let node = try ConfigNode.read("x: \(text.asYAML)", file: "t", environment: .only([:]))
        #expect(node["x"]?.scalarText == text)
    }
}

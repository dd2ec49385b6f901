import Foundation
import TestSupport
import Testing

@testable import axport

@Suite struct SystemdDropInTests {
    private func shell(_ command: String, in folder: String) async throws -> Program.Run {
        try await Program.running("/bin/sh", ["-c", "cd \"$0\" && \(command)", folder])
    }

    @Test func itHandsOverKeysAndOpensTheFoldersOfOutputs() async throws {
        try await withTemporaryFolder { folder in
            let run = try await ScheduledPipeline.schedule("systemd", in: folder)
            #expect(run.status == 0, "\(run.errors)")
            #expect(
                ScheduledPipeline.lines(run) == [
                    "[Service]", "LoadCredential=private-key.pem:/etc/axport/keys/private-key.pem",
                    "ProtectHome=read-only", #"ReadWritePaths="/srv/ex port""#, #"ReadWritePaths="/home/reports""#,
                ]
            )
            #expect(run.output.contains("Set AXPORT_TEST_CLIENT, AXPORT_TEST_KEY_ID, AXPORT_TEST_DATABASE in "))
            try await ScheduledPipeline.expectShellReads(ScheduledPipeline.commands(in: run.output), in: folder)
        }
    }

    @Test(arguments: ["/etc/axport/private-key.pem", "/etc/ax.port*/a [1]^$.pem", "key.pem"])
    func thePrintedEditNamesTheCredential(path: String) async throws {
        try await withTemporaryFolder { folder in
            let text = ScheduledPipeline.text.replacing("/etc/axport/keys/private-key.pem", with: path)
            let run = try await ScheduledPipeline.schedule("systemd", text, in: folder)
            let credential = try #require(
                run.output.firstMatch(of: /LoadCredential=([^:\n]+):([^\n]+)/),
                "\(run.output)\(run.errors)"
            )
            #expect(credential.output.2 == (path.hasPrefix("/") ? path : "/etc/axport/\(path)"))
            let edit = try #require(ScheduledPipeline.commands(in: run.output).first { $0.hasPrefix("sudo sed") })
            let here = String(edit.dropFirst(5)).replacing(
                "/etc/axport/nightly.axport.yaml",
                with: "nightly.axport.yaml"
            )
            let sed = try await shell(here, in: folder)
            #expect(sed.status == 0, "\(here): \(sed.errors)")
            #expect(
                try Command(folder: folder).read("nightly.axport.yaml")
                    == text.replacing("${file:\(path)}", with: "${credential:\(credential.output.1)}")
            )
        }
    }

    @Test func aKeyOfTheServicesUserIsNotHandedOver() async throws {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write("key", to: "key.pem", mode: 0o600)
            let text = ScheduledPipeline.text.replacing("/etc/axport/keys/private-key.pem", with: "\(folder)/key.pem")
            try command.write(text, to: "nightly.axport.yaml")
            let needs = try PipelineNeeds(of: "\(folder)/nightly.axport.yaml", under: .systemd)
            let own = try SystemdDropIn(needs, user: geteuid()).text
            #expect(!own.contains("LoadCredential") && !own.contains("sed -i"))
            let other = try SystemdDropIn(needs, user: geteuid() + 1).text
            #expect(other.contains("LoadCredential=key.pem:\(folder)/key.pem") && other.contains("sed -i"))
        }
    }

    @Test func twoKeysOfOneFileNameHaveTwoNames() async throws {
        try await withTemporaryFolder { folder in
            let text = """
                sources:
                  - { name: acme, platform: sandbox, key_id: "${file:/etc/axport/acme/key.pem}" }
                  - { name: hill, platform: sandbox, key_id: "${file:/etc/axport/hill/key.pem}" }
                load: [{ csv: { file: "${env:STATE_DIRECTORY:-out}/{source}.csv" } }]
                """
            let run = try await ScheduledPipeline.schedule("systemd", text, in: folder)
            #expect(
                ScheduledPipeline.lines(run) == [
                    "[Service]", "LoadCredential=key.pem:/etc/axport/acme/key.pem",
                    "LoadCredential=hill-key.pem:/etc/axport/hill/key.pem",
                ]
            )
        }
    }

    @Test func aPipelineThatStaysInTheStateDirectoryNeedsNoDropIn() async throws {
        try await withTemporaryFolder { folder in
            let text = """
                source: { platform: sandbox }
                inventory: ~/acme.sqlite
                extract: [devices]
                load: [{ csv: { file: "${env:STATE_DIRECTORY:-out}/a.csv" } }]
                """
            let run = try await ScheduledPipeline.schedule("systemd", text, in: folder)
            #expect(ScheduledPipeline.lines(run).isEmpty)
            #expect(!run.output.contains("drop-in"))
            #expect(run.output.contains("sudo systemctl enable --now axport@nightly.timer"))
        }
    }

    @Test func aBaseIsRelativeToWhereTheServiceStarts() async throws {
        try await withTemporaryFolder { folder in
            let text = """
                base: .
                source: { platform: sandbox }
                extract: [devices]
                load: [{ csv: { file: out/a.csv } }]
                """
            let run = try await ScheduledPipeline.schedule("systemd", text, in: folder)
            #expect(ScheduledPipeline.lines(run).isEmpty, "\(run.output)")
            let elsewhere = text.replacing("base: .", with: "base: ../other")
            let other = try await ScheduledPipeline.schedule("systemd", elsewhere, in: folder)
            #expect(other.output.contains("ReadWritePaths=") && other.output.contains("/var/lib/other/out"), "\(other)")
        }
    }

    @Test func relativeOutputsAndTheInventoryLieBesideThePipelineFile() async throws {
        try await withTemporaryFolder { folder in
            let text = """
                source: { platform: sandbox }
                inventory: { path: "../../srv/inventory/{source}.sqlite" }
                extract: [devices]
                load: [{ csv: { file: out/a.csv } }, { ndjson: { file: ./out/b.ndjson } }]
                """
            let run = try await ScheduledPipeline.schedule("systemd", text, in: folder)
            #expect(
                ScheduledPipeline.lines(run) == [
                    "[Service]", #"ReadWritePaths="/etc/axport/out""#, #"ReadWritePaths="/srv/inventory""#,
                ]
            )
        }
    }

    @Test func metricsOpenTheirFolder() async throws {
        try await withTemporaryFolder { folder in
            for (textfile, opened) in [("/srv/metrics", "/srv/metrics"), ("/srv/metrics/axport.prom", "/srv/metrics")] {
                let text = "source: { platform: sandbox }\nmetrics: { textfile: \(textfile) }\n"
                let run = try await ScheduledPipeline.schedule("systemd", text, in: folder)
                #expect(ScheduledPipeline.lines(run) == ["[Service]", "ReadWritePaths=\"\(opened)\""])
            }
        }
    }

    @Test func aPathThatDependsOnAMissingVariableIsNamed() async throws {
        try await withTemporaryFolder { folder in
            let text = "load: [{ csv: { file: \"${env:AXPORT_TEST_NOWHERE}/a.csv\" } }]\n"
            let run = try await ScheduledPipeline.schedule("systemd", text, in: folder)
            #expect(run.status == 78)
            #expect(run.output.isEmpty)
            #expect(run.errors.contains("nightly.axport.yaml:1:23: error: ${env:AXPORT_TEST_NOWHERE}"))
        }
    }

    @Test func aJobIsNotNamedAfterAFileWithOtherCharacters() async throws {
        try await withTemporaryFolder { folder in
            let run = try await ScheduledPipeline.schedule("cron", file: "my job.axport.yaml", in: folder)
            #expect(run.status == 64)
            #expect(
                run.problems == [
                    "error: my job.axport.yaml: a job cannot be named after this file; name it NAME.axport.yaml, with "
                        + "letters, digits, '.', '_' and '-' in NAME"
                ]
            )
        }
    }

    @Test func withoutAPipelineFileItSaysWhatItNeeds() async throws {
        try await withTemporaryFolder { folder in
            let run = try await Command(folder: folder)("init", "--schedule", "systemd")
            #expect(run.status == 64)
            #expect(
                run.problems == [
                    "error: --schedule needs a pipeline file; for example "
                        + "`axport init --schedule systemd nightly.axport.yaml`"
                ]
            )
        }
    }
}

import Foundation
import Pipeline
import Records
import Stages
import TestSupport
import Testing

@testable import axport

/// Those who are told of a run, told by the program itself.
@Suite struct NoticesTests {
    private let secret = "/services/T012AB3CD/xoxb-7f3c9a1e5d2b48"

    private func text(_ notify: String, load: String = "  - csv: { file: out/devices.csv }") -> String {
        """
        name: nightly
        source: { platform: sandbox, name: acme, devices: 60 }
        inventory: inventory.sqlite
        extract: [devices]
        load:
        \(load)
        notify:
        \(notify)
        """
    }

    private func withStub(_ test: (Command, NoticeStub) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try await test(Command(folder: folder), try NoticeStub(folder: folder))
        }
    }

    @Test func whatHangsResetsOrFailsChangesNoExitCodeAndTakesNoMoreThanThirtySeconds() async throws {
        try await withStub { command, stub in
            let closed = try Loopback.freePort()
            try command.write(
                text(
                    """
                      - ping: \(stub.url("/hang\(secret)"))
                      - ping: \(stub.url("/reset\(secret)"))
                      - webhook: { url: "\(stub.url("/hang\(secret)"))", on: [changes] }
                      - webhook: { url: "\(stub.url("/500\(secret)"))", on: [changes] }
                      - webhook: { url: "\(stub.url("/moved\(secret)"))", on: [changes] }
                      - webhook: { url: "http://127.0.0.1:\(closed)\(secret)", on: [changes] }
                      - command: { run: [sleep, "60"], on: [changes] }
                      - command: { run: [no-such-program], on: [changes] }
                    """
                ),
                to: "night.axport.yaml"
            )
            let began = ContinuousClock.now
            let run = try await command("run", "night.axport.yaml", "--json", "--summary", "summary.json")
            let took = ContinuousClock.now - began
            #expect(run.status == 0, "\(run.errors)")
            #expect(.seconds(29) < took && took < .seconds(33), "\(took)")
            let host = "127.0.0.1:\(stub.port)"
            let warnings = run.errors.split(separator: "\n").filter { $0.hasPrefix("warning: notify: ") }
            #expect(
                warnings.map { $0.dropFirst("warning: notify: ".count) } == [
                    "the ping to \(host) failed: \(host) sent no answer in time",
                    "the ping to \(host) failed: \(host) closed the connection during the request",
                    "the webhook to \(host) failed: \(host) sent no answer in time",
                    "the webhook to \(host) failed: the answer is HTTP 500",
                    "the webhook to \(host) failed: the answer is HTTP 302",
                    "the webhook to 127.0.0.1:\(closed) failed: 127.0.0.1:\(closed) refused the connection",
                    "the command sleep failed: it did not end in time and was killed",
                    "the command no-such-program failed: it was not found",
                ]
            )
            #expect(run.errors.split(separator: "\n").count { $0.hasPrefix("hint: ") } == warnings.count)
            #expect(!(try stub.calls).contains { $0.path == "/elsewhere" })
            try expectNothingSecret(in: command, run)
        }
    }

    private func expectNothingSecret(in command: Command, _ run: Program.Run) throws {
        var kept = [Data(run.output.utf8), Data(run.errors.utf8)]
        for file in try command.files where !["night.axport.yaml", "calls.log", "url"].contains(file) {
            if let data = FileManager.default.contents(atPath: "\(command.folder)/\(file)") { kept.append(data) }
        }
        for part in [secret, "T012AB3CD", "xoxb-7f3c9a1e"] {
            #expect(!kept.contains { $0.range(of: Data(part.utf8)) != nil }, "\(part)")
        }
    }

    @Test func aProgramReadsTheReportAndIsQuotedOnlyIfItFails() async throws {
        try await withStub { command, stub in
            try command.write(stub.url(secret), to: "url", mode: 0o600)
            let script = "import json, sys; json.dump([sys.argv[1:], json.load(sys.stdin)], open('told.json', 'w'))"
            try command.write(
                text(
                    """
                      - command: { run: [python3, -c, "\(script)", "$HOME; *", "{source}"], on: [changes] }
                      - command: { run: [sh, -c, "cat > /dev/null; cat url; echo fine"], on: [changes] }
                      - command: { run: [sh, -c, "echo no way to; cat url; exit 3"], on: [changes] }
                      - webhook: { url: "${file:url}", on: [changes] }
                    """
                ),
                to: "night.axport.yaml"
            )
            let run = try await command("run", "night.axport.yaml")
            #expect(run.status == 0)
            let told = try JSONSerialization.jsonObject(with: Data(command.read("told.json").utf8)) as? [Any]
            #expect(told?.first as? [String] == ["$HOME; *", "{source}"])
            let report = try #require(told?.last as? [String: Any])
            #expect(report["pipeline"] as? String == "nightly" && report["status"] as? String == "done")
            #expect((report["runs"] as? [[String: Any]])?.first?["source"] as? String == "acme")
            #expect(try stub.calls.first?.members as NSDictionary? == report as NSDictionary)
            #expect(
                run.errors.contains(
                    """
                    warning: notify: the command sh failed: it ended with exit code 3; it printed: no way to\\nhttp://127.0.0.1:
                    """
                ),
                "\(run.errors)"
            )
            #expect(!run.errors.contains("fine"))
            try expectNothingSecret(in: command, run)
        }
    }

    @Test func everySourceIsInTheOneNoticeOfItsFile() async throws {
        try await withStub { command, stub in
            try command.write(
                """
                name: both
                sources:
                  - { platform: sandbox, name: acme, devices: 30 }
                  - { platform: sandbox, name: hill, devices: 20, seed: 2 }
                  - { platform: business, name: gone, client_id: c, key_id: k, private_key: "${file:gone.pem}" }
                extract: [devices]
                load: [csv: { file: "out/{source}.csv" }]
                notify:
                  - ping: { url: "\(stub.url("/check/"))" }
                  - webhook: \(stub.url("/json?key=a"))
                  - webhook: { url: "\(stub.url("/slack"))", format: slack }
                  - webhook: { url: "\(stub.url("/teams"))", format: teams, on: [changes, failed] }
                """,
                to: "all.axport.yaml"
            )
            try command.write(text("  ping: \(stub.url("/other"))"), to: "night.axport.yaml")
            let run = try await command("run", "all.axport.yaml", "night.axport.yaml")
            #expect(run.status == 3, "\(run.errors)")
            let calls = try stub.calls
            let paths = ["/check/3", "/check/start", "/json?key=a", "/other/0", "/other/start", "/slack", "/teams"]
            #expect(calls.map(\.path).sorted() == paths)
            func call(_ path: String) throws -> NoticeStub.Call { try #require(calls.first { $0.path == path }) }
            let json = try call("/json?key=a")
            #expect(json.type == "application/json")
            let runs = try #require(json.members["runs"] as? [[String: Any]])
            #expect(runs.map { $0["source"] as? String } == ["gone", "acme", "hill"])
            #expect(runs.map { $0["exit_code"] as? Int } == [78, 0, 0])

            let slack = try #require(try call("/slack").members["text"] as? String)
            let lines = slack.split(separator: "\n")
            #expect(lines.first == "both: partial: 1 of 3 sources failed; exit code 3", "\(slack)")
            #expect(lines.contains { $0.hasPrefix("gone: ") && $0.contains("${file:gone.pem}") }, "\(slack)")
            let hill = try #require(lines.last { $0.hasPrefix("hill: ") })
            #expect(hill.contains(" written, 0 unchanged, 0 retired; "), "\(slack)")

            let teams = try call("/teams").members
            #expect(teams["type"] as? String == "message")
            let attachment = try #require((teams["attachments"] as? [[String: Any]])?.first)
            #expect(attachment["contentType"] as? String == "application/vnd.microsoft.card.adaptive")
            let card = try #require(attachment["content"] as? [String: Any])
            #expect(card["type"] as? String == "AdaptiveCard")
            let blocks = try #require(card["body"] as? [[String: Any]])
            #expect(blocks.count == lines.count && blocks.allSatisfy { $0["type"] as? String == "TextBlock" })
            let body = try call("/check/3").body
            #expect(body.contains("both, hill: done in "), "\(body)")
            #expect(body.contains("\npartial: 1 of 3 sources failed; exit code 3 after "), "\(body)")
        }
    }

    @Test func onlyARunThatAsksAppleTells() async throws {
        try await withStub { command, stub in
            try command.write(
                text(
                    """
                      ping: \(stub.url("/check"))
                      webhook: { url: "\(stub.url("/hook"))", on: [failed, partial, changes, recovered] }
                      command: { run: [touch, told], on: [failed, partial, changes, recovered] }
                    """
                ),
                to: "night.axport.yaml"
            )
            let early = try await command("run", "--offline", "night.axport.yaml")
            #expect(early.status == 65)
            #expect(try stub.calls.isEmpty && !command.exists("told"))
            #expect(try await command("run", "night.axport.yaml").status == 0)
            #expect(try stub.calls.count == 3 && command.exists("told"))
            stub.forget()
            try FileManager.default.removeItem(atPath: "\(command.folder)/told")
            for arguments in [
                ["check", "night.axport.yaml"], ["plan", "night.axport.yaml"], ["preview", "night.axport.yaml"],
                ["run", "--offline", "night.axport.yaml"], ["run", "night.axport.yaml", "--set", "extract.0=device"],
                ["export", "--from", "night.axport.yaml", "-o", "a.csv"],
            ] {
                let run = try await command(arguments)
                #expect([0, 64, 78].contains(run.status), "\(run.errors)")
                if arguments.first != "run" { #expect(run.status == 0, "\(arguments): \(run.errors)") }
            }
            // The one with a stage that is not there.
            #expect(try stub.calls.map(\.path).sorted() == ["/check/78", "/hook"])
        }
    }

    @Test func aRecoveryIsToldOnceAlsoAfterARunFromTheInventory() async throws {
        try await withStub { command, stub in
            let notify = "  webhook: { url: \"\(stub.url("/hook"))\" }"
            try command.write("", to: "blocked")
            let bad = text(notify, load: "  - csv: { file: blocked/devices.csv }")
            func events() throws -> [[String]] { try stub.calls.map { $0.members["events"] as? [String] ?? [] } }
            try command.write(text(notify), to: "night.axport.yaml")
            #expect(try await command("run", "night.axport.yaml").status == 0)
            stub.forget()
            try command.write(bad, to: "night.axport.yaml")
            #expect(try await command("run", "night.axport.yaml").status == 73)
            #expect(try events() == [["failed"]])
            try command.write(text(notify), to: "night.axport.yaml")
            // Nobody is told of this, so the recovery is still to be told.
            #expect(try await command("run", "--offline", "night.axport.yaml").status == 0)
            // A place for what is in trouble that is lost: the inventory knows, too.
            try? FileManager.default.removeItem(atPath: "\(command.folder)/.local/state/axport/notify")
            #expect(try await command("run", "night.axport.yaml").status == 0)
            #expect(try await command("run", "night.axport.yaml").status == 0)
            #expect(try events() == [["failed"], ["recovered"]])
        }
    }

    @Test func theNoticesOfTheShippedPipelineAreRightWithoutTheirCommentMarks() throws {
        let file = "pipelines/nightly-postgres.axport.yaml"
        let text = try Repository.text(file)
        let start = try #require(text.firstRange(of: "# notify:"))
        let notify = String(text[start.lowerBound...]).replacing("# ", with: "")
        let environment = Environment(variables: Repository.environment.variables) { path in
            .success(Environment.File(text: path.hasSuffix("-url") ? "https://a.test/b" : "key", mode: 0o600))
        }
        let planning = Composition.planning(startedAt: Timestamp(seconds: 0), environment: environment)
        let planned = try planning.plans(for: PipelineText(String(text[..<start.lowerBound]) + notify, file: file))
        #expect(planned.notify.notices.count == 2)
    }
}

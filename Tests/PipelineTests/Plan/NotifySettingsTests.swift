import Pipeline
import Records
import Stages
import Testing

/// The section `notify` of a pipeline file.
@Suite struct NotifySettingsTests {
    private func notices(_ notify: String, environment: Environment = .only([:])) throws -> [Notice] {
        let planning = Planning(Desk().catalog, environment: environment, startedAt: now)
        return try planning.plans(for: PipelineText(pipeline() + "notify:\n" + notify, file: "t.yaml")).notify.notices
    }

    private func told(_ notice: Notice) -> String {
        func events(_ events: NoticeEvents) -> String { "\(events)" }
        return switch notice {
        case .ping(let url): "ping \(url.host) \(url.appending("start").reveal)"
        case .webhook(let url, let format, let on): "webhook \(url.host) \(url.url.reveal) \(format) \(on)"
        case .command(let command, let on): "command \(command.arguments) \(on)"
        }
    }

    @Test func aNoticeIsAMapOrAnItemAndItsMainSettingAPlainValue() throws {
        let usual = "[failed, partial, recovered]"
        let map = try notices("  ping: https://hc.test/ping/1\n  command: [tell, now]\n")
        #expect(map.map(told) == ["ping hc.test https://hc.test/ping/1/start", #"command ["tell", "now"] \#(usual)"#])
        let list = try notices(
            """
              - ping: { url: "http://[::1]:8000/ping/1/?tag=a#b" }
              - webhook: https://chat.test:8443
              - webhook: { url: "https://chat.test/T0?k=v", format: slack, on: changes }
              - command: { run: tell, on: [failed] }
            """
        )
        #expect(
            list.map(told) == [
                "ping [::1]:8000 http://[::1]:8000/ping/1/start?tag=a",
                "webhook chat.test:8443 https://chat.test:8443 json \(usual)",
                "webhook chat.test https://chat.test/T0?k=v slack [changes]", #"command ["tell"] [failed]"#,
            ]
        )
        #expect(try notices("  # ping: later\n").isEmpty)
    }

    @Test func everyProblemIsReportedWithItsPlace() throws {
        let expected = "expected a URL that begins with https:// or http:// and a host"
        let hint = "a name and a password before the host are not supported"
        let found = try problems(
            """
            \(pipeline())notify:
              - ping: 1️⃣ftp://hc.test/1
              - ping: { url: 2️⃣"https://name:word@hc.test/1" }
              - webhook: { url: 3️⃣"https://hc.test:99999/1" }
              - webhook: { url: "https://hc.test/1", on: [4️⃣change] }
              - webhook: { url: "https://hc.test/1", on: 5️⃣[], 6️⃣formats: slack }
              - 7️⃣webhook: { format: slack }
              - command: 8️⃣[]
              - 9️⃣pings: https://hc.test/1
            """
        )
        #expect(
            found == [
                "1️⃣ \(expected); \(hint)", "2️⃣ \(expected); \(hint)", "3️⃣ \(expected); \(hint)",
                "4️⃣ expected failed or partial or changes or recovered; did you mean 'changes'?",
                "5️⃣ 'on' is empty, so the notice would never be sent; remove 'on'",
                "6️⃣ no setting 'formats'; did you mean 'format'?",
                "7️⃣ webhook needs 'url': URL to send it to.",
                "8️⃣ no program is named; write [PROGRAM, ARGUMENT, …]", "9️⃣ no notice 'pings'; did you mean 'ping'?",
            ]
        )
    }

    private func files(mode: UInt16) -> Environment {
        Environment(variables: [:]) { _ in
            .success(Environment.File(text: "https://chat.test/hooks/0123456789abcdef\n", mode: mode))
        }
    }

    @Test func whatAFileHoldsIsKeptFromOthersAndFromArguments() throws {
        let text = "notify:\n  - webhook: 1️⃣${file:/url}\n"
        #expect(try problems(pipeline() + text, environment: files(mode: 0o600)).isEmpty)
        #expect(
            try problems(pipeline() + text, environment: files(mode: 0o644))
                == ["1️⃣ /url can be read by others (mode 644); run: chmod 600 /url"]
        )
        #expect(
            try problems(
                pipeline() + "notify:\n  - command: [tell, 1️⃣\"${file:/url}\"]\n",
                environment: files(mode: 0o600)
            ) == [
                "1️⃣ the content of a file would be visible in the list of processes; name the file, and let the program read it"
            ]
        )
    }

    @Test func messagesHideAllBehindTheHost() throws {
        let environment = files(mode: 0o600)
        _ = try notices("  - webhook: ${file:/url}\n", environment: environment)
        let said = "POST https://chat.test/hooks/0123456789abcdef failed, and so did 0123456789ABCDEF at chat.test"
        let shown = environment.secrets.hiddenRuns(in: said)
        #expect(shown == "POST https://chat.test‹secret› failed, and so did ‹secret› at chat.test")
    }
}

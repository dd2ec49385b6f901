import Foundation
import Sandbox
import TestSupport
import Testing

/// What a pipeline file says is what is done, whatever its values hold.
@Suite(.timeLimit(.minutes(1))) struct PipelineFileTests {
    @Test("T10: a value from the environment is a value, whatever it looks like")
    func valuesAreNotReadAgain() async throws {
        let text = "a: [b, \n- \"c\" 'd' # ${env:HOME} &e *f !g %h | >"
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder, environment: ["TEXT": text])
            try command.write(
                """
                name: ${env:TEXT}
                source: { platform: sandbox, devices: 60, name: "${env:TEXT}" }
                inventory: inventory.sqlite
                extract: [devices]
                load:
                  - csv: { file: "out/${env:TEXT}.csv", columns: [serial_number] }
                  - ndjson: { file: "out/${env:TEXT}/a.ndjson", columns: [serial_number] }
                """,
                to: "test.axport.yaml"
            )
            #expect(try await command("check", "test.axport.yaml").status == 0)
            let run = try await command("run", "--json", "test.axport.yaml")
            #expect(run.status == 0, "\(run.errors)")
            // Names that hold a line break forge no line of the log.
            let lines = run.errors.split(separator: "\n")
            #expect(lines.allSatisfy { !$0.hasPrefix("- ") }, "\(run.errors)")
            let report = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
            #expect(report?["pipeline"] as? String == text)
            #expect(report?["source"] as? String == text)
            #expect(try command.lines("out/\(text).csv").count > 50)
            #expect(try command.lines("out/\(text)/a.ndjson").count > 50)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/out").count == 2)
        }
    }

    /// Whatever `check` says of a file, `run` says the same, or begins.
    private func expectAgreement(
        _ command: Command,
        _ text: String,
        isRight: Bool,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try command.write(text, to: "test.axport.yaml")
        let check = try await command("check", "test.axport.yaml")
        // Without an inventory there is nothing that it could do.
        let run = try await command("run", "--offline", "test.axport.yaml")
        #expect((check.status == 0) == isRight, "\(check.errors)\n\(text)", sourceLocation: sourceLocation)
        if check.status == 0 {
            #expect(run.status == 65, "\(run.errors)\n\(text)", sourceLocation: sourceLocation)
            let says = run.problems.allSatisfy { $0.contains("--offline: the inventory ") }
            #expect(says && !run.problems.isEmpty, "\(run.errors)\n\(text)", sourceLocation: sourceLocation)
        } else {
            #expect(run.status == check.status, "\(run.errors)\n\(text)", sourceLocation: sourceLocation)
            // Only `check` counts.
            let problems = check.errors.replacing(#/[0-9]+ problems? in test.axport.yaml\n$/#, with: "")
            #expect(run.errors == problems, "\(text)", sourceLocation: sourceLocation)
        }
    }

    private static let account = [
        "DATABASE_URL": "postgresql:///test", "RADIUS_DATABASE_URL": "postgresql:///radius",
        "MERAKI_GROUP_POLICY_ID": "101", "ACME_CLIENT_ID": "BUSINESSAPI.acme", "ACME_KEY_ID": "key",
        "HILL_CLIENT_ID": "SCHOOLAPI.hill", "HILL_KEY_ID": "key",
    ]

    /// Those that `run` runs.
    static let shipped = ((try? Repository.files(in: "pipelines", suffix: ".axport.yaml")) ?? []).filter {
        (try? Repository.text($0).contains("\nassign:\n")) == false
    }

    @Test("T15: `check` accepts every shipped pipeline, and `run` begins it")
    func shippedPipelines() async throws {
        #expect(Self.shipped.count >= 20)
        try await withSandbox { command, sandbox in
            var command = command
            command.environment.merge(Self.account) { $1 }
            for file in Self.shipped {
                let mine = try Repository.text(file).replacing(
                    #/\$\{file:/etc/axport/.*\.pem\}/#,
                    with: "${file:account/private-key.pem}"
                )
                try await expectAgreement(command, mine, isRight: true)
            }
            #expect(await sandbox.statistics.requests.isEmpty)
        }
    }

    private static let good = """
        source:
          platform: business
          client_id: ${env:AXPORT_CLIENT_ID}
          key_id: ${env:AXPORT_KEY_ID}
          private_key: ${file:account/private-key.pem}
        inventory: inventory.sqlite
        extract:
          - devices
          - coverage: { max_age: 30d, max_requests: 100 }
        transform:
          - imei
          - storage
          - applecare
          - where: status = 'ASSIGNED'
          - compute: { tag: "'A-' || serial_number" }
        load:
          - postgres: { url: "postgresql:///test", table: assets.devices, removed: mark, max_removed: 5% }
          - sqlite: { file: out/a.sqlite }
          - csv: { file: out/a.csv, columns: [serial_number, tag], transform: [sort: [tag]] }
          - ndjson: { file: out/a.ndjson, from: coverage }
          - json: { file: out/a.json, order: serial }

        """

    static let damages: [(String, String)] = [
        ("platform: business", "platform: bussiness"), ("platform: business", "platform: school"),
        ("client_id:", "client:"), ("  key_id: ${env:AXPORT_KEY_ID}\n", ""), ("AXPORT_KEY_ID", "NOT_SET"),
        ("${env:", "${evn:"), ("private-key.pem", "account.pem"), ("account/private-key.pem", "no-key.pem"),
        ("extract:", "extracts:"), ("- devices\n", "- device\n"), ("- coverage:", "- coverages:"),
        ("30d", "30 fortnights"),
        ("max_requests: 100", "max_requests: many"), ("- imei", "- imeii"), ("- storage", "- storage: { unit: gib }"),
        ("- where: status", "- where: state"), ("'ASSIGNED'", "'ASSIGNED"), ("= 'ASSIGNED'", "= random("),
        ("tag: \"", "serial_number: \""), ("serial_number\" }", "serial\" }"), ("'A-' ||", "load_extension('x') ||"),
        ("removed: mark", "removed: marks"), ("max_removed: 5%", "max_removed: 500%"), ("assets.devices", "a.b.c.d"),
        ("postgresql:///test", "mysql:///test"), ("removed: mark", "mode: append, history: true, key: [nothing]"),
        ("removed: mark", "only: \"\""), ("removed: mark", "lock_timeout: soon"), ("removed: mark", "unfit: cut"),
        ("columns: [serial_number, tag]", "columns: [serial_number, tags]"), ("sort: [tag]", "sort: [nothing]"),
        ("out/a.ndjson", "out/a.csv"), ("out/a.json", "out/{day}.json"), ("from: coverage", "from: covers"),
        ("order: serial", "order: reverse"), ("load:\n", "load: []\nextra:\n"), ("inventory:", "inventory: [1]\nname:"),
        ("- json: {", "- json: ["), ("\n  - imei", "\n\t- imei"), ("out/a.sqlite", ""),
    ]

    @Test("T15: of pipelines damaged in every section, `run` refuses what `check` refuses, in the same words")
    func damagedPipelines() async throws {
        try await withSandbox { command, sandbox in
            try command.write("no key", to: "no-key.pem", mode: 0o600)
            try await expectAgreement(command, Self.good, isRight: true)
            for (from, to) in Self.damages {
                let text = Self.good.replacing(from, with: to, maxReplacements: 1)
                try #require(text != Self.good, "\(from)")
                try await expectAgreement(command, text, isRight: false)
            }
            #expect(await sandbox.statistics.requests.isEmpty)
        }
    }
}

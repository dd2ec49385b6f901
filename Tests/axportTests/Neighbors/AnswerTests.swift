import Foundation
import TestSupport
import Testing

/// Answers on stdout arrive, or the exit code says that they did not.
@Suite struct AnswerTests {
    private static let verbs = [
        "normalize imei", "run --offline --json t.axport.yaml", "preview t.axport.yaml", "plan t.axport.yaml",
        "plan --json t.axport.yaml", "stages", "stages csv", "stages --markdown", "runs --from t.axport.yaml",
        "runs --json --from t.axport.yaml", "runs show last --from t.axport.yaml", "sandbox --port 0",
        "demo --devices 5",
        "export --offline --from t.axport.yaml", "--help", "--version", "run --help", "help runs",
        "--generate-completion-script bash",
    ]

    /// A run that has been, and a shell in its folder.
    private func shell(_ script: String, _ arguments: String...) async throws -> Program.Run {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(
                """
                source: { platform: sandbox, devices: 20 }
                inventory: inv.sqlite
                extract: [devices]
                load: [csv: { file: out.csv }]
                """,
                to: "t.axport.yaml"
            )
            try command.write("\"35-209900-176148-2\"\n", to: "values")
            #expect(try await command("run", "t.axport.yaml").status == 0)
            return try await Program.running(
                "/bin/bash",
                [
                    "-c",
                    "cd \"$0\"; export HOME=\"$0\"; axport() { timeout 60 \(Command.program) \"$@\" < values; }\n"
                        + script, folder,
                ]
                    + arguments
            )
        }
    }

    @Test(arguments: [
        (">/dev/full", "No space left on device"), (">&-", "Bad file descriptor"),
    ])
    func whatCannotArriveIsSaidOnce(redirection: String, cause: String) async throws {
        let run = try await shell(
            """
            for verb in "$@"; do axport $verb \(redirection) 2> err; echo "$? $(grep -c 'error:.*standard output' err) $verb"; grep -h 'error:.*standard output' err; done
            """,
            arguments: Self.verbs
        )
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(lines.filter { $0.hasPrefix("73 1 ") } == Self.verbs.map { "73 1 \($0)" }, "\(run.output)")
        let said = lines.filter { !$0.hasPrefix("73 ") }
        #expect(said.count == Self.verbs.count)
        #expect(said.allSatisfy { $0.hasSuffix("cannot write standard output: \(cause)") }, "\(said)")
    }

    private func shell(_ script: String, arguments: [String]) async throws -> Program.Run {
        let quoted = arguments.map { "'\($0)'" }.joined(separator: " ")
        return try await shell("set -- \(quoted)\n\(script)")
    }

    @Test func aReaderThatHasEnoughEndsItQuietly() async throws {
        // These end by themselves, and write nothing but their answer.
        let verbs = Self.verbs.filter { !$0.hasPrefix("sandbox") && !$0.hasPrefix("demo") }
        let run = try await shell(
            """
            for verb in "$@"; do
                { axport $verb 2> err; echo "$? $verb" >> codes; } | true
                sed -E 's/^[0-9T:-]+Z ?//' err | grep -v 'done in\\|^extract\\|^transform\\|^load\\|^─\\|^csv\\|^axport:\\|^$'
            done
            cat codes
            """,
            arguments: verbs
        )
        #expect(run.output.split(separator: "\n").map(String.init) == verbs.map { "0 \($0)" })
    }

    @Test func theSandboxGoesOnWithoutAReader() async throws {
        let run = try await shell(
            """
            mkfifo pipe
            \(Command.program) sandbox --port 0 > pipe & pid=$!
            head -1 pipe
            sleep 1
            kill $pid && echo alive
            wait $pid; echo $?
            """
        )
        let lines = run.output.split(separator: "\n")
        #expect(lines.first?.hasPrefix("The sandbox answers at") == true)
        #expect(lines.dropFirst().first == "alive")
    }

    @Test func nothingElseGetsTheNumberOfAClosedStream() async throws {
        let run = try await shell(
            """
            rm inv.sqlite out.csv
            axport run --json t.axport.yaml >&- 2>&-; echo $?
            axport run --json t.axport.yaml 0>&- >&- 2>&-; echo $?
            sqlite3 inv.sqlite 'PRAGMA integrity_check'
            grep -c '"pipeline"' out.csv
            head -1 out.csv | cut -c1-13
            """
        )
        #expect(
            run.output.split(separator: "\n") == ["73", "73", "ok", "0", "serial_number"],
            "\(run.output)"
        )
    }

    @Test func allSourcesRunThoughTheirReportsDoNotArrive() async throws {
        let run = try await shell(
            """
            cat > two.axport.yaml <<'END'
            sources:
              - { name: one, platform: sandbox, devices: 5 }
              - { name: two, platform: sandbox, devices: 6 }
            inventory: "{source}.sqlite"
            extract: [devices]
            load: [csv: { file: "{source}.csv" }]
            END
            axport run --json --summary summary.json two.axport.yaml > /dev/full 2> err; echo $?
            grep -c 'standard output' err
            wc -l < one.csv; wc -l < two.csv
            grep -o '"exit_code":[0-9]*' summary.json | sort -u
            """
        )
        #expect(
            run.output.split(separator: "\n") == ["73", "1", "5", "6", "\"exit_code\":0"],
            "\(run.output)\(run.errors)"
        )
    }

    @Test func aStandardInputThatCannotBeReadIsSaid() async throws {
        let run = try await shell(
            "\(Command.program) normalize imei <&-; echo $?; \(Command.program) normalize imei < .; echo $?"
        )
        #expect(run.output == "65\n65\n")
        #expect(
            run.errors.split(separator: "\n") == [
                "error: cannot read standard input: Bad file descriptor",
                "error: cannot read standard input: Is a directory",
            ]
        )
    }
}

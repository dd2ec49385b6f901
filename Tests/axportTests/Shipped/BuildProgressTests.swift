import Foundation
import TestSupport
import Testing

/// What `make demo`, `make build` and `make test` show of SwiftPM's output.
@Suite struct BuildProgressTests {
    private static let manyLines = """
        Fetching https://github.com/apple/swift-nio
        Fetched https://github.com/apple/swift-nio from cache (0.55s)
        Computing version for https://github.com/apple/swift-nio
        Creating working copy for https://github.com/apple/swift-nio
        Building for debugging...
        [1/700] Compiling Records Cell.swift
        [312/700] Compiling Records Batch.swift

        """

    /// Shows the progress of a command that prints this and ends with this code.
    private func show(
        _ output: String,
        code: Int32 = 0,
        _ check: (_ run: Program.Run, _ log: String) throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try output.write(toFile: "\(folder)/printed", atomically: true, encoding: .utf8)
            let log = "\(folder)/logs/build.log"
            let run = try await Program.running(
                Repository.path(".ci/progress"),
                [log, "/bin/sh", "-c", "cat '\(folder)/printed'; exit \(code)"]
            )
            #expect(run.status == code)
            #expect(try String(contentsOfFile: log, encoding: .utf8) == output)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/logs") == ["build.log"])
            try check(run, log)
        }
    }

    @Test func aBuildShowsOneLineForEachPhase() async throws {
        try await show(Self.manyLines) { run, _ in
            #expect(run.errors == "fetching packages: 1\nresolving packages\nbuilding: 1 of 700\n")
            #expect(run.output.isEmpty)
        }
    }

    /// Two run beside each other.
    @Test func testRunsShowTheirLastLines() async throws {
        let last = [2, 3].map { "✔ Test run with \($0) tests in 1 suite passed after 0.002 seconds.\n" }
        let good = "◇ Test good() started.\n✔ Test good() passed after 0.001 seconds.\n"
        try await show(good + last[0] + last[1]) { run, _ in
            #expect(run.errors == "testing: 1 passed, 0 failed\n")
            #expect(run.output == last.joined())
        }
    }

    @Test func onATerminalOneLineIsUpdatedInPlace() async throws {
        try await withTemporaryFolder { folder in
            try Self.manyLines.write(toFile: "\(folder)/printed", atomically: true, encoding: .utf8)
            let run = try await Program.running(
                "/usr/bin/env",
                [
                    "python3", "-c", "import pty, sys; pty.spawn(sys.argv[1:])",
                    Repository.path(".ci/progress"), "\(folder)/log", "cat", "\(folder)/printed",
                ],
                environment: ["TERM": "xterm"]
            )
            #expect(run.output.hasSuffix("\r\u{1B}[Kbuilding: 312 of 700\r\u{1B}[K"), "\(run.output) \(run.errors)")
            #expect(!run.output.contains("\n"))
        }
    }

    @Test func aCompilerErrorIsShownOnceWithItsLines() async throws {
        let error = """
            /src/main.swift:2:14: error: cannot find 'missing' in scope
            2 | let unused = missing
              |              `- error: cannot find 'missing' in scope

            """
        let output = """
            \(Self.manyLines)\(error)error: emit-module command failed with exit code 1 (use -v to see invocation)
            [313/700] Emitting module Records
            /src/main.swift:1:1: warning: nobody reads this
            \(error)
            """
        try await show(output, code: 1) { run, log in
            #expect(
                run.errors.hasSuffix(
                    "building: 1 of 700\n\(error)error: '/bin/sh -c' failed (exit code 1); the whole output is in \(log)\n"
                ),
                "\(run.errors)"
            )
        }
    }

    @Test func withoutNetworkTheMessageSaysSo() async throws {
        let error = "error: Failed to clone repository https://github.com/apple/swift-nio"
        try await show("Fetching https://github.com/apple/swift-nio\n\(error)\n", code: 1) { run, log in
            #expect(
                run.errors == """
                    fetching packages: 1
                    \(error)
                    error: cannot fetch the packages that axport depends on; the whole output is in \(log)
                    hint: check the network and, behind a proxy, HTTPS_PROXY; then run make again

                    """
            )
        }
    }

    @Test func aFailedTestShowsItsIssues() async throws {
        let issue = "✘ Test bad() recorded an issue at T.swift:3:21: Expectation failed: (2) == 3\n↳ the reason\n"
        let output = "◇ Test bad() started.\n\(issue)✘ Test bad() failed after 0.001 seconds with 1 issue.\n"
        try await show(output, code: 1) { run, log in
            #expect(
                run.errors
                    == "testing: 0 passed, 1 failed\n\(issue)error: tests failed; the whole output is in \(log)\n"
            )
        }
    }

    @Test func aFailureWithoutAnErrorShowsTheLastLines() async throws {
        try await show("[1/2] Compiling\nsomething else went wrong\n", code: 3) { run, log in
            #expect(
                run.errors == """
                    building: 1 of 2
                    [1/2] Compiling
                    something else went wrong
                    error: '/bin/sh -c' failed (exit code 3); the whole output is in \(log)

                    """
            )
        }
    }
}

import Foundation
import Programs
import TestSupport
import Testing

@Suite struct ChildProgramTests {
    private func run(_ script: String, reading text: String = "", within time: Duration = .seconds(20)) throws
        -> (end: ChildProgram.End, output: String)
    {
        let program = ChildProgram(
            arguments: ["sh", "-c", script],
            environment: ["PATH": "/usr/bin:/bin", "WORD": "a b"]
        )
        let outcome = try program.run(reading: text, within: time)
        return (outcome.end, String(decoding: outcome.output, as: UTF8.self))
    }

    @Test func itReadsAllAndBothOfItsStreamsAreHeard() throws {
        let text = String(repeating: "0123456789abcde\n", count: 40_000)
        let run = try run("echo \"$WORD\"; wc -c; echo oops >&2", reading: text)
        #expect(run.end == .exited(0))
        #expect(run.output.split(whereSeparator: \.isWhitespace) == ["a", "b", "640000", "oops"])
    }

    @Test func oneThatReadsNothingIsNoProblemAndTheLastOfALongOutputIsKept() throws {
        let run = try run("seq 1 9000; exit 7", reading: String(repeating: "x", count: 300_000))
        #expect(run.end == .exited(7))
        #expect(run.output.hasSuffix("8999\n9000\n") && run.output.utf8.count == 16 << 10)
    }

    @Test func itEndsBySignalsThatThisProcessIgnores() throws {
        let old = signal(SIGTERM, SIG_IGN)
        defer { signal(SIGTERM, old) }
        #expect(try run("kill -TERM $$; sleep 5").end == .killed(SIGTERM))
    }

    @Test func itsTimeEndsAlsoWhatItHasStarted() async throws {
        try await withTemporaryFolder { folder in
            let began = ContinuousClock.now
            let late = try run("(sleep 2; echo late > \(folder)/late) & echo begun; wait", within: .milliseconds(500))
            #expect(late.end == .late && late.output == "begun\n")
            #expect(ContinuousClock.now - began < .seconds(1.5))
            try await Task.sleep(for: .seconds(2.2))
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/late"))
        }
    }

    @Test func aDaemonThatKeepsTheOutputOpenIsNotWaitedFor() throws {
        let began = ContinuousClock.now
        #expect(try run("sleep 10 & echo done").end == .exited(0))
        #expect(ContinuousClock.now - began < .seconds(3))
    }
}

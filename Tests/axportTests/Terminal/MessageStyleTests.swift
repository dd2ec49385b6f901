import Foundation
import Records
import TestSupport
import Testing

@testable import Stages
@testable import axport

/// Messages in color, and where they have none.
@Suite struct MessageStyleTests {
    private let text = """
        a.axport.yaml:5:22: error: the URL is empty
        hint: remove `url`
        warning: error: is not the first word
        """

    @Test func theFirstWordHasAColorOnATerminal() {
        #expect(
            MessageStyle(isTerminal: true, variables: ["TERM": "xterm", "NO_COLOR": ""]).applied(to: text) == """
                a.axport.yaml:5:22: \u{1B}[1;31merror:\u{1B}[0m the URL is empty
                \u{1B}[36mhint:\u{1B}[0m remove `url`
                \u{1B}[1;33mwarning:\u{1B}[0m error: is not the first word
                """
        )
    }

    @Test(arguments: [(false, [:]), (true, ["NO_COLOR": "1"]), (true, ["TERM": "dumb"])])
    func elsewhereThereIsNone(isTerminal: Bool, variables: [String: String]) {
        #expect(MessageStyle(isTerminal: isTerminal, variables: variables).applied(to: text) == text)
    }

    @Test func theHintOfAProblemHasALineOfItsOwn() {
        let place = SourceLocation(file: "a.yaml", line: 2, column: 3)
        let problem = Diagnostic("the URL is empty", hint: "remove it", at: place)
        #expect(problem.told == "a.yaml:2:3: error: the URL is empty\nhint: remove it")
        #expect(problem.description == "a.yaml:2:3: error: the URL is empty; remove it")
        #expect(Diagnostic("wrong", at: place).told == "a.yaml:2:3: error: wrong")
    }

    @Test(arguments: [([:], true), (["NO_COLOR": "1"], false), (["TERM": "dumb"], false)])
    func aRealTerminalShowsIt(variables: [String: String], isColored: Bool) async throws {
        try await withTemporaryFolder { folder in
            let script = "import pty, sys, os; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
            let run = try await Program.running(
                "/usr/bin/env",
                ["python3", "-c", script, Command.program, "check", "nowhere.axport.yaml"],
                environment: ["TERM": "xterm", "NO_COLOR": "", "HOME": folder].merging(variables) { $1 }
            )
            #expect(run.status == 78, "\(run.output) \(run.errors)")
            #expect(run.output.contains("\u{1B}[1;31merror:\u{1B}[0m ") == isColored, "\(run.output)")
            #expect(run.output.contains("\u{1B}") == isColored, "\(run.output)")
        }
    }
}

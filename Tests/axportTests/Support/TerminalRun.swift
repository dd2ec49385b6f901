import Foundation
import TestSupport

extension Command {
    /// The program on a terminal of this width, and what it wrote there: answers and messages.
    func onTerminal(columns: Int, _ arguments: [String]) async throws -> (status: Int32, written: TerminalText) {
        let script = Repository.path("Tests/axportTests/Support/terminal.py")
        let home = ["HOME": folder, "XDG_STATE_HOME": "", "XDG_CACHE_HOME": "", "NO_COLOR": "", "COLUMNS": ""]
        let run = try await Program.running(
            "/bin/sh",
            ["-c", "cd \"$0\" && exec python3 \"$@\"", folder, script, "\(columns)", Self.program] + arguments,
            environment: home.merging(environment) { $1 }
        )
        return (run.status, TerminalText(run.output))
    }
}

/// What a program wrote on a terminal.
struct TerminalText {
    let raw: String
    /// Without colors. A line that was overwritten is one of them.
    let lines: [String]

    init(_ raw: String) {
        self.raw = raw
        lines = raw.replacing(/\u{1B}\[[0-9;]*[A-Za-z]/, with: "").replacing("\r\n", with: "\n")
            .split(whereSeparator: { $0 == "\n" || $0 == "\r" }).map(String.init)
    }

    var text: String { lines.joined(separator: "\n") }

    /// Words of letters that are whole; next to a mark of omission there is only a part.
    static func words(_ text: String) -> Set<String> {
        // Each run has another ID.
        let whole = text.replacing(/\d{8}T\d{6}Z-\w+/, with: "").replacing(/[A-Za-z_]*…[A-Za-z_]*/, with: "")
        return Set(whole.matches(of: /[A-Za-z_]{2,}/).map { String($0.output) })
    }
}

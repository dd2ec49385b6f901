import Programs
import Records
import Stages

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Runs a program that a pipeline file names for a value.
enum ProgramOutput {
    /// No key, password or URL is longer.
    private static let most = 1 << 20

    static func read(_ arguments: [String], within time: Duration = .seconds(30)) -> ProgramOutputs.Output {
        let program = ChildProgram(
            arguments: arguments,
            environment: ProcessInfo.processInfo.environment,
            mostOutput: most + 1,
            keepsErrorsApart: true
        )
        do {
            return try text(of: program.run(reading: "", within: time), time)
        } catch {
            return .failure(Problem("cannot run: \(error.message)", hint: error.advice))
        }
    }

    private static func text(of outcome: ChildProgram.Outcome, _ time: Duration) -> ProgramOutputs.Output {
        let byHand = "run it by hand as the same user"
        switch outcome.end {
        case .exited(0): break
        case .exited(let code):
            let said = String(decoding: outcome.errors, as: UTF8.self).split(whereSeparator: \.isNewline).last
            return .failure(
                Problem("ended with exit code \(code)\(said.map { ": \($0.prefix(200))" } ?? "")", hint: byHand)
            )
        case .killed(let signal): return .failure(Problem("was ended by signal \(signal)", hint: byHand))
        case .late:
            return .failure(
                Problem(
                    "did not end within \(time.components.seconds) seconds",
                    hint: "check whether it asks for a password; it has no terminal here"
                )
            )
        }
        if outcome.output.count > most { return .failure(Problem("printed more than a mebibyte", hint: byHand)) }
        guard var text = String(bytes: outcome.output, encoding: .utf8) else {
            return .failure(Problem("printed something that is not UTF-8 text", hint: byHand))
        }
        if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text.removeLast() }
        if text.allSatisfy(\.isWhitespace) { return .failure(Problem("printed nothing", hint: byHand)) }
        return .success(text)
    }
}

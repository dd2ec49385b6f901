import Foundation
import TestSupport
import Testing

/// A command on a terminal, with a person who types.
struct TypedAnswers: Decodable {
    /// The exit code; the negative number of the signal that ended it.
    let status: Int32
    let shown: String

    /// - Parameter answers: for each question, its end as shown, and the keys.
    static func given(
        _ answers: [(String, String)],
        to arguments: [String],
        of command: Command
    ) async throws -> TypedAnswers {
        let script = Repository.path("Tests/axportTests/Setup/type_answers.py")
        let typed = try JSONEncoder().encode(answers.map { [$0.0, $0.1] })
        let home = ["HOME": command.folder, "XDG_STATE_HOME": "", "XDG_CACHE_HOME": "", "NO_COLOR": "1"]
        let run = try await Program.running(
            "/usr/bin/env",
            ["python3", script, command.folder, String(decoding: typed, as: UTF8.self), Command.program] + arguments,
            environment: home.merging(command.environment) { $1 }
        )
        #expect(run.status == 0, "\(run.errors)")
        return try JSONDecoder().decode(TypedAnswers.self, from: Data(run.output.utf8))
    }
}

/// What is wrong and what to do about it. The caller adds the place or the exit code.
package struct Problem: Error, Sendable, Hashable {
    package var message: String
    package var hint: String?

    package init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
}

extension Failure {
    package init(_ code: Outcome, _ problem: Problem) { self.init(code, problem.message, advice: problem.hint) }
}

import ArgumentParser
import Records
import Stages

/// A moment that a person names: a day, a time, or how long ago it was.
enum Since: Sendable {
    case moment(Timestamp)
    case period(Period)

    /// Nil if it is none of them.
    init?(_ text: String) {
        if let period = Period(argument: text) {
            self = .period(period)
        } else {
            // The beginning of a day, or a time as the reports write it.
            let whole = text.utf8.count == 10 ? "\(text)T00:00:00Z" : text
            guard let moment = Timestamp.parse(Array(whole.utf8).span).value else { return nil }
            self = .moment(moment)
        }
    }

    func moment(before now: Timestamp) -> Timestamp {
        switch self {
        case .moment(let moment): moment
        case .period(let period): now.adding(seconds: -Int64(period.seconds))
        }
    }

    /// Why a text is no moment, with what its writer may have meant.
    ///
    /// - Parameter kinds: what is expected, such as "a day or a duration".
    static func refusal(_ text: String, _ kinds: String, now: Timestamp) -> Failure {
        let guesses = DateGuess.guesses(for: text, now: now).map { "`--since \($0)`" }
        return Failure(
            .usage,
            "--since: '\(text)' is not \(kinds)",
            advice: guesses.isEmpty
                ? "write a day (UTC) such as 2026-11-27, or a duration such as 7d"
                : "write \(guesses.joined(separator: " or "))"
        )
    }
}

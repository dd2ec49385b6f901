import AppleClient
import Dispatch
import Pipeline
import Programs
import Records
import Stages

/// Sends each kind of notice.
struct NoticeSender: Sendable {
    let environment: [String: String]
    let secrets: Secrets

    /// Nil if the notice was accepted, or if it is not about this event.
    func send(_ notice: Notice, _ ending: FileEnding, within time: Duration) async -> Failure? {
        switch notice {
        case .ping(let url): await ping(url, "\(ending.code.rawValue)", ending.lastLines, within: time)
        case .webhook(let url, let format, let events):
            events.isAbout(ending) ? await post(ending, as: format, to: url, within: time) : nil
        case .command(let command, let events):
            events.isAbout(ending) ? await start(command, ending, within: time) : nil
        }
    }

    func ping(_ url: NoticeURL, _ step: String, _ text: String, within time: Duration) async -> Failure? {
        await warning(of: "the ping to \(url.host)") { () throws(Failure) in
            try await poster().post(
                text,
                as: "text/plain; charset=utf-8",
                to: url.appending(step),
                within: time.inSeconds
            )
        }
    }

    private func post(
        _ ending: FileEnding,
        as format: NoticeFormat,
        to url: NoticeURL,
        within time: Duration
    ) async -> Failure? {
        let text =
            switch format {
            case .json: EndingJSON(ending).jsonLine
            case .slack: ChatText(ending).slack
            case .teams: ChatText(ending).teams
            }
        return await warning(of: "the webhook to \(url.host)") { () throws(Failure) in
            try await poster().post(text, as: "application/json", to: url.url, within: time.inSeconds)
        }
    }

    private func poster() throws(Failure) -> Poster { try Poster(environment: environment) }

    private func start(_ command: NoticeCommand, _ ending: FileEnding, within time: Duration) async -> Failure? {
        let program = ChildProgram(arguments: command.arguments, environment: environment)
        let text = EndingJSON(ending).jsonLine + "\n"
        return await warning(of: "the command \(command.arguments[0])") { () throws(Failure) in
            // On a separate thread, because it blocks.
            let run = await withCheckedContinuation { continuation in
                DispatchQueue(label: "Notice").async {
                    continuation.resume(
                        returning: Result { () throws(Failure) in try program.run(reading: text, within: time) }
                    )
                }
            }
            try require(run.get())
        }
    }

    /// A program's output is reported only if it failed.
    private func require(_ outcome: ChildProgram.Outcome) throws(Failure) {
        let said = ForeignText(outcome.output, hiding: secrets).description
        let words = said.isEmpty ? "" : "; it printed: \(said)"
        let advice = "run it by hand as the same user, with a report on its standard input"
        switch outcome.end {
        case .exited(0): return
        case .exited(let code):
            throw Failure(.destinationFailed, "it ended with exit code \(code)\(words)", advice: advice)
        case .killed(let signal): throw Failure(.destinationFailed, "signal \(signal) ended it\(words)", advice: advice)
        case .late:
            throw Failure(
                .destinationFailed,
                "it did not end in time and was killed\(words)",
                advice: "let it start another process for longer work"
            )
        }
    }

    private func warning(of what: String, _ work: () async throws(Failure) -> Void) async -> Failure? {
        do throws(Failure) {
            try await work()
            return nil
        } catch {
            var failure = error
            failure.message = "notify: \(what) failed: \(error.message)"
            return failure
        }
    }
}

extension NoticeEvents {
    fileprivate func isAbout(_ ending: FileEnding) -> Bool { ending.events.contains(where: contains) }
}

extension FileEnding {
    /// Watchdogs store about this much.
    fileprivate var lastLines: String {
        summary.split(separator: "\n", omittingEmptySubsequences: false).suffix(40).joined(separator: "\n")
    }
}

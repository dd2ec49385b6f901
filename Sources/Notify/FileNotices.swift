import AppleClient
import Pipeline
import Records
import Stages

/// Tells those whom a pipeline file names that its runs begin, and how they ended, while the next ones go on. What goes
/// wrong with that changes no run.
package struct FileNotices: Sendable {
    /// For all that is told at one time.
    private static let limit = Duration.seconds(30)
    /// How much of it is left to a call that tells of the beginning and is still under way at the end.
    private static let patience = Duration.seconds(5)

    private let notices: [Notice]
    private let sender: NoticeSender
    /// By the place of the notice.
    private var beginnings: [Int: Task<Failure?, Never>] = [:]
    private var endings: [Task<Failure?, Never>] = []

    /// - Parameter environment: that of programs that are started, with the proxy.
    package init(_ settings: NotifySettings, environment: [String: String], secrets: Secrets) {
        notices = settings.notices
        sender = NoticeSender(environment: environment, secrets: secrets)
    }

    package mutating func begin() {
        for (index, notice) in notices.enumerated() {
            guard case .ping(let url) = notice else { continue }
            beginnings[index] = Task { [sender] in await sender.ping(url, "start", "", within: Self.limit) }
        }
    }

    /// Not canceled with the run: an interrupted one is told, too.
    package mutating func end(_ ending: FileEnding) {
        let deadline = ContinuousClock.now + Self.limit
        for (index, notice) in notices.enumerated() {
            let beginning = beginnings[index]
            endings.append(
                Task { [sender] in
                    // In their order, or a watchdog would wait for an end that it has heard of.
                    let early = await Self.wait(for: beginning)
                    return await sender.send(notice, ending, within: deadline - .now) ?? early
                }
            )
        }
        beginnings = [:]
    }

    /// Waits until all have been told.
    ///
    /// - Returns: what went wrong.
    package func problems() async -> [Failure] {
        var problems: [Failure] = []
        for ending in endings {
            if let problem = await ending.value, !problems.contains(problem) { problems.append(problem) }
        }
        return problems
    }

    private static func wait(for beginning: Task<Failure?, Never>?) async -> Failure? {
        guard let beginning else { return nil }
        let end = Task {
            try await Task.sleep(for: patience)
            beginning.cancel()
        }
        defer { end.cancel() }
        return await beginning.value
    }
}

import AppleClient
import Pipeline
import Records
import Stages

/// Notifies those named in a pipeline file when its runs begin and when they have ended, while the next runs
/// continue. A notice that fails changes no run.
package struct FileNotices: Sendable {
    /// For all notices of one event.
    private static let limit = Duration.seconds(30)
    /// How long the end waits for a call about the beginning that is still in flight.
    private static let patience = Duration.seconds(5)

    private let notices: [Notice]
    private let sender: NoticeSender
    /// By the position of the notice.
    private var beginnings: [Int: Task<Failure?, Never>] = [:]
    private var endings: [Task<Failure?, Never>] = []

    /// - Parameter environment: the environment of programs that are started, with the proxy.
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

    /// Not canceled with the run: an interrupted run is reported, too.
    package mutating func end(_ ending: FileEnding) {
        let deadline = ContinuousClock.now + Self.limit
        for (index, notice) in notices.enumerated() {
            let beginning = beginnings[index]
            endings.append(
                Task { [sender] in
                    // In order, or a watchdog would wait for an end that it already knows.
                    let early = await Self.wait(for: beginning)
                    return await sender.send(notice, ending, within: deadline - .now) ?? early
                }
            )
        }
        beginnings = [:]
    }

    /// Waits until all notices are sent.
    ///
    /// - Returns: what failed.
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

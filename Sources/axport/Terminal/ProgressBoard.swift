import Pipeline
import Records
import Stages
import Synchronization

/// Shows the progress of the runs that go on. On a terminal: a line for each, which is overwritten, and one for all of
/// them. Elsewhere: a line for each finished stage, and one after a minute without any other.
final class ProgressBoard: Sendable {
    private struct State {
        var lines: [(number: Int, line: ProgressLine)] = []
        var ended = 0
        var failed = 0
    }

    private let state = Mutex(State())
    /// The number of all runs.
    private let count: Int
    private let areSideBySide: Bool

    init(of count: Int, areSideBySide: Bool) {
        self.count = count
        self.areSideBySide = areSideBySide
    }

    /// Shows the progress of one run only.
    static func showing<Result>(
        _ progress: RunProgress,
        of plan: Plan,
        _ work: () async -> Result
    ) async -> Result {
        let board = ProgressBoard(of: 1, areSideBySide: false)
        board.add(progress, of: plan, number: 0)
        return await board.showing {
            let result = await work()
            board.end(0, as: .done)
            return result
        }
    }

    func begin(_ plan: Plan, number: Int) -> RunProgress {
        let progress = RunProgress()
        add(progress, of: plan, number: number)
        return progress
    }

    private func add(_ progress: RunProgress, of plan: Plan, number: Int) {
        let line = ProgressLine(progress, of: plan.source.name, isOneOfSeveral: plan.isOneOfSeveral || areSideBySide)
        state.withLock { $0.lines.append((number, line)) }
    }

    /// Tells the rest of a run that has ended.
    func end(_ number: Int, as outcome: Outcome) {
        refresh()
        state.withLock { state in
            state.lines.removeAll { $0.number == number }
            state.ended += 1
            if outcome != .done { state.failed += 1 }
        }
        draw()
    }

    /// Takes a run that begins again later off the board.
    func postpone(_ number: Int) {
        refresh()
        state.withLock { $0.lines.removeAll { $0.number == number } }
        draw()
    }

    /// Keeps the progress on the screen while `work` goes on.
    func showing<Result>(_ work: () async -> Result) async -> Result {
        let pause = Duration.milliseconds(Output.stderrIsTerminal ? 150 : 500)
        let thread = areSideBySide ? RunThread("axport progress") : nil
        let watcher = Task(executorPreference: thread) { [self] in
            while !Task.isCancelled {
                refresh()
                draw()
                try? await Task.sleep(for: pause)
            }
        }
        let result = await work()
        watcher.cancel()
        await watcher.value
        Output.show([])
        return result
    }

    private func refresh() {
        let now = ContinuousClock.now
        let news = state.withLock { state in
            state.lines.indices.flatMap { index in
                state.lines[index].line.news(at: now, isOnScreen: Output.stderrIsTerminal)
            }
        }
        if !news.isEmpty { Output.log(news) }
    }

    private func draw() {
        guard Output.stderrIsTerminal else { return }
        let screen = Output.messages
        let (texts, all) = state.withLock { state in (state.lines.compactMap { $0.line.text }, total(state)) }
        Output.show(Self.lines(texts, total: all, on: screen))
    }

    /// What has ended, and what is still to come; nil if only one run goes on at a time.
    private func total(_ state: State) -> String? {
        guard areSideBySide else { return nil }
        let failed = state.failed == 0 ? "" : ", \(state.failed) of them not completely"
        let left = count - state.ended - state.lines.count
        return "\(state.ended) of \(count) ended\(failed); \(state.lines.count) running"
            + (left == 0 ? "" : ", \(left) waiting")
    }

    /// As many lines as the screen holds: a line that it has scrolled away, or that reaches the next one, could not be
    /// overwritten.
    static func lines(_ texts: [String], total: String?, on screen: Screen) -> [String] {
        let room = max(1, (screen.rows ?? texts.count + 2) - (total == nil ? 1 : 2))
        var lines = texts
        if lines.count > room {
            lines = Array(texts.prefix(room - 1)) + ["… and \(texts.count - room + 1) more"]
        }
        if !lines.isEmpty, let total { lines.append(total) }
        return lines.map { $0.withoutMiddle(screen.tableColumns - 1) }
    }
}

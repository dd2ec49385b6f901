import Pipeline
import Records
import Stages

/// Shows the progress of a run. On a terminal: one line that is overwritten. Elsewhere: a line for each finished stage,
/// and one after a minute without any other.
struct ProgressLine {
    private let progress: RunProgress
    /// The text before every line if several sources run.
    private let prefix: String
    private let source: String
    private var finished: Set<Int> = []
    private var lastNews = ContinuousClock.now
    private static let silence = Duration.seconds(60)
    private var isShown = false
    private var isWaitTold = false
    private var areFailuresTold = false

    /// - Parameter isOneOfSeveral: whether lines must name their source.
    init(_ progress: RunProgress, of source: String, isOneOfSeveral: Bool) {
        self.progress = progress
        self.source = source
        prefix = isOneOfSeveral ? "\(source.onOneLine): " : ""
    }

    /// Shows the progress of `work` while it runs.
    static func showing<Result: Sendable>(
        _ progress: RunProgress,
        of source: String,
        isOneOfSeveral: Bool,
        _ work: () async -> Result
    ) async -> Result {
        let watcher = Task {
            var line = ProgressLine(progress, of: source, isOneOfSeveral: isOneOfSeveral)
            while !Task.isCancelled {
                line.refresh()
                try? await Task.sleep(for: .milliseconds(Output.stderrIsTerminal ? 150 : 500))
            }
            line.refresh()
            line.clear()
        }
        let result = await work()
        watcher.cancel()
        await watcher.value
        return result
    }

    private mutating func refresh() {
        let stages = progress.stages
        if let obstacle = progress.waitedFor, !isWaitTold {
            Output.log([LogRecord(.info, "waiting: \(obstacle)", lead: "axport: \(prefix)").with(source: source)])
            isWaitTold = true
        }
        let expected = progress.expectedFailures
        if !expected.isEmpty, !areFailuresTold {
            Output.log(warnings(of: expected))
            areFailuresTold = true
        }
        guard Output.stderrIsTerminal else {
            return Output.log(news(of: stages, at: .now))
        }
        guard let running = Self.running(stages) else { return }
        // A line that reaches the next one could not be overwritten.
        let text = "\(prefix)\(Self.text(running))".withoutMiddle(Output.messages.tableColumns - 1)
        Output.progress("\r\u{1B}[K\(text)")
        isShown = true
    }

    /// Loads that would fail now, each cause once.
    private func warnings(of expected: [StageReport]) -> [LogRecord] {
        expected.sharing { [$0.failure].compactMap(\.self) }.map { shared in
            let loads = shared.stages.count == 1 ? "this load at its turn" : "these loads at their turn"
            var record = LogRecord(.warning, shared.text, of: "\(shared.stages.names.onOneLine): ", label: prefix)
            record.message += "; the run goes on and tries \(loads)"
            return record.with(source: source, stage: shared.stages.count == 1 ? shared.stages[0].name : nil)
        }
    }

    /// The progress that was not printed yet.
    mutating func news(of stages: [StageReport], at now: ContinuousClock.Instant) -> [LogRecord] {
        var news: [StageReport] = []
        for (index, stage) in stages.enumerated() where stage.status != .running && stage.kind != .transform {
            if finished.insert(index).inserted { news.append(stage) }
        }
        if news.isEmpty, now - lastNews >= Self.silence, let running = Self.running(stages) { news = [running] }
        if !news.isEmpty { lastNews = now }
        return news.map { stage in
            LogRecord(.info, Self.text(stage), lead: "axport: \(prefix)").with(source: source, stage: stage.name)
        }
    }

    private static func running(_ stages: [StageReport]) -> StageReport? { stages.last { $0.status == .running } }

    private mutating func clear() {
        if isShown { Output.progress("\r\u{1B}[K") }
        isShown = false
    }

    static func text(_ stage: StageReport) -> String {
        if stage.status == .skipped { return "\(stage.name)  skipped: no time left" }
        let counts = stage.counts
        var text = stage.name
        if !stage.destination.isEmpty { text += " \(stage.destination.onOneLine)" }
        // For a finished load, rows in the destination; otherwise, rows received.
        let isLoaded = stage.kind == .load && stage.status == .done
        let done = isLoaded ? counts.written + counts.unchanged : counts.received + counts.unknown
        // The expected number comes from the previous run; the real one may be higher.
        if let total = counts.total, total > 0, done <= total {
            text += "  \(done) of \(total)"
            if stage.status == .running, done > 0, done < total {
                text +=
                    " (\(done * 100 / total) %), \(Self.duration(counts.seconds / Double(done) * Double(total - done))) left"
            }
        } else {
            text += "  \(done)"
        }
        if counts.unknown > 0 { text += ", \(counts.unknown) unknown" }
        if stage.status != .running { text += ", \(Self.duration(counts.seconds))" }
        if stage.status == .failed { text += ", failed" }
        return text
    }

    static func duration(_ seconds: Double) -> String {
        // An edited history may contain any number. Whole milliseconds, as the history stores them, so that both show
        // the same time.
        let seconds = (min(max(0, seconds), 1e12) * 1000).rounded() / 1000
        return switch seconds {
        case ..<10: "\((seconds * 10).rounded() / 10) s"
        case ..<120: "\(Int(seconds.rounded())) s"
        case ..<7200: "\(Int(seconds / 60)) min"
        default: "\(Int(seconds / 3600)) h \(Int(seconds / 60) % 60) min"
        }
    }
}

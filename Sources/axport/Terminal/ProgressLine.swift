import Pipeline
import Records
import Stages

/// The progress of one run, in words.
struct ProgressLine: Sendable {
    private let progress: RunProgress
    /// The text before every line if several sources run.
    private let prefix: String
    private let source: String
    private var finished: Set<Int> = []
    private var lastNews = ContinuousClock.now
    private static let silence = Duration.seconds(60)
    private var isWaitTold = false
    private var areFailuresTold = false

    /// - Parameter isOneOfSeveral: whether lines must name their source.
    init(_ progress: RunProgress, of source: String, isOneOfSeveral: Bool) {
        self.progress = progress
        self.source = source
        prefix = isOneOfSeveral ? "\(source.onOneLine): " : ""
    }

    /// What was not told yet.
    ///
    /// - Parameter isOnScreen: whether people see ``text`` all the time.
    mutating func news(at now: ContinuousClock.Instant, isOnScreen: Bool) -> [LogRecord] {
        var news: [LogRecord] = []
        if let obstacle = progress.waitedFor, !isWaitTold {
            news.append(LogRecord(.info, "waiting: \(obstacle)", lead: "axport: \(prefix)").with(source: source))
            isWaitTold = true
        }
        let expected = progress.expectedFailures
        if !expected.isEmpty, !areFailuresTold {
            news += warnings(of: expected)
            areFailuresTold = true
        }
        return isOnScreen ? news : news + self.news(of: progress.stages, at: now)
    }

    /// What the run does now; nil between its stages.
    var text: String? {
        let now = progress.awaitedTurn.map(Self.awaiting) ?? Self.running(progress.stages).map(Self.text)
        return now.map { "\(prefix)\($0)" }
    }

    private static func awaiting(_ destinations: String) -> String {
        "waits until other sources have loaded \(destinations.onOneLine)"
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
        let isSilent = news.isEmpty && now - lastNews >= Self.silence
        if isSilent, let destinations = progress.awaitedTurn {
            lastNews = now
            return [LogRecord(.info, Self.awaiting(destinations), lead: "axport: \(prefix)").with(source: source)]
        }
        if isSilent, let running = Self.running(stages) { news = [running] }
        if !news.isEmpty { lastNews = now }
        return news.map { stage in
            LogRecord(.info, Self.text(stage), lead: "axport: \(prefix)").with(source: source, stage: stage.name)
        }
    }

    private static func running(_ stages: [StageReport]) -> StageReport? { stages.last { $0.status == .running } }

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

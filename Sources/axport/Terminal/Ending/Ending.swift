import Inventory
import Pipeline
import Records
import Stages

/// How several runs ended: a line for each, those that failed last, and each cause once.
struct Ending {
    private let runs: RunsEnding
    private let refused: [PlannedFiles.Refused]
    /// How many runs did not begin.
    private let left: Int
    private let seconds: Double
    private let details: String?

    init(
        _ runs: RunsEnding,
        refused: [PlannedFiles.Refused] = [],
        left: Int = 0,
        since startedAt: Timestamp,
        details: String? = nil
    ) {
        self.runs = runs
        self.refused = refused
        self.left = left
        seconds = Timestamp.now.seconds(since: startedAt)
        self.details = details
    }

    /// As in a mail.
    var text: String { records(Screen.mailColumns).map(\.text).joined(separator: "\n") }

    /// More causes than these would push the table off the screen.
    private static let mostCauses = 6

    /// - Parameter columns: the most characters of a table's line.
    func records(_ columns: Int) -> [LogRecord] {
        let blank = LogRecord(.info, "")
        return [blank, LogRecord(.info, table.text(columns)), blank] + causes
            + [details.map { LogRecord(hint: $0) }].compactMap(\.self) + [closing]
    }

    private var table: TextTable {
        let numbers = ["written", "unchanged", "retired", "rejected", "took"]
        var table = TextTable(
            [noun] + numbers + ["result"],
            [.left, .right, .right, .right, .right, .right],
            shortening: [noun],
            leavingOut: ["unchanged", "took", "rejected", "retired"]
        )
        let ordered = runs.reports.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
        for (_, report) in ordered {
            let counts = report.counts
            table.add(
                [runs.label(report)]
                    + [counts.written, counts.unchanged, counts.retired, counts.rejected].map(TextTable.cell)
                    + [ProgressLine.duration(report.seconds), RunTable.result(report.status, report.code)]
            )
        }
        for file in refused {
            table.add(
                [file.file] + numbers.map { _ in TextTable.cell(0) } + ["invalid (\(file.failure.code.rawValue))"]
            )
        }
        return table.withoutEmptyColumns
    }

    private var noun: String { refused.isEmpty ? runs.noun : "run" }

    private var causes: [LogRecord] {
        let shared = runs.causes
        let more = shared.count - Self.mostCauses
        let unsaid = more > 0 ? [LogRecord(.error, "\(counted(more, "more cause"))")] : []
        return unsaid
            + shared.suffix(Self.mostCauses).map { shared in
                var record = LogRecord(.error, shared.text(noun).controlsVisible)
                record.hint = shared.cause.advice
                return record
            }
            + refused.map { file in
                var record = LogRecord(.error, "\(file.file) did not run: \(file.summary)")
                // A file that cannot be read has no problems to list.
                if file.error is PlanError {
                    record.hint = "`axport check \(file.file.asShellWord)` lists its problems"
                }
                return record
            }
    }

    private var closing: LogRecord {
        var parts = runs.reports.isEmpty ? [] : [runs.counts]
        if !refused.isEmpty { parts.append("\(counted(refused.count, "file")) did not run") }
        if left > 0 { parts.append("\(counted(left, noun)) did not begin") }
        let text = parts.joined(separator: "; ")
        let time = ProgressLine.duration(seconds)
        let code = runs.code
        if code == .done { return LogRecord(.info, "\(text) in \(time)").with(exitCode: code.rawValue) }
        let level = code == .partial ? LogRecord.Level.warning : .error
        let ending = "\(RunStatus(code).rawValue): \(text); exit code \(code.rawValue) after \(time)"
        return LogRecord(level, ending, lead: "").with(exitCode: code.rawValue)
    }
}

extension PlannedFiles.Refused {
    /// The first problem, and how many more there are.
    fileprivate var summary: String {
        guard let all = (error as? PlanError)?.diagnostics, let first = all.first else { return failure.message }
        let more = all.count == 1 ? "" : " (and \(counted(all.count - 1, "more problem")))"
        return "\(first.location): \(first.message)\(more)"
    }
}

extension RunReport {
    /// Those that need a person come last.
    fileprivate var rank: Int {
        switch RunStatus(code) {
        case .done: 0
        case .partial: 1
        default: 2
        }
    }
}

import Pipeline
import Records

/// Results of the runs, and why a report could not be written to stdout.
struct ToldRuns: Sendable {
    /// How many runs were to come, and how many files cannot be run.
    private let expected: Int
    private let refused: [PlannedFiles.Refused]
    private let details: RunDetailsCommand
    private(set) var reports: [RunReport] = []
    private(set) var lost: Failure?
    private var hasReader = true

    init(expected: Int, refused: [PlannedFiles.Refused], details: RunDetailsCommand) {
        self.expected = expected
        self.refused = refused
        self.details = details
    }

    private var areSeveral: Bool { expected + refused.count > 1 }

    mutating func tell(_ report: RunReport, showsSource: Bool, json: Bool) {
        reports.append(report)
        var summary = Summary(report: report, showsSource: showsSource, columns: Output.messages.tableColumns)
        if !areSeveral { summary.details = details.advice([report]) }
        Output.log(summary.records)
        guard json, hasReader else { return }
        do {
            try Output.answer(report.jsonLine)
        } catch {
            hasReader = false
            lost = error as? Failure
        }
    }

    /// Says how several runs ended together.
    func end(_ code: Outcome, since startedAt: Timestamp) {
        guard areSeveral else { return }
        let ending = Ending(
            RunsEnding(reports, code: code),
            refused: refused,
            left: expected - reports.count,
            since: startedAt,
            details: details.advice(reports)
        )
        Output.log(ending.records(Output.messages.tableColumns))
    }
}

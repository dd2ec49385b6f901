import Pipeline
import Records

/// Results of the runs, and why a report could not be written to stdout.
struct ToldRuns: Sendable {
    /// How many runs were to come, and how many files cannot be run.
    private let expected: Int
    private let refused: [PlannedFiles.Refused]
    private let details: RunDetailsCommand
    private let json: Bool
    /// Whether loads write to stdout side by side, between whose rows no report may come.
    private let reportsAtTheEnd: Bool
    private var told: [Int: RunReport] = [:]
    /// How many reports are on stdout: they come in the order of the files, whichever run ends first.
    private var written = 0
    private(set) var lost: Failure?
    private var hasReader = true

    init(expected: Int, refused: [PlannedFiles.Refused], details: RunDetailsCommand, json: Bool, reportsAtTheEnd: Bool)
    {
        self.expected = expected
        self.refused = refused
        self.details = details
        self.json = json
        self.reportsAtTheEnd = reportsAtTheEnd
    }

    /// In the order of the files.
    var reports: [RunReport] { told.sorted { $0.key < $1.key }.map(\.value) }

    private var areSeveral: Bool { expected + refused.count > 1 }

    /// - Parameter number: its place among all runs, in the order of the files.
    mutating func tell(_ report: RunReport, number: Int, showsSource: Bool) {
        told[number] = report
        var summary = Summary(report: report, showsSource: showsSource, columns: Output.messages.tableColumns)
        if !areSeveral { summary.details = details.advice([report]) }
        Output.log(summary.records)
        if reportsAtTheEnd { return }
        while let report = told[written] { write(report) }
    }

    /// Writes the reports that wait for those of others.
    mutating func endReports() {
        for number in told.keys.sorted() where number >= written {
            if let report = told[number] { write(report) }
        }
    }

    private mutating func write(_ report: RunReport) {
        written += 1
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
            left: expected - told.count,
            since: startedAt,
            details: details.advice(reports)
        )
        Output.log(ending.records(Output.messages.tableColumns))
    }
}

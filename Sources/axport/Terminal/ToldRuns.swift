import Pipeline
import Records

/// Results of the runs, and why a report could not be written to stdout.
struct ToldRuns: Sendable {
    private(set) var reports: [RunReport] = []
    private(set) var lost: Failure?
    private var hasReader = true

    mutating func tell(_ report: RunReport, showsSource: Bool, json: Bool) {
        reports.append(report)
        Output.log(Summary(report: report, showsSource: showsSource, columns: Output.messages.tableColumns).records)
        guard json, hasReader else { return }
        do {
            try Output.answer(report.jsonLine)
        } catch {
            hasReader = false
            lost = error as? Failure
        }
    }
}

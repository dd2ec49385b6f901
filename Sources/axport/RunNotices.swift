import Inventory
import Notify
import Pipeline
import Records
import Stages

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Sends the notices of a command's runs, file by file.
struct RunNotices: Sendable {
    private struct File {
        let pipeline: PipelineName
        var notices: FileNotices
        /// The number of runs still to come.
        var left: Int
        var hasBegun = false
        /// By the place of the run among all, since runs end in any order.
        var reports: [Int: RunReport] = [:]
        var hasRecovered = false
    }

    private let startedAt: Timestamp
    /// By the file's path.
    private var files: [String: File] = [:]
    private var ended: [FileNotices] = []
    private var problems: [Failure] = []
    /// Nil if there is no folder for them.
    private let troubles = (try? Composition.environment.inventoryFolder()).map { Troubles(folder: "\($0)/notify") }

    init(_ planned: [PipelinePlans], startedAt: Timestamp) {
        self.startedAt = startedAt
        for planned in planned where !planned.notify.notices.isEmpty {
            files[planned.pipeline.path] = File(
                pipeline: planned.pipeline,
                notices: Self.notices(planned.notify),
                left: planned.plans.count
            )
        }
    }

    private static func notices(_ settings: NotifySettings) -> FileNotices {
        // Programs inherit all variables, including empty ones.
        FileNotices(
            settings,
            environment: ProcessInfo.processInfo.environment,
            secrets: Composition.environment.secrets
        )
    }

    mutating func begin(_ file: String) {
        guard files[file]?.hasBegun == false else { return }
        files[file]?.hasBegun = true
        files[file]?.notices.begin()
    }

    /// - Parameters:
    ///   - number: its place among all runs of the command.
    ///   - plan: nil for a source whose settings cannot be read.
    mutating func take(_ report: RunReport, number: Int, of plan: Plan?) {
        begin(report.pipelineFile)
        guard var file = files[report.pipelineFile] else { return }
        file.reports[number] = report
        if report.code == .done {
            let wasKept = (try? plan?.inventoryPath).map { path in
                Inventory.hadTrouble(before: report.runID, of: report.pipeline, source: report.source, at: path)
            }
            let wasNoted = troubles?.remove(report.source, of: report.pipeline) == true
            if wasNoted || wasKept == true { file.hasRecovered = true }
        } else {
            note(report.source, report.pipeline)
        }
        if plan != nil { file.left -= 1 }
        files[report.pipelineFile] = file
        if file.left == 0 { end(report.pipelineFile) }
    }

    private mutating func end(_ name: String) {
        guard var file = files[name], file.hasBegun else { return }
        if troubles?.remove(nil, of: file.pipeline.name) == true { file.hasRecovered = true }
        let reports = file.reports.sorted { $0.key < $1.key }.map(\.value)
        let showsSource = reports.count > 1
        var summaries = reports.map { Summary(report: $0, showsSource: showsSource).text }
        if showsSource { summaries.append(Ending(RunsEnding(reports), since: startedAt).text) }
        file.notices.end(
            FileEnding(
                of: file.pipeline,
                startedAt: startedAt,
                reports: reports,
                summary: summaries.joined(separator: "\n"),
                hasRecovered: file.hasRecovered
            )
        )
        files[name] = nil
        ended.append(file.notices)
    }

    private mutating func note(_ source: String?, _ pipeline: String) {
        do throws(Failure) {
            try troubles?.add(source, of: pipeline)
        } catch {
            problems.append(error)
        }
    }

    /// Notifies the receivers of a file that could not be run.
    mutating func refuse(_ file: NamedNotices, _ problem: Failure) {
        guard !file.settings.notices.isEmpty else { return }
        note(nil, file.pipeline.name)
        var notices = Self.notices(file.settings)
        let secrets = Composition.environment.secrets
        notices.end(FileEnding(of: file.pipeline, startedAt: startedAt, problem: problem, hiding: secrets))
        ended.append(notices)
    }

    /// Ends the files that an interruption left open, waits until all notices are sent, and warns of failures.
    mutating func finish() async {
        for name in files.keys.sorted() { end(name) }
        for notices in ended { problems += await notices.problems() }
        for problem in problems { Output.log(LogRecord(.warning, problem)) }
    }
}

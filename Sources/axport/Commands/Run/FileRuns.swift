import Inventory
import Pipeline
import Records
import Stages

/// Runs pipeline files one after another, and tells what happened.
struct FileRuns: Sendable {
    let options: RunOptions
    let startedAt: Timestamp
    let json: Bool
    let logLevel: LogLevel

    /// - Parameters:
    ///   - plans: in the order in which they run.
    ///   - receivers: those who want to know of a file that cannot be run.
    func run(
        _ plans: [Plan],
        of files: PlannedFiles,
        telling receivers: [(notices: NamedNotices, failure: Failure)],
        details: RunDetailsCommand
    ) async throws -> ToldRuns {
        let failed = files.planned.flatMap { planned in
            planned.failedReports(startedAt: startedAt).map { ($0, AfterRun(of: planned)) }
        }
        let notices = RunNotices(options.offline ? [] : files.planned, startedAt: startedAt)
        return try await Interrupt.cancelling {
            var told = ToldRuns(expected: failed.count + plans.count, refused: files.refused, details: details)
            var notices = notices
            for file in receivers { notices.refuse(file.notices, file.failure) }
            for (report, afterRun) in failed {
                told.tell(report, showsSource: true, json: json)
                afterRun.take(report)
                notices.take(report, of: nil)
            }
            for plan in plans {
                notices.begin(plan.pipeline.path)
                let report = await Self.report(plan, options, startedAt: startedAt, logLevel)
                told.tell(report, showsSource: plan.isOneOfSeveral, json: json)
                AfterRun(of: plan).take(report)
                notices.take(report, of: plan)
                if report.code == .interrupted { break }
            }
            await notices.finish()
            return told
        }
    }

    static func report(
        _ plan: Plan,
        _ options: RunOptions,
        startedAt: Timestamp,
        _ logLevel: LogLevel = .info
    ) async -> RunReport {
        let progress = RunProgress()
        return await ProgressLine.showing(progress, of: plan.source.name, isOneOfSeveral: plan.isOneOfSeveral) {
            await plan.run(options, startedAt: startedAt, progress: progress, connect: Composition.connect(logLevel))
        }
    }
}

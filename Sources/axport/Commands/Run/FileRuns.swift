import Inventory
import Pipeline
import Records
import Stages

/// Runs pipeline files, several sources side by side, and tells what happened.
struct FileRuns: Sendable {
    let options: RunOptions
    let startedAt: Timestamp
    let json: Bool
    let logLevel: LogLevel

    /// - Parameters:
    ///   - queue: the runs of the files.
    ///   - receivers: those who want to know of a file that cannot be run.
    func run(
        _ queue: RunQueue,
        of files: PlannedFiles,
        telling receivers: [(notices: NamedNotices, failure: Failure)],
        details: RunDetailsCommand
    ) async throws -> ToldRuns {
        try await Interrupt.cancelling {
            guard queue.areSideBySide else { return await all(queue, of: files, telling: receivers, details: details) }
            return await RunThread("axport runs").run {
                await all(queue, of: files, telling: receivers, details: details)
            }
        }
    }

    private func all(
        _ queue: RunQueue,
        of files: PlannedFiles,
        telling receivers: [(notices: NamedNotices, failure: Failure)],
        details: RunDetailsCommand
    ) async -> ToldRuns {
        let failed = files.planned.flatMap { planned in
            planned.failedReports(startedAt: startedAt).map { ($0, AfterRun(of: planned)) }
        }
        var told = ToldRuns(
            expected: failed.count + queue.count,
            refused: files.refused,
            details: details,
            json: json,
            reportsAtTheEnd: queue.areSideBySide && files.planned.contains(where: \.loadsToStandardOutput)
        )
        var notices = RunNotices(options.offline ? [] : files.planned, startedAt: startedAt)
        for file in receivers { notices.refuse(file.notices, file.failure) }
        for (number, (report, afterRun)) in failed.enumerated() {
            told.tell(report, number: number, showsSource: true)
            afterRun.take(report)
            notices.take(report, number: number, of: nil)
        }
        let board = ProgressBoard(of: queue.count, areSideBySide: queue.areSideBySide)
        await board.showing {
            await each(queue, board) { entry, report in
                let number = failed.count + entry.number
                told.tell(report, number: number, showsSource: entry.plan.isOneOfSeveral)
                AfterRun(of: entry.plan).take(report)
                notices.take(report, number: number, of: entry.plan)
            } onBegin: { entry in
                notices.begin(entry.plan.pipeline.path)
            }
        }
        told.endReports()
        await notices.finish()
        return told
    }

    /// Begins the runs, and takes what they report one after another.
    private func each(
        _ queue: RunQueue,
        _ board: ProgressBoard,
        take: (RunQueue.Entry, RunReport) -> Void,
        onBegin: (RunQueue.Entry) -> Void
    ) async {
        var queue = queue
        await withTaskGroup(of: (RunQueue.Entry, RunReport).self) { group in
            var isInterrupted = false
            while true {
                while !isInterrupted, let entry = queue.next() {
                    onBegin(entry)
                    let progress = board.begin(entry.plan, number: entry.number)
                    var options = options
                    options.leavesHeld = !entry.isLastTry
                    let thread = queue.areSideBySide ? RunThread("axport run") : nil
                    group.addTask(executorPreference: thread) { [options] in
                        await RunThread.$current.withValue(thread) {
                            (entry, await Self.report(entry.plan, options, startedAt: startedAt, progress, logLevel))
                        }
                    }
                }
                guard let (entry, report) = await group.next() else { return }
                queue.end(entry.number)
                if report.isHeldElsewhere, !entry.isLastTry, !isInterrupted {
                    board.postpone(entry.number)
                    queue.postpone(entry)
                    continue
                }
                board.end(entry.number, as: report.code)
                take(entry, report)
                if report.code == .interrupted { isInterrupted = true }
            }
        }
    }

    /// Runs one plan and shows its progress.
    static func report(_ plan: Plan, _ options: RunOptions, startedAt: Timestamp) async -> RunReport {
        let progress = RunProgress()
        return await ProgressBoard.showing(progress, of: plan) {
            await report(plan, options, startedAt: startedAt, progress, .info)
        }
    }

    private static func report(
        _ plan: Plan,
        _ options: RunOptions,
        startedAt: Timestamp,
        _ progress: RunProgress,
        _ logLevel: LogLevel
    ) async -> RunReport {
        await plan.run(options, startedAt: startedAt, progress: progress, connect: Composition.connect(logLevel))
    }
}

extension PipelinePlans {
    fileprivate var loadsToStandardOutput: Bool {
        plans.contains { $0.loads.contains { FilePlace.isStandardOutput($0.loader.destination) } }
    }
}

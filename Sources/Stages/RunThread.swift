import Dispatch

/// The thread of one of several runs that go on side by side.
///
/// A run may block it: with its inventory, its files, its messages. The threads of the concurrency pool, on which all
/// runs wait for their turns, stay free. Actors without an executor of their own, such as a limiter, follow their run.
package final class RunThread: TaskExecutor {
    /// Nil outside of runs side by side. A task that is not a child needs it as its preference.
    @TaskLocal package static var current: RunThread?

    private let queue: DispatchQueue

    /// - Parameter label: for debuggers.
    package init(_ label: String) { queue = DispatchQueue(label: label) }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Runs work and its child tasks on this thread.
    package func run<Result: Sendable>(_ work: @Sendable () async -> Result) async -> Result {
        await withTaskExecutorPreference(self) {
            await Self.$current.withValue(self) { await work() }
        }
    }
}

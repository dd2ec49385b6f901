import Dispatch
import Records

/// One connection, on a queue of its own: libpq blocks, and the threads of the concurrency pool must not.
actor PostgresConnection {
    private let executor = QueueExecutor(label: "axport postgres")
    private var handle: PostgresHandle?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func connect(_ url: PostgresURL?) throws -> PostgresCancelKey {
        let handle = try PostgresHandle(url)
        self.handle = handle
        return try handle.cancelKey()
    }

    /// Does a piece of work; when the task is cancelled meanwhile, so is the statement that the server works on.
    nonisolated func run<Result: Sendable>(
        cancelledBy key: PostgresCancelKey,
        _ work: @Sendable (PostgresHandle) throws -> Result
    ) async throws -> Result {
        do {
            return try await withTaskCancellationHandler {
                try await perform(work)
            } onCancel: {
                DispatchQueue.global().async { key.cancel() }
            }
        } catch {
            try Task.checkCancellation()
            throw error
        }
    }

    private func perform<Result: Sendable>(_ work: @Sendable (PostgresHandle) throws -> Result) throws -> Result {
        guard let handle else { throw Failure(.destinationFailed, "the PostgreSQL connection is closed") }
        return try work(handle)
    }

    /// Ends the connection, and with it whatever was not committed.
    func close() {
        handle?.abandon()
        handle = nil
    }
}

/// Runs an actor's work on a private queue.
private final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}

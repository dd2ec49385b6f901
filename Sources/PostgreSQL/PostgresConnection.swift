import Dispatch
import Records

/// One connection on a separate queue: libpq blocks, and must not block the threads of the concurrency pool.
package actor PostgresConnection {
    private let executor = QueueExecutor(label: "axport postgres")
    private var handle: PostgresHandle?

    package init() {}

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Connects, and returns warnings about the connection. libpq cannot be interrupted meanwhile, but its caller can.
    ///
    /// - Parameter limit: how long the caller waits; nil for as long as libpq waits.
    package nonisolated func connect(
        _ url: PostgresURL?,
        hiding secrets: Secrets,
        within limit: Duration? = nil
    ) async throws -> [String] {
        let (answers, answer) = AsyncThrowingStream<[String], any Error>.makeStream()
        let timer = limit.map { limit in
            Task {
                try await Task.sleep(for: limit)
                answer.finish(throwing: PostgresOptions.silence(after: limit))
            }
        }
        defer { timer?.cancel() }
        Task {
            do {
                answer.yield(try await open(url, hiding: secrets))
                answer.finish()
            } catch {
                answer.finish(throwing: error)
            }
        }
        for try await notes in answers { return notes }
        throw CancellationError()
    }

    private func open(_ url: PostgresURL?, hiding secrets: Secrets) throws -> [String] {
        let handle = try PostgresHandle(url, hiding: secrets)
        self.handle = handle
        return handle.notes
    }

    /// Runs work on the connection. If the task is canceled meanwhile, so is the server's statement.
    package nonisolated func run<Result: Sendable>(_ work: @Sendable (PostgresHandle) throws -> Result) async throws
        -> Result
    {
        do {
            let interrupt = try await interrupt
            return try await withTaskCancellationHandler {
                try await perform(work)
            } onCancel: {
                interrupt.raise()
            }
        } catch {
            try Task.checkCancellation()
            throw error
        }
    }

    private var interrupt: PostgresInterrupt {
        get throws { try perform { $0.interrupt } }
    }

    private func perform<Result>(_ work: (PostgresHandle) throws -> Result) throws -> Result {
        guard let handle else { throw Failure(.destinationFailed, "the PostgreSQL connection is closed") }
        return try work(handle)
    }

    /// Closes the connection. Uncommitted changes are rolled back.
    package func close() {
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

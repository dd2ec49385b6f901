/// Sends rows to a database while the next ones are made. At most one batch waits.
struct Sending: Sendable {
    private var task: Task<Void, any Error>?

    /// Begins to send when everything before is sent.
    mutating func send(_ work: @escaping @Sendable () async throws -> Void) async throws {
        try await finish()
        task = Task { try await work() }
    }

    /// Waits until everything is sent. Throws what went wrong meanwhile.
    mutating func finish() async throws {
        guard let task else { return }
        try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
        self.task = nil
    }

    mutating func cancel() async {
        task?.cancel()
        _ = await task?.result
        task = nil
    }
}

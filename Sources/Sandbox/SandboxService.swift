import ServiceLifecycle

/// The server of one or several organizations.
struct SandboxService: Sendable {
    let group: ServiceGroup
    let server: Task<Void, any Error>
    let connections: Connections

    /// Tries an orderly stop first, because an accepted connection must be served before it can be closed. Cancels if
    /// that takes too long.
    func stop() async {
        await group.triggerGracefulShutdown()
        connections.closeAll()
        let deadline = Task {
            try await Task.sleep(for: .milliseconds(500))
            connections.closeAll()
            try await Task.sleep(for: .milliseconds(500))
            server.cancel()
        }
        _ = await server.result
        deadline.cancel()
    }

    func waitUntilStopped() async throws {
        do {
            try await server.value
        } catch  where server.isCancelled {
            return
        }
    }
}

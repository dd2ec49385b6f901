import Records
import Stages

/// Receives a load's rows in place of its destination.
struct StandIn<Output: LoadSession>: Loader {
    let destination: String
    private let output: Output

    init(_ destination: String, _ output: Output) {
        self.destination = destination
        self.output = output
    }

    func open(_ schema: Schema, _ context: LoadContext) async throws -> any LoadSession { output }
}

/// Stores nothing.
struct NoOutput: LoadSession {
    mutating func write(_ batch: Batch) async throws {}
    mutating func commit() async throws -> LoadCounts { LoadCounts() }
    mutating func rehearse() async throws -> LoadCounts { LoadCounts() }
    mutating func rollback() async {}
}

extension RunProgress {
    /// Throws the failure of a stage.
    package func requireNoFailure() throws {
        if let failure = stages.lazy.compactMap(\.failure).first { throw failure }
    }
}

import Inventory

/// Passes devices that a listing has just found to a stage that asks about them before its turn.
package final class NewDevices: Sendable {
    private let pages: AsyncStream<[DeviceKey]>
    private let finder: AsyncStream<[DeviceKey]>.Continuation

    package init() { (pages, finder) = AsyncStream.makeStream() }

    package func found(_ devices: [DeviceKey]) { finder.yield(devices) }

    /// Ends the list: the receiving stage's turn has come.
    package func end() { finder.finish() }

    /// Visits new devices as they arrive, until the end or until the task is canceled.
    package func receive(_ visit: ([DeviceKey]) async throws -> Void) async rethrows {
        for await devices in pages { try await visit(devices) }
    }
}

import Inventory

/// Devices that a listing has just found, on their way to a stage that asks about them before its turn.
package final class NewDevices: Sendable {
    private let pages: AsyncStream<[DeviceKey]>
    private let finder: AsyncStream<[DeviceKey]>.Continuation

    package init() { (pages, finder) = AsyncStream.makeStream() }

    package func found(_ devices: [DeviceKey]) { finder.yield(devices) }

    /// It is the turn of the stage that hears of them.
    package func end() { finder.finish() }

    /// Visits what is found, as it comes, until the end or until the task is canceled.
    package func receive(_ visit: ([DeviceKey]) async throws -> Void) async rethrows {
        for await devices in pages { try await visit(devices) }
    }
}

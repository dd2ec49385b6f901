import Inventory
import Synchronization

/// Passes devices that a listing has just found to a stage that asks about them before its turn.
package final class NewDevices: Sendable {
    /// The most devices of one visit: four pages of a list. More would take memory and win nothing.
    private static let most = 4096

    private let waiting = Mutex<[DeviceKey]>([])
    private let news: AsyncStream<Void>
    private let finder: AsyncStream<Void>.Continuation

    package init() { (news, finder) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    package func found(_ devices: [DeviceKey]) {
        waiting.withLock { $0 += devices }
        finder.yield()
    }

    /// Ends the list: the receiving stage's turn has come.
    package func end() { finder.finish() }

    /// Visits new devices as they arrive, until the end or until the task is canceled. Those that arrive during a visit
    /// come together in the next one: at the end of each visit, connections wait for new requests.
    package func receive(_ visit: ([DeviceKey]) async throws -> Void) async rethrows {
        for await _ in news {
            while let devices = next() { try await visit(devices) }
        }
    }

    /// Nil if none wait.
    private func next() -> [DeviceKey]? {
        waiting.withLock { waiting in
            if waiting.isEmpty { return nil }
            defer { waiting.removeFirst(min(waiting.count, Self.most)) }
            return Array(waiting.prefix(Self.most))
        }
    }
}

import NIOCore
import Synchronization

/// The open connections, so that stopping does not wait for a client that neither reads nor disconnects.
final class Connections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    /// Whether the connection is new.
    func remember(_ channel: any Channel) -> Bool {
        let id = ObjectIdentifier(channel)
        let isNew = channels.withLock { $0.updateValue(channel, forKey: id) == nil }
        if isNew {
            channel.closeFuture.whenComplete { [self] _ in
                channels.withLock { $0[id] = nil }
            }
        }
        return isNew
    }

    func closeAll() {
        for channel in channels.withLock({ Array($0.values) }) {
            channel.close(promise: nil)
        }
    }
}

import Synchronization

/// The organization on one night, with counts that are expensive to compute.
final class Organization: Sendable {
    let fleet: Fleet
    private let counted = Mutex<[SandboxServer]?>(nil)

    init(_ fleet: Fleet) {
        self.fleet = fleet
    }

    var servers: [SandboxServer] {
        counted.withLock { kept in
            if let kept {
                return kept
            }
            let servers = fleet.servers
            kept = servers
            return servers
        }
    }
}

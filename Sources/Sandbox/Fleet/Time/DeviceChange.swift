/// A change of a device that evolution did not cause.
struct DeviceChange: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// Positions of servers.
        case assigned(Int)
        case unassigned
        case migrating(Int, Moment)
        case deadline(Migration)
        case canceled(returnsTo: Int?)
        case released
    }
    enum Actor: Sendable, Hashable {
        /// The API account.
        case api
        /// Somebody on Apple's web site.
        case person
    }

    let index: Int
    /// The night whose state it changes.
    let night: Int
    let time: Moment
    let kind: Kind
    let actor: Actor
}

extension Standing {
    mutating func apply(_ change: DeviceChange) {
        switch change.kind {
        case .assigned(let place):
            server = place
            migration = nil
        case .unassigned:
            server = nil
            migration = nil
        case .migrating(let place, let deadline):
            migration = Migration(status: .requested, deadline: deadline, origin: server).forced(at: change.time)
            server = place
        case .deadline(let changed):
            migration = changed
        case .canceled(let place):
            migration = Migration(status: .failed)
            server = place
        case .released:
            presence = .released(change.time)
            server = nil
            migration = nil
        }
        updated = change.time
    }
}

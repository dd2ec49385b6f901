/// A device's state on a night: everything that evolution changes, and that listing a server's devices needs.
struct Standing: Sendable, Hashable {
    enum Presence: Sendable, Hashable {
        case listed
        /// In no list, but answered when read alone.
        case released(Moment)
        /// Not answered by any request.
        case gone
    }

    var presence = Presence.listed
    /// Position in the fleet's servers.
    var server: Int?
    /// When the device first joined; its purchase has this date.
    var joined: Moment
    var added: Moment
    var updated: Moment
    var orderEdits = 0
    var sourceEdits = 0
    var migrationEdits = 0
    /// Begun by an activity.
    var migration: Migration?
    var coverageEdits = 0
    var coverageEdited: Moment

    var isListed: Bool { presence == .listed }
}

/// An event of a device between two nights.
enum Event: Int, CaseIterable {
    case updated, reassigned, movedSilently, released, vanished, coverageChanged, returned
}

/// Where a device stands on a night: what evolution changes, and all that listing a server's devices needs.
struct Standing: Sendable, Hashable {
    enum Presence: Sendable, Hashable {
        case listed
        /// In no list, but still answered when read alone.
        case released(Moment)
        /// Answered nowhere.
        case gone
    }

    var presence = Presence.listed
    /// Position among the fleet's servers.
    var server: Int?
    /// When it first joined; the purchase belongs to that.
    let joined: Moment
    var added: Moment
    var updated: Moment
    var orderEdits = 0
    var sourceEdits = 0
    var migrationEdits = 0
    var coverageEdits = 0
    var coverageEdited: Moment

    var isListed: Bool { presence == .listed }
}

/// What may happen to a device between one night and the next.
enum Event: Int, CaseIterable {
    case updated, reassigned, movedSilently, released, vanished, coverageChanged, returned
}

/// A device's move to another service while it is in use.
struct Migration: Sendable, Hashable {
    enum Status: String, Sendable {
        case requested = "REQUESTED"
        case started = "STARTED"
        case success = "SUCCESS"
        /// Also a canceled migration.
        case failed = "FAILED"
    }

    var status: Status
    var deadline: Moment?
    /// Position of the service that the device leaves; nil if unknown.
    var origin: Int?

    /// A deadline that has passed starts it at once.
    func forced(at time: Moment) -> Migration {
        guard status == .requested, let deadline, deadline <= time else { return self }
        return Migration(status: .started, deadline: deadline, origin: origin)
    }

    /// One night further: a user starts it, or the deadline; the night after it has ended.
    mutating func continued(to night: Moment, chance: Double) {
        switch status {
        case .requested where chance < 0.4 || (deadline.map { $0 <= night } ?? false): status = .started
        case .started: status = chance < 0.9 ? .success : .failed
        default: break
        }
    }
}

extension Fleet {
    /// The last migration of a device: one that an activity began, or else an invented one.
    func migration(of index: Int, _ standing: Standing) -> Migration? {
        if let migration = standing.migration { return migration }
        let edits = standing.migrationEdits
        guard edits > 0 else { return nil }
        let words: [Migration.Status] = [.requested, .started, .success, .failed]
        return Migration(
            status: words[(migrationDraw(index) + edits) % words.count],
            deadline: standing.updated.adding(days: 30).midnight
        )
    }

    /// Whether a device can migrate with a deadline.
    func isMigrationCapable(_ index: Int, _ standing: Standing, at time: Moment) -> Bool {
        (migrationDraw(index) != 3 || standing.migrationEdits > 0) && !isProvisional(standing, at: time)
    }

    private func migrationDraw(_ index: Int) -> Int { Int(Draw.hash(seed, .mdm, index) % 4) }

    /// A device from Apple Configurator, in the 30 days in which its user may leave the organization.
    private func isProvisional(_ standing: Standing, at time: Moment) -> Bool {
        guard switches.activities.configurator == .provisional, let server = standing.server else { return false }
        return roster.entries[server].type == "APPLE_CONFIGURATOR" && time < standing.added.adding(days: 30)
    }
}

extension Fleet {
    /// What an activity does to a device, and how the device changes; a nil change leaves it as it is.
    func result(of serial: String, in order: ActivityOrder, at time: Moment) -> (DeviceResult, DeviceChange?) {
        let activities = switches.activities
        guard let index = index(ofSerial: serial), let standing = standing(at: index, night: night),
            standing.presence != .gone
        else {
            let word = activities.unknown == .silent ? nil : LogWord.invalid
            return (DeviceResult(serial: serial, effect: .unknown, word: word), nil)
        }
        switch verdict(on: index, standing, in: order, at: time) {
        case .change(let kind):
            let change = DeviceChange(index: index, night: night, time: time, kind: kind, actor: .api)
            return (DeviceResult(serial: serial, effect: .changed, word: .updated), change)
        case .alreadyThere:
            let word = activities.same == .error ? LogWord.notAllowed : .updated
            return (DeviceResult(serial: serial, effect: .alreadyThere, word: word), nil)
        case .refused(let word):
            return (DeviceResult(serial: serial, effect: .refused, word: word), nil)
        }
    }

    private enum Verdict {
        case change(DeviceChange.Kind)
        case alreadyThere
        case refused(LogWord)
    }

    private func verdict(on index: Int, _ standing: Standing, in order: ActivityOrder, at time: Moment) -> Verdict {
        guard standing.isListed else { return .refused(.notAllowed) }
        let migration = migration(of: index, standing)
        let isMigrating = migration.map { [.requested, .started].contains($0.status) } ?? false
        switch order.type {
        case .assign, .migrate:
            guard let target = order.server else { return .refused(.invalid) }
            if target == standing.server { return .alreadyThere }
            if isMigrating || isBuiltIn(standing.server) { return .refused(.notAllowed) }
            guard order.type == .migrate, let deadline = order.deadline else { return .change(.assigned(target)) }
            let isEligible =
                standing.server != nil && isMigrationCapable(index, standing, at: time) && !isBuiltIn(target)
            return isEligible ? .change(.migrating(target, deadline)) : .refused(.notAllowed)
        case .unassign:
            guard let server = standing.server, order.server ?? server == server else { return .refused(.invalid) }
            return isMigrating || isBuiltIn(server) ? .refused(.notAllowed) : .change(.unassigned)
        case .updateDeadline:
            guard var migration, migration.status == .requested, let deadline = order.deadline else {
                return .refused(.notAllowed)
            }
            migration.deadline = deadline
            return .change(.deadline(migration.forced(at: time)))
        case .cancelMigration:
            guard let migration, migration.status == .requested else { return .refused(.notAllowed) }
            return .change(.canceled(returnsTo: migration.origin ?? standing.server))
        case .release:
            return .change(.released)
        }
    }

    /// Devices leave Apple's built-in management only by hand.
    private func isBuiltIn(_ server: Int?) -> Bool {
        server.map { roster.entries[$0].type == "APPLE_MDM" } ?? false
    }
}

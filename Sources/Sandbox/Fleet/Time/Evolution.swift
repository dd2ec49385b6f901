extension Fleet {
    /// The number of all devices until a night.
    func population(night: Int) -> Int {
        devices + max(night - 1, 0) * addedPerNight
    }

    /// The number of devices that join between two nights: one in 200, at least one.
    var addedPerNight: Int {
        devices == 0 ? 0 : max(1, devices / 200)
    }

    func birthNight(of index: Int) -> Int {
        index < devices ? 1 : 2 + (index - devices) / addedPerNight
    }

    /// The device's state on a night; nil if the organization does not have it yet. `atBeginning` is before the changes
    /// of that night.
    func standing(at index: Int, night: Int, atBeginning: Bool = false) -> Standing? {
        guard index >= 0, index < population(night: night) else { return nil }
        let first = birthNight(of: index)
        let changes = ledger.changes(of: index)
        var standing = birth(of: index, night: first)
        for later in stride(from: first, through: night, by: 1) {
            if later > first, let event = event(at: index, night: later) {
                apply(event, to: &standing, index: index, night: later)
            }
            if changes.isEmpty { continue }
            if later > first {
                let chance = Draw.fraction(Draw.hash(seed, .migration, index, later))
                standing.migration?.continued(to: beginning(ofNight: later), chance: chance)
            }
            if atBeginning && later == night { continue }
            for change in changes where change.night == later {
                standing.apply(change)
            }
        }
        return standing
    }

    /// The event of a device between the previous night and this one. Every night has each event at least once, on
    /// neighboring devices, so that small fleets evolve as well.
    func event(at index: Int, night: Int) -> Event? {
        if let forced = forcedEvent(at: index, night: night) {
            return forced
        }
        return switch Draw.fraction(Draw.hash(seed, .event, index, night)) {
        case ..<0.008: .updated
        case ..<0.010: .reassigned
        case ..<0.0115: .movedSilently
        case ..<0.0135: .released
        case ..<0.014: .vanished
        case ..<0.022: .coverageChanged
        case 0.96...: .returned
        default: nil
        }
    }

    /// The time of the event in the day before a night.
    func eventTime(at index: Int, night: Int) -> Moment {
        let ago = Int64(Draw.hash(seed, .eventTime, index, night) % UInt64(Moment.day - 1000))
        return Moment(milliseconds: beginning(ofNight: night).milliseconds - 1 - ago)
    }

    private func forcedEvent(at index: Int, night: Int) -> Event? {
        if night > 2, forcedOffset(of: index, night: night - 1) == Event.released.rawValue {
            return .returned
        }
        guard let event = Event(rawValue: forcedOffset(of: index, night: night)), event != .returned else { return nil }
        return event
    }

    private func forcedOffset(of index: Int, night: Int) -> Int {
        let population = population(night: night - 1)
        let base = Int(Draw.hash(seed, .forced, night) % UInt64(population))
        return index < population ? (index - base + population) % population : -1
    }

    private func birth(of index: Int, night: Int) -> Standing {
        var draw = Draw(seed, .birth, index)
        let added: Moment
        if night > 1 {
            added = eventTime(at: index, night: night)
        } else {
            let ago = draw.below(6 * 365 * 24 * 3600) + 3 * 24 * 3600
            added = Moment(
                milliseconds: beginning(ofNight: 1).milliseconds - Int64(ago) * 1000 - Int64(draw.below(1000))
            )
        }
        let age = Int(beginning(ofNight: night).milliseconds - added.milliseconds)
        let updated = Moment(milliseconds: added.milliseconds + Int64(draw.below(max(age, 1))))
        var standing = Standing(joined: added, added: added, updated: updated, coverageEdited: added)
        if draw.chance(0.88) {
            standing.server = assignment(at: index, night: night, apartFrom: nil)
        }
        adjust(&standing, index: index, night: night)
        if night == 1, draw.chance(0.02) {
            release(&standing, at: updated, vanishing: draw.chance(0.1))
        }
        return standing
    }

    private func apply(_ event: Event, to standing: inout Standing, index: Int, night: Int) {
        let time = eventTime(at: index, night: night)
        guard standing.isListed else {
            if event == .returned {
                standing.presence = .listed
                standing.added = time
                standing.updated = time
            }
            return
        }
        switch event {
        case .updated:
            standing.updated = time
            switch Draw.hash(seed, .edit, index, night) % 3 {
            case 0: standing.orderEdits += 1
            case 1: standing.sourceEdits += 1
            default: standing.migrationEdits += 1
            }
        case .reassigned:
            standing.server = assignment(at: index, night: night, apartFrom: standing.server)
            standing.updated = time
        case .movedSilently:
            standing.server = assignment(at: index, night: night, apartFrom: standing.server)
        case .released:
            release(&standing, at: time, vanishing: false)
        case .vanished:
            release(&standing, at: time, vanishing: true)
        case .coverageChanged:
            standing.coverageEdits += 1
            standing.coverageEdited = time
        case .returned:
            break
        }
    }

    /// What switches change of a new device.
    private func adjust(_ standing: inout Standing, index: Int, night: Int) {
        if night > 1 {
            switch switches.activities.newDevices {
            case .spread: break
            case .unassigned: standing.server = nil
            case .atDefault: standing.server = platform == .business ? defaultServer(for: family(of: index)) : nil
            }
        } else if switches.activities.configurator == .provisional, let server = standing.server,
            roster.entries[server].type == "APPLE_CONFIGURATOR"
        {
            let hours = Int(Draw.hash(seed, .birth, index, 1) % (29 * 24))
            let added = Moment(milliseconds: beginning(ofNight: 1).milliseconds - Int64(1 + hours) * 3_600_000)
            standing.joined = added
            standing.added = added
            standing.updated = added
        }
    }

    private func release(_ standing: inout Standing, at time: Moment, vanishing: Bool) {
        standing.presence = vanishing ? .gone : .released(time)
        standing.server = nil
        standing.migration = nil
        standing.updated = time
    }

    /// A server for the device. Every fourth device that leaves a server gets none.
    private func assignment(at index: Int, night: Int, apartFrom current: Int?) -> Int? {
        var draw = Draw(seed, .destination, index, night)
        if current != nil, draw.chance(0.25) {
            return nil
        }
        let choice = roster.place(draw.below(roster.totalWeight))
        return choice == current ? roster.places.first { $0 != current } : choice
    }
}

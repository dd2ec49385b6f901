/// The organization while the sandbox runs: its devices, its time, and the activities that change them.
struct Register {
    private(set) var fleet: Fleet
    private var clock: OrganizationClock
    private(set) var activities: [AcceptedActivity] = []
    var writes: [SandboxWrite] = []
    /// Requests to the host of the logs that carried a token.
    var leaks = 0
    private var reads = ListReads()
    private var posts: TokenBucket?
    /// The organization with its first epochs, by their number; the last one is the truth.
    private var organizations: [Int: Organization] = [:]

    init(_ fleet: Fleet) {
        self.fleet = fleet
        clock = OrganizationClock(at: fleet.beginning(ofNight: fleet.night), speed: fleet.switches.activities.speed)
        posts = Self.bucket(fleet)
    }

    var now: Moment { clock.now }

    // MARK: What changes it

    mutating func advance(toNight night: Int) {
        clock.move(to: fleet.beginning(ofNight: night))
        settle()
        fleet = fleet.onNight(night)
        organizations = [:]
        reads.floor = fleet.ledger.epochs.count
    }

    mutating func pass(seconds: Double) {
        clock.move(to: now.adding(seconds: seconds))
        settle()
    }

    mutating func setSwitches(_ switches: SandboxSwitches) {
        settle()
        let (old, new) = (fleet.switches.activities, switches.activities)
        fleet = fleet.with(switches)
        organizations = [:]
        if old.speed != new.speed { clock.setSpeed(new.speed) }
        if old.posts != new.posts { posts = Self.bucket(fleet) }
    }

    /// The client's seconds to wait if the POST is over the limit.
    mutating func admitPost() -> Int? {
        let instant = Self.origin + .milliseconds(now.milliseconds)
        return posts?.take(now: instant).map(clock.real)
    }

    mutating func accept(_ order: ActivityOrder) -> SandboxActivity {
        settle()
        let (now, switches) = (now, fleet.switches.activities)
        var draw = Draw(fleet.seed, .activity, activities.count, fleet.night)
        let id = UUIDText.draw(&draw)
        let activity = AcceptedActivity(
            id: id,
            type: order.type,
            serials: order.serials,
            serverID: order.server.map(fleet.serverID(at:)),
            order: order,
            life: ActivityLife(created: now, switches: switches, draw: draw),
            switches: switches
        )
        activities.append(activity)
        return activity.shown(at: now)
    }

    /// Changes devices at once, as somebody on Apple's web site does.
    mutating func assign(_ serials: [String], to server: Int?) {
        settle()
        let time = now
        let changes = serials.compactMap(fleet.index(ofSerial:)).map { index in
            let kind = server.map(DeviceChange.Kind.assigned) ?? .unassigned
            return DeviceChange(index: index, night: fleet.night, time: time, kind: kind, actor: .person)
        }
        fleet.ledger.add(changes, at: time)
    }

    /// Lets the activities that are due change their devices.
    mutating func settle() {
        let now = now
        let due = activities.indices.filter { !activities[$0].isSettled && activities[$0].life.effect <= now }
        for place in due.sorted(by: { activities[$0].life.effect < activities[$1].life.effect }) {
            let (order, time) = (activities[place].order, activities[place].life.effect)
            let isEarly = activities[place].switches.end.isEarly
            let last = isEarly ? order.serials.count / 2 : order.serials.count
            var changes: [DeviceChange] = []
            for (position, serial) in order.serials.enumerated() {
                guard position < last else {
                    let result = DeviceResult(serial: serial, effect: .unfinished, word: .internalError)
                    activities[place].results.append(result)
                    continue
                }
                let (result, change) = fleet.result(of: serial, in: order, at: time)
                activities[place].results.append(result)
                if let change { changes.append(change) }
            }
            fleet.ledger.add(changes, at: time)
        }
    }

    // MARK: What clients see

    /// The organization as it is.
    mutating func truth() -> Organization {
        settle()
        return organization(showing: fleet.ledger.epochs.count)
    }

    /// The organization as a resource shows it now.
    mutating func organization(reading resource: String, isFirstPage: Bool) -> Organization {
        settle()
        let epochs = fleet.ledger.epochs
        let shown =
            switch fleet.switches.activities.lag {
            case .reads(let lag):
                reads.shown(resource, isFirstPage: isFirstPage, lag: lag, epochs: epochs.count)
            case .seconds(let lag):
                max(reads.floor, epochs.count { $0.adding(seconds: lag) <= now })
            }
        return organization(showing: shown)
    }

    /// Activities can be read for 30 days.
    mutating func activity(_ id: String) -> SandboxActivity? {
        settle()
        let now = now
        if let accepted = activities.first(where: { $0.id == id && now < $0.life.created.adding(days: 30) }) {
            return accepted.shown(at: now)
        }
        return fleet.activities.first { $0.id == id }
    }

    private mutating func organization(showing epochs: Int) -> Organization {
        if let known = organizations[epochs] { return known }
        var fleet = fleet
        fleet.ledger.shown = epochs
        let organization = Organization(fleet)
        organizations = organizations.filter { $0.key > epochs - 4 }
        organizations[epochs] = organization
        return organization
    }

    private static let origin = ContinuousClock.now

    private static func bucket(_ fleet: Fleet) -> TokenBucket? {
        fleet.switches.activities.posts.map { limit in
            let start = origin + .milliseconds(fleet.beginning(ofNight: fleet.night).milliseconds)
            return TokenBucket(rate: Double(limit.count) / limit.seconds, burst: limit.count, now: start)
        }
    }
}

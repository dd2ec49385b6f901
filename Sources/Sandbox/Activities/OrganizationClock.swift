/// The organization's time: it begins with the night and runs as fast as the switch `speed` says.
struct OrganizationClock {
    private var moment: Moment
    private var since: ContinuousClock.Instant
    private var speed: Double

    init(at moment: Moment, speed: Double) {
        self.moment = moment
        self.speed = speed
        since = .now
    }

    var now: Moment { now(.now) }

    /// Time never goes back.
    mutating func move(to later: Moment) {
        let instant = ContinuousClock.now
        moment = max(now(instant), later)
        since = instant
    }

    mutating func setSpeed(_ speed: Double) {
        move(to: moment)
        self.speed = speed
    }

    /// Seconds of a client's clock for seconds of this one.
    func real(seconds: Int) -> Int {
        speed > 0 ? Int((Double(seconds) / speed).rounded(.up)) : seconds
    }

    private func now(_ instant: ContinuousClock.Instant) -> Moment {
        Moment(milliseconds: moment.milliseconds + Int64(since.duration(to: instant) / .milliseconds(1) * speed))
    }
}

extension Moment {
    func adding(seconds: Double) -> Moment {
        Moment(milliseconds: milliseconds + Int64(seconds * 1000))
    }
}

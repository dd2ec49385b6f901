/// The states of an activity in time. Apple's sample takes 11.8 seconds.
struct ActivityLife: Sendable {
    let created: Moment
    /// When the devices change.
    let effect: Moment
    let end: Moment
    /// The states on the way, each with its last moment.
    private let states: [(subStatus: String, until: Moment)]

    init(created: Moment, switches: ActivitySwitches, draw: Draw) {
        self.created = created
        var draw = draw
        var time = created
        var states: [(String, Moment)] = []
        for (state, seconds) in [
            ("SUBMITTED", 1), ("PRE_PROCESSING", 1.5), ("PENDING", switches.pending), ("PROCESSING", 6.5),
        ] {
            if switches.states == .some, draw.chance(0.5) { continue }
            time = time.adding(seconds: seconds)
            states.append((state, time))
        }
        effect = time
        end = time.adding(seconds: 1.788)
        states.append((switches.end == .stopped ? "STOPPING" : "POST_PROCESSING", end))
        self.states = states
    }

    /// The state at a time; nil after the end.
    func subStatus(at time: Moment) -> String? {
        states.first { time < $0.until }?.subStatus
    }
}

import Records
import Stages

/// Gives every request of a source its leave, those for tokens too: what one request learns holds for all.
///
/// Nobody starts before a Retry-After is over, and nobody starts whose leave is older than a refusal: the loop gives
/// back what it has not sent, to wait for a new one at the new pace. Waiting that cannot end well, because the run's
/// time is over before, ends at once.
actor Limiter {
    /// A request's leave to start.
    struct Turn: Sendable {
        let epoch: Int
        let hadWaited: Bool
        /// Seconds left to the run; nil without a deadline.
        let timeLeft: Double?
    }

    /// Who asks for leave.
    enum Asker {
        case stage
        /// A token belongs to no stage's budget.
        case token
        /// A stage before its turn, which gives way to everybody.
        case early
    }

    /// Leave for some requests at once.
    struct Leave: Sendable {
        let turn: Turn
        let count: Int
        /// Whether more were wanted than are due.
        let isHeldBack: Bool
        /// Requests under way at once.
        let window: Int
        /// After this many seconds without a byte, one of many small answers counts as stalled; nil while nothing is
        /// known of them.
        let idle: Double?
        /// When more will be due; nil if none is held back.
        let next: ContinuousClock.Instant?
        /// When the time of the run or of the stage is over.
        let end: ContinuousClock.Instant?
    }

    private let clock = ContinuousClock()
    private let origin: ContinuousClock.Instant
    var pace: Pace
    var latency = LatencyWatch()
    var window: Window
    var standstill = Standstill()
    /// Counts the times that the pace was lowered.
    var epoch = 0
    private var deadline: RunDeadline?
    var budget: StageBudget?
    var contact = Contact()
    var silence = SilentLimit()
    let waits: Waits

    init(rate: Double?, maxInFlight: Int = 8, waits: Waits = Waits()) {
        pace = Pace(ceiling: rate)
        window = Window(most: maxInFlight)
        origin = clock.now
        self.waits = waits
    }

    /// What a run knows before it asks anything.
    func begin(pace known: Double?, deadline: RunDeadline?) {
        if let known { pace.begin(below: known) }
        self.deadline = deadline
        contact.begin(at: now)
    }

    /// What the stage that begins may ask for; nil for as much as the run.
    func allow(_ budget: StageBudget?) { self.budget = budget }

    /// The pace worth remembering; nil if Apple never refused, because what came through then tells of the machine,
    /// the network and the user's own limit, not of Apple's.
    var learned: Double? { pace.sustained(at: contact.lastAnswer) }

    // MARK: Leave

    /// Waits until the next request may start.
    func turn(for asker: Asker = .stage) async throws -> Turn {
        var wasHeldBack = false
        while true {
            let leave = try leave(for: 1, wasHeldBack: wasHeldBack, asker)
            if leave.count > 0 { return leave.turn }
            wasHeldBack = true
            if let next = [leave.next, leave.end].compactMap({ $0 }).min() { try await clock.sleep(until: next) }
        }
    }

    /// Leave for as many as are due.
    ///
    /// - Parameters:
    ///   - underWay: those that have leave and no answer yet.
    ///   - wasHeldBack: whether fewer had leave the last time than were wanted.
    func leave(
        for wanted: Int,
        underWay: Int = 0,
        wasHeldBack: Bool = false,
        _ asker: Asker = .stage
    ) throws(APIError) -> Leave {
        if asker == .early, wanted > 0, !isUnlimited { throw .budgetSpent }
        var most = min(wanted, window.size + pace.lookahead - underWay)
        if asker == .stage, wanted > 0, let left = budget?.requests {
            // What is under way has had its leave, and some of it may be given back.
            if left <= 0, underWay == 0 { throw .budgetSpent }
            most = min(most, left)
        }
        let left = try timeLeft()
        let now = now
        var next: Double?
        var count = 0
        if now < standstill.end {
            try checkPause()
            next = standstill.end
        } else {
            try checkSilence()
            count = pace.take(most, at: now)
            if count < most { next = pace.nextSlot }
        }
        if let left, let due = next, count == 0, underWay == 0, left <= due - now { throw outOfTime }
        if asker == .stage, let requests = budget?.requests { budget?.requests = requests - count }
        return Leave(
            turn: Turn(epoch: epoch, hadWaited: wasHeldBack, timeLeft: runTimeLeft),
            count: count,
            isHeldBack: count < most,
            window: window.size,
            idle: latency.patience,
            next: next.map { origin + .seconds($0) },
            end: left.map { origin + .seconds(now + $0) }
        )
    }

    /// Waits, unless the time of the run or of the stage is over before the wait is.
    func rest(for seconds: Double) async throws {
        try mayRest(for: seconds)
        try await clock.sleep(for: .seconds(seconds))
    }

    func mayRest(for seconds: Double) throws(APIError) {
        if let left = try timeLeft(), left <= seconds { throw outOfTime }
    }

    /// Seconds left to the run and to the stage; nil without a deadline.
    func timeLeft() throws(APIError) -> Double? {
        guard let end = [deadline?.instant, budget?.deadline].compactMap({ $0 }).min() else { return nil }
        let left = (end - clock.now).inSeconds
        if left <= 0 { throw outOfTime }
        return left
    }

    /// The same to the run alone: a request that is under way when the stage's time ends may still be answered.
    var runTimeLeft: Double? { deadline.map { max(0.001, ($0.instant - clock.now).inSeconds) } }

    /// What the earlier of the two deadlines means: that of the stage ends nothing but the stage.
    private var outOfTime: APIError {
        guard let deadline, deadline.instant <= budget?.deadline ?? deadline.instant else { return .budgetSpent }
        return deadline.error
    }

    /// Whether neither Apple nor the user sets a pace.
    private var isUnlimited: Bool { pace.isUnlimited && now >= standstill.end }

    private func checkPause() throws(APIError) {
        guard standstill.end - now > waits.longest else { return }
        throw .waitTooLong(standstill.end - now, longest: waits.longest)
    }

    private func checkSilence() throws(APIError) {
        if now - max(contact.lastAnswer, standstill.end) > waits.longestSilence { throw .silent(waits.longestSilence) }
        if standstill.unnamed > 0, now - contact.lastCleanAnswer > waits.longest {
            throw .refusedThroughout(waits.longest)
        }
    }

    var now: Double { (clock.now - origin).inSeconds }
}

import Records
import Stages

/// Gives permission to every request of a source, also to token requests. All requests share what one of them learns.
///
/// No request starts before a Retry-After is over, nor with permission older than a refusal: the loop returns its
/// unsent requests, which wait for new permission at the new pace. A wait that would outlast the run ends at once.
actor Limiter {
    /// A request's permission to start.
    struct Turn: Sendable {
        let epoch: Int
        let hadWaited: Bool
        /// Seconds left in the run; nil without a deadline.
        let timeLeft: Double?
    }

    /// The kind of requester.
    enum Asker {
        case stage
        /// A token request counts toward no stage's budget.
        case token
        /// A stage before its turn. All others go first.
        case early
    }

    /// Permission for several requests at once.
    struct Leave: Sendable {
        let turn: Turn
        let count: Int
        /// Whether more requests were wanted than are due.
        let isHeldBack: Bool
        /// How many requests may be in flight at once.
        let window: Int
        /// Seconds without a byte after which one of many small answers counts as stalled; nil while no answer times
        /// are known.
        let idle: Double?
        /// The same of an answer that may be a page of a list; nil while no page is known.
        let idleWithPages: Double?
        /// When more requests are due; nil if none are held back.
        let next: ContinuousClock.Instant?
        /// When the time of the run or of the stage ends.
        let end: ContinuousClock.Instant?
    }

    private let clock = ContinuousClock()
    private let origin: ContinuousClock.Instant
    var pace: Pace
    var latency = LatencyWatch()
    var window: Window
    var standstill = Standstill()
    /// Counts how often the pace was lowered.
    var epoch = 0
    /// Whether nothing has been answered since requests were left unanswered.
    var isUnproven = false
    private var deadline: RunDeadline?
    private var lease: (any Lease)?
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

    /// Sets the pace, the deadline, and the lease that are known before the first request.
    func begin(pace known: Double?, deadline: RunDeadline?, lease: (any Lease)? = nil) {
        if let known { pace.begin(below: known) }
        self.deadline = deadline
        self.lease = lease
        contact.begin(at: now)
    }

    /// The budget of the stage that begins; nil for no limit but the run's.
    func allow(_ budget: StageBudget?) { self.budget = budget }

    /// The pace to remember for the next run. Nil if Apple never refused: the pace then depends on the machine, the
    /// network and the user's limit, not on Apple's. Nil, too, if nothing was answered after the last silence: that
    /// may be a fault.
    var learned: Double? { isUnproven ? nil : pace.sustained(at: contact.lastAnswer) }

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

    /// Permission for as many requests as are due.
    ///
    /// - Parameters:
    ///   - underWay: the number of requests with permission and without an answer.
    ///   - wasHeldBack: whether the last call granted fewer than were wanted.
    func leave(
        for wanted: Int,
        underWay: Int = 0,
        wasHeldBack: Bool = false,
        _ asker: Asker = .stage
    ) throws(APIError) -> Leave {
        do throws(Failure) { try lease?.require() } catch { throw .leaseLost(error) }
        if asker == .early, wanted > 0, !isUnlimited { throw .budgetSpent }
        var most = min(wanted, window.size + pace.lookahead - underWay)
        if asker == .stage, wanted > 0, let left = budget?.requests {
            // Requests in flight have their permission, and some of it may be returned.
            if left <= 0, underWay == 0 { throw .budgetSpent }
            most = min(most, left)
        }
        let left = try timeLeft()
        let now = now
        if asker == .stage, wasHeldBack { standstill.began(at: now) }
        var next: Double?
        var count = 0
        if now < standstill.end {
            try checkPause()
            next = standstill.end
        } else {
            try checkSilence()
            // The next request is that of the stage that waits for it, even if an early one comes first.
            let behind = asker == .early && standstill.due != nil ? 1 / pace.rate : 0
            count = pace.take(most, at: now - behind)
            if count < most { next = pace.nextSlot + behind }
        }
        if let left, let due = next, count == 0, underWay == 0, left <= due - now { throw outOfTime }
        if asker == .stage, let requests = budget?.requests { budget?.requests = requests - count }
        if asker == .stage { standstill.due = count < most ? next : nil }
        return Leave(
            turn: Turn(epoch: epoch, hadWaited: wasHeldBack, timeLeft: runTimeLeft),
            count: count,
            isHeldBack: count < most,
            window: window.size,
            idle: latency.patience,
            idleWithPages: latency.patienceWithPages,
            next: next.map { origin + .seconds($0) },
            end: left.map { origin + .seconds(now + $0) }
        )
    }

    /// Waits, unless the run or the stage would end before the wait does.
    func rest(for seconds: Double) async throws {
        try mayRest(for: seconds)
        try await clock.sleep(for: .seconds(seconds))
    }

    func mayRest(for seconds: Double) throws(APIError) {
        if let left = try timeLeft(), left <= seconds { throw outOfTime }
    }

    /// Seconds left in the run and in the stage; nil without a deadline.
    func timeLeft() throws(APIError) -> Double? {
        guard let end = [deadline?.instant, budget?.deadline].compactMap({ $0 }).min() else { return nil }
        let left = (end - clock.now).inSeconds
        if left <= 0 { throw outOfTime }
        return left
    }

    /// Seconds left in the run alone. A request in flight at the end of the stage's time may still be answered.
    var runTimeLeft: Double? { deadline.map { max(0.001, ($0.instant - clock.now).inSeconds) } }

    /// The error of the earlier deadline. The stage's deadline ends only the stage.
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

import Pipeline

/// Gives every request of a source its turn, those for tokens too: what one request learns holds for all.
///
/// Nobody starts before a Retry-After is over, and nobody starts whose turn was given out before a refusal: it waits for
/// a new one at the new pace. Waiting that cannot end well, because the run's time is over before, ends at once.
actor Limiter {
    /// A request's leave to start.
    struct Turn: Sendable {
        fileprivate let epoch: Int
        fileprivate let hadWaited: Bool
        fileprivate let startedAt: Double
        /// Seconds left to the run; nil without a deadline.
        let timeLeft: Double?
    }

    /// In seconds: less is no sign that the pace holds requests back.
    private static let noWait = 0.001

    private let clock = ContinuousClock()
    private let origin: ContinuousClock.Instant
    private var pace: Pace
    private var latency = LatencyWatch()
    private var pausedUntil = 0.0
    /// Counts the times that the pace was lowered.
    private var epoch = 0
    private var deadline: RunDeadline?
    private var budget: StageBudget?
    private var lastAnswer = 0.0
    private(set) var hasHeard = false
    /// Waits in a row for which no time was named.
    private var unnamedWaits = 0
    private let longestWait: Double
    private let longestSilence: Double
    private let unnamedWait: Double

    /// - Parameters:
    ///   - longestWait: the longest Retry-After, in seconds, that is waited for.
    ///   - longestSilence: so long without any answer, in seconds, and nothing more is asked.
    ///   - unnamedWait: the wait, in seconds, after a first refusal that names none.
    init(rate: Double?, longestWait: Double = 600, longestSilence: Double = 300, unnamedWait: Double = 5) {
        pace = Pace(ceiling: rate)
        origin = clock.now
        self.longestWait = longestWait
        self.longestSilence = longestSilence
        self.unnamedWait = unnamedWait
    }

    /// What a run knows before it asks anything.
    func begin(pace known: Double?, deadline: RunDeadline?) {
        if let known { pace.begin(below: known) }
        self.deadline = deadline
        lastAnswer = now
    }

    /// What the stage that begins may ask for; nil for as much as the run.
    func allow(_ budget: StageBudget?) { self.budget = budget }

    /// The pace worth remembering; nil where Apple never refused, because what came through then tells of the machine,
    /// the network and the user's own limit, not of Apple's.
    var learned: Double? { pace.sustained(at: lastAnswer) }

    /// Waits until the next request may start. One for a token is not the stage's.
    func turn(isForToken: Bool = false) async throws -> Turn {
        while true {
            if !isForToken, let left = budget?.requests, left <= 0 { throw APIError.budgetSpent }
            if now < pausedUntil {
                try checkPause()
                try await rest(for: pausedUntil - now)
                continue
            }
            try checkSilence()
            let (asked, turnOf) = (now, epoch)
            let slot = pace.reserve(at: asked)
            if slot > asked { try await rest(for: slot - asked) }
            if epoch == turnOf, now >= pausedUntil {
                _ = try timeLeft()
                if !isForToken, let left = budget?.requests {
                    // Others may have taken the last ones meanwhile.
                    if left <= 0 { throw APIError.budgetSpent }
                    budget?.requests = left - 1
                }
                return Turn(
                    epoch: turnOf,
                    hadWaited: slot - asked > Self.noWait,
                    startedAt: now,
                    timeLeft: runTimeLeft
                )
            }
        }
    }

    /// Waits, unless the time of the run or of the stage is over before the wait is.
    func rest(for seconds: Double) async throws {
        if let left = try timeLeft(), left <= seconds { throw outOfTime }
        try await clock.sleep(for: .seconds(seconds))
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

    private func checkPause() throws(APIError) {
        guard pausedUntil - now > longestWait else { return }
        throw APIError(
            .outOfTime,
            "Apple's rate limit asks to wait \(Int(pausedUntil - now)) s, longer than max_wait (\(Int(longestWait)) s)",
            advice: "run it again later, or raise max_wait of the source; the next run goes on from there"
        )
    }

    private func checkSilence() throws(APIError) {
        _ = try timeLeft()
        guard now - max(lastAnswer, pausedUntil) > longestSilence else { return }
        throw APIError(
            .outOfTime,
            "Apple has not answered anything for \(Int(longestSilence)) s",
            advice: "check network and proxy; the next run goes on from there"
        )
    }

    /// A clean answer.
    func answered(_ turn: Turn, bytes: Int) {
        heard()
        unnamedWaits = 0
        pace.answered(hadWaited: turn.hadWaited, at: now)
        if latency.isRising(seconds: now - turn.startedAt, bytes: bytes) { strain(turn) }
    }

    /// Any answer, so Apple is there.
    func heard() {
        lastAnswer = now
        hasHeard = true
    }

    /// 429: everybody waits. Requests that were under way together lower the pace once, and lengthen the wait once.
    ///
    /// - Returns: the wait, in seconds.
    @discardableResult
    func refused(_ turn: Turn, retryAfter: Double?) -> Double {
        heard()
        let isFirst = isFirst(turn)
        if isFirst, retryAfter == nil { unnamedWaits += 1 }
        let wait = hold(for: retryAfter ?? currentUnnamedWait)
        if isFirst { pace.refused(wait: wait, at: now) }
        return wait
    }

    /// The connection ended under the request.
    func dropped(_ turn: Turn) { strain(turn) }

    /// Nobody sends for so long; where no time was named, for 5 seconds, and twice that each time in a row.
    func pause(for retryAfter: Double?) {
        if retryAfter == nil { unnamedWaits += 1 }
        hold(for: retryAfter ?? currentUnnamedWait)
    }

    @discardableResult
    private func hold(for wait: Double) -> Double {
        pausedUntil = max(pausedUntil, now + wait)
        return wait
    }

    private var currentUnnamedWait: Double { unnamedWait * min(12, Double(1 << max(0, min(unnamedWaits - 1, 4)))) }

    private func strain(_ turn: Turn) {
        if isFirst(turn) { pace.strained(at: now) }
    }

    /// Whether this request is the first to tell of those that were under way together.
    private func isFirst(_ turn: Turn) -> Bool {
        guard turn.epoch == epoch else { return false }
        epoch += 1
        return true
    }

    private var now: Double { (clock.now - origin).inSeconds }
}

extension APIError {
    /// Never shown: the stage counts what waits.
    fileprivate static let budgetSpent = APIError(.budgetSpent, "the stage may ask no more in this run")
}

extension RunDeadline {
    fileprivate var error: APIError {
        APIError(
            .outOfTime,
            "the time for asking Apple (\(setting)) was over",
            advice: "the next run goes on from there"
        )
    }
}

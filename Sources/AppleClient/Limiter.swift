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
    private var lastAnswer = 0.0
    private var answers = 0
    private(set) var hasHeard = false
    /// Refusals in a row that named no time to wait.
    private var silentRefusals = 0
    private let longestWait: Double
    private let longestSilence: Double

    /// - Parameters:
    ///   - longestWait: the longest Retry-After, in seconds, that is waited for.
    ///   - longestSilence: so long without any answer, in seconds, and nothing more is asked.
    init(rate: Double?, longestWait: Double = 600, longestSilence: Double = 300) {
        pace = Pace(ceiling: rate)
        origin = clock.now
        self.longestWait = longestWait
        self.longestSilence = longestSilence
    }

    /// What a run knows before it asks anything.
    func begin(pace known: Double?, deadline: RunDeadline?) {
        if let known { pace.begin(below: known) }
        self.deadline = deadline
        lastAnswer = now
    }

    /// The pace worth remembering; nil while there is too little to go by.
    var learned: Double? {
        if let sustained = pace.sustained(at: lastAnswer) { return sustained }
        return answers >= 100 ? Double(answers) / max(0.1, lastAnswer) : nil
    }

    /// Waits until the next request may start.
    func turn() async throws -> Turn {
        while true {
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
                return Turn(
                    epoch: turnOf,
                    hadWaited: slot - asked > Self.noWait,
                    startedAt: now,
                    timeLeft: try timeLeft()
                )
            }
        }
    }

    /// Waits, unless the run's time is over before the wait is.
    func rest(for seconds: Double) async throws {
        if let deadline, clock.now + .seconds(seconds) >= deadline.instant { throw deadline.error }
        try await clock.sleep(for: .seconds(seconds))
    }

    /// Seconds left to the run; nil without a deadline.
    func timeLeft() throws(APIError) -> Double? {
        guard let deadline else { return nil }
        let left = (deadline.instant - clock.now).inSeconds
        if left <= 0 { throw deadline.error }
        return left
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
        answers += 1
        silentRefusals = 0
        pace.answered(hadWaited: turn.hadWaited, at: now)
        if latency.isRising(seconds: now - turn.startedAt, bytes: bytes) { strain(turn) }
    }

    /// Any answer, so Apple is there.
    func heard() {
        lastAnswer = now
        hasHeard = true
    }

    /// 429: everybody waits. Requests that were under way together lower the pace once.
    func refused(_ turn: Turn, retryAfter: Double?) {
        heard()
        let wait = pause(for: retryAfter)
        guard isFirst(turn) else { return }
        pace.refused(wait: wait, at: now)
    }

    /// The connection ended under the request.
    func dropped(_ turn: Turn) { strain(turn) }

    /// Nobody sends for so long; where no time was named, for 5 seconds, and twice that each time in a row.
    @discardableResult
    func pause(for retryAfter: Double?) -> Double {
        if retryAfter == nil { silentRefusals += 1 }
        let wait = retryAfter ?? min(60, 5 * Double(1 << min(silentRefusals - 1, 4)))
        pausedUntil = max(pausedUntil, now + wait)
        return wait
    }

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

extension RunDeadline {
    fileprivate var error: APIError {
        APIError(
            .outOfTime,
            "the time for asking Apple (\(setting)) was over",
            advice: "the next run goes on from there"
        )
    }
}

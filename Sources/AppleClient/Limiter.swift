import Pipeline

/// Spaces the requests of all tasks. One per source: what one request learns holds for all.
///
/// Without a limit of our own it sends as fast as answers come, until Apple answers 429: then nobody sends before the
/// time Apple names, and from there on at half the pace seen until then, growing slowly while answers are clean.
actor Limiter {
    private let clock = ContinuousClock()
    private let ceiling: Double?
    /// Requests a second; nil while no limit is known.
    private var rate: Double?
    private var nextSlot: ContinuousClock.Instant
    private var pausedUntil: ContinuousClock.Instant
    private var loweredAt: ContinuousClock.Instant
    /// Starts since `countingSince`, to know the pace at which Apple refused.
    private var started = 0
    private var countingSince: ContinuousClock.Instant

    init(rate: Double?) {
        ceiling = rate
        self.rate = rate
        let now = clock.now
        nextSlot = now
        pausedUntil = now
        loweredAt = now
        countingSince = now
    }

    /// Waits until the next request may start.
    ///
    /// - Returns: when it started, for ``refused(startedAt:retryAfter:)``.
    func waitForTurn() async throws -> ContinuousClock.Instant {
        while true {
            let now = clock.now
            if now < pausedUntil {
                try await clock.sleep(until: pausedUntil)
                continue
            }
            let slot = max(now, nextSlot)
            if let rate { nextSlot = slot + .seconds(1 / rate) }
            if slot > now { try await clock.sleep(until: slot) }
            if clock.now < pausedUntil { continue }
            started += 1
            return clock.now
        }
    }

    /// A clean answer.
    func answered() {
        guard let current = rate else { return }
        let grown = current + max(0.01, 0.05 / max(1, current))
        rate = ceiling.map { min($0, grown) } ?? grown
    }

    /// Apple refused with 429. Refusals of requests that were under way together count once.
    func refused(startedAt: ContinuousClock.Instant, retryAfter: Double) {
        let now = clock.now
        pausedUntil = max(pausedUntil, now + .seconds(retryAfter))
        guard startedAt > loweredAt else { return }
        let seen = Double(started) / max(0.05, (now - countingSince).inSeconds)
        rate = max(0.05, min(rate ?? .infinity, seen) / 2)
        loweredAt = now
        countingSince = pausedUntil
        started = 0
        nextSlot = pausedUntil
    }
}

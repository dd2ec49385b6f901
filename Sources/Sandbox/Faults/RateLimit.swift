/// The request limit, and whether clients obey its waits.
struct RateLimit {
    private var bucket: TokenBucket?
    /// The last wait that a client was given, from beginning to end.
    private var promised: Range<ContinuousClock.Instant>?
    /// Until this time no request is admitted, whatever the rate.
    private var closedUntil: ContinuousClock.Instant?
    /// Requests that were in flight when the client was told to wait do not count as too early.
    private static let grace = Duration.milliseconds(100)

    init(rate: Double?, burst: Int?) {
        bucket = rate.flatMap { $0 > 0 ? TokenBucket(rate: $0, burst: burst) : nil }
    }

    mutating func admit(now: ContinuousClock.Instant = .now) -> (wait: Int?, isTooEarly: Bool) {
        let isTooEarly = promised?.contains(now) ?? false
        if let closedUntil, now < closedUntil { return (1, isTooEarly) }
        return (bucket?.take(now: now), isTooEarly)
    }

    /// Admits no request for this long. Requests in the meantime do not extend it.
    mutating func close(for time: Duration, now: ContinuousClock.Instant = .now) {
        if closedUntil.map({ $0 <= now }) ?? true { closedUntil = now + time }
    }

    mutating func promise(wait: Int, now: ContinuousClock.Instant = .now) {
        let end = now + .seconds(wait)
        if let promised, now < promised.upperBound {
            self.promised = promised.lowerBound..<max(promised.upperBound, end)
        } else {
            promised = (now + Self.grace)..<end
        }
    }
}

/// The request limit, and whether clients heed what they are told about it.
struct RateLimit {
    private var bucket: TokenBucket?
    /// When the client was last told to wait, and until when.
    private var promised: Range<ContinuousClock.Instant>?
    /// Until when nothing is admitted, whatever the rate.
    private var closedUntil: ContinuousClock.Instant?
    /// What was on its way when the client was told is not held against it.
    private static let grace = Duration.milliseconds(100)

    init(rate: Double?, burst: Int?) {
        bucket = rate.flatMap { $0 > 0 ? TokenBucket(rate: $0, burst: burst) : nil }
    }

    mutating func admit(now: ContinuousClock.Instant = .now) -> (wait: Int?, isTooEarly: Bool) {
        let isTooEarly = promised?.contains(now) ?? false
        if let closedUntil, now < closedUntil { return (1, isTooEarly) }
        return (bucket?.take(now: now), isTooEarly)
    }

    /// Nothing is admitted for this long; requests in the meantime do not extend it.
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

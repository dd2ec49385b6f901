/// Admits a burst at once, and then a steady rate.
struct TokenBucket {
    let rate: Double
    let capacity: Double
    private var level: Double
    private var filled: ContinuousClock.Instant

    init(rate: Double, burst: Int?, now: ContinuousClock.Instant = .now) {
        self.rate = rate
        capacity = max(1, burst.map(Double.init) ?? rate)
        level = capacity
        filled = now
    }

    /// Takes a token. If there is none, returns the whole seconds until the next one.
    mutating func take(now: ContinuousClock.Instant = .now) -> Int? {
        let passed = filled.duration(to: now)
        level = min(capacity, level + rate * (passed / .seconds(1)))
        filled = now
        guard level < 1 else {
            level -= 1
            return nil
        }
        return Int(min(max(1, ((1 - level) / rate).rounded(.up)), 86_400))
    }
}

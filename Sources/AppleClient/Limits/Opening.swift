/// The answers before the first refusal.
struct Opening {
    private var times: [Double] = []

    private static let most = 1024
    /// In seconds of the limit: the burst that a limit probably allows at once.
    private static let burst = 0.26
    /// The estimate if Apple refuses before it has answered anything.
    private static let unanswered = 50.0

    mutating func answered(at now: Double) {
        if times.count == Self.most { times.removeFirst(Self.most / 2) }
        times.append(now)
    }

    /// The rate of the busiest period until now. Slow requests before it say nothing.
    func estimate(at now: Double) -> Double {
        let times = times.prefix { $0 <= now }
        let rates = times.enumerated().map { index, time in
            Double(times.count - index) / (Self.burst + now - time)
        }
        return rates.max() ?? Self.unanswered
    }
}

/// How often and how long to try again.
package struct Patience: Sendable {
    package var attempts: Int
    /// The first wait, in seconds; doubled each time, up to `longestBackoff`.
    package var firstBackoff: Double
    package var longestBackoff: Double
    /// The longest Retry-After that we obey, in seconds; nil for the source's `max_wait`.
    package var longestWait: Double?

    /// Attempts, and seconds, before the first answer: a wrong name or a closed port is reported soon.
    private static let firstContact = (attempts: 4, seconds: 12.0)

    package init(attempts: Int = 6, firstBackoff: Double = 0.5, longestBackoff: Double = 30, longestWait: Double? = nil)
    {
        self.attempts = attempts
        self.firstBackoff = firstBackoff
        self.longestBackoff = longestBackoff
        self.longestWait = longestWait
    }

    /// The same patience, with at most this many attempts.
    func trying(_ most: Int) -> Patience {
        var patience = self
        patience.attempts = min(attempts, most)
        return patience
    }

    /// Full jitter, so that tasks that failed together do not retry together.
    func backoff(beforeAttempt attempt: Int) -> Double {
        let ceiling = min(longestBackoff, firstBackoff * Double(1 << min(attempt - 1, 16)))
        return Double.random(in: ceiling / 2...ceiling)
    }

    /// Whether to stop if no connection can be made. Later in a run, we wait for a network that is down for a minute.
    func isOver(after attempts: Int, seconds: Double, hasAnswered: Bool) -> Bool {
        if hasAnswered { return attempts >= self.attempts + 2 }
        return attempts >= min(self.attempts, Self.firstContact.attempts) || seconds > Self.firstContact.seconds
    }
}

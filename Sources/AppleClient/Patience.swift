/// How often and how long to try again.
package struct Patience: Sendable {
    package var attempts: Int
    /// The first wait, in seconds; doubled each time, up to `longestBackoff`.
    package var firstBackoff: Double
    package var longestBackoff: Double
    /// The longest Retry-After that is obeyed, in seconds.
    package var longestWait: Double

    package init(attempts: Int = 6, firstBackoff: Double = 0.5, longestBackoff: Double = 30, longestWait: Double = 600)
    {
        self.attempts = attempts
        self.firstBackoff = firstBackoff
        self.longestBackoff = longestBackoff
        self.longestWait = longestWait
    }

    /// Full jitter, so that tasks that failed together do not come back together.
    func wait(beforeAttempt attempt: Int) async throws {
        let ceiling = min(longestBackoff, firstBackoff * Double(1 << min(attempt - 1, 16)))
        try await Task.sleep(for: .seconds(Double.random(in: ceiling / 2...ceiling)))
    }
}

/// How fast a source answers.
struct AnswerRate {
    /// Whether so many answers come that delivering each would cost more than waiting for others.
    private(set) var isFast = false
    private var counted = (since: ContinuousClock.Instant.now, answers: 0)

    /// Twenty answers in this time, a thousand a second, are fast.
    private static let counting = (time: Duration.milliseconds(20), answers: 20)

    /// Counts an answer.
    mutating func count(at now: ContinuousClock.Instant) {
        counted.answers += 1
        let elapsed = now - counted.since
        guard elapsed >= Self.counting.time else { return }
        isFast = elapsed * Self.counting.answers <= Self.counting.time * counted.answers
        counted = (now, 0)
    }
}

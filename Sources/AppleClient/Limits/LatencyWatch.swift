/// Notices answers that get slower and slower: a server's sign of too many requests before it refuses.
struct LatencyWatch {
    private var best = Double.infinity
    private var smooth: Double?
    private var slowest = 0.0
    /// Of the larger answers; zero while none is known.
    private var slowestLarge = 0.0
    private var answers = 0
    private var answersSinceAlarm = 0

    /// Average time of a small answer, in seconds.
    var average: Double { smooth ?? 0 }

    /// Longest wait for a small answer, in seconds; nil while too few answers are known.
    var patience: Double? {
        answers < Self.fewAnswers ? nil : max(Self.shortestPatience, 20 * average, 4 * slowest)
    }

    /// Longest wait for an answer that may be a page of a list, in seconds; nil while no page is known.
    var patienceWithPages: Double? {
        slowestLarge == 0 ? nil : max(Self.shortestPatienceWithPages, patience ?? 0, 20 * slowestLarge)
    }

    private static let fewAnswers = 8
    private static let shortestPatience = 2.0
    private static let shortestPatienceWithPages = 5.0
    /// Larger answers, such as pages of a list, take long for another reason.
    private static let largestAnswer = 64 << 10
    private static let answersBetweenAlarms = 32

    /// - Returns: whether answers have become far slower than the best ones.
    mutating func isRising(seconds: Double, bytes: Int) -> Bool {
        guard bytes <= Self.largestAnswer else {
            slowestLarge = max(seconds, slowestLarge * 0.99)
            return false
        }
        let average = smooth.map { $0 + (seconds - $0) / 8 } ?? seconds
        smooth = average
        answers += 1
        // Decays over time, so that one slow answer does not raise the patience forever.
        slowest = max(seconds, slowest * 0.999)
        // Grows a little with each answer, so that a server that has become slower for good can recover.
        best = min(best * 1.002, average)
        answersSinceAlarm += 1
        guard answersSinceAlarm >= Self.answersBetweenAlarms, average > max(4 * best, best + 1) else { return false }
        answersSinceAlarm = 0
        return true
    }
}

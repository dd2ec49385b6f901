/// Notices that answers take ever longer, which is how a server says that it is being asked too much before it refuses.
struct LatencyWatch {
    private var best = Double.infinity
    private var smooth: Double?
    private var answersSinceAlarm = 0

    /// A page of a list takes long for another reason.
    private static let largestAnswer = 64 << 10
    private static let answersBetweenAlarms = 32

    /// - Returns: whether answers have become far slower than the best ones.
    mutating func isRising(seconds: Double, bytes: Int) -> Bool {
        guard bytes <= Self.largestAnswer else { return false }
        let average = smooth.map { $0 + (seconds - $0) / 8 } ?? seconds
        smooth = average
        // Grows a little with each answer, so that a server that has become slower for good is not held against it.
        best = min(best * 1.002, average)
        answersSinceAlarm += 1
        guard answersSinceAlarm >= Self.answersBetweenAlarms, average > max(4 * best, best + 1) else { return false }
        answersSinceAlarm = 0
        return true
    }
}

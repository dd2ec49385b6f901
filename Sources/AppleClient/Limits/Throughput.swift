/// The rate between refusals, including the waits. If Apple's limit causes the refusals, this rate is below the limit,
/// however the requests were spaced.
struct Throughput {
    var answers = 0
    private(set) var best = 0.0
    private var since: Double?

    /// Fewer answers say nothing.
    private static let enough = 32

    mutating func leaveOut(_ seconds: Double) { since = since.map { $0 + seconds } }

    mutating func refused(at now: Double) {
        guard let began = since else {
            // The answers before the first refusal include Apple's burst.
            since = now
            answers = 0
            return
        }
        guard answers >= Self.enough, now > began else { return }
        // A lowered limit must be noticed in the end.
        best = max(best * 0.98, Double(answers) / (now - began))
        since = now
        answers = 0
    }
}

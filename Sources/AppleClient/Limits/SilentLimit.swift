/// Notices a limit that leaves requests unanswered, one after another, instead of refusing them.
struct SilentLimit {
    private var inARow = 0
    private var cleanInARow = 0
    /// Whether the last finding is such a limit.
    private var isKnown = false
    /// Requests with older permission only confirm a known limit.
    private var since = 0

    /// Fewer happen by chance: on a healthy network, one answer in a hundred may stall.
    private static let enough = 3
    /// After this many answers, the next stall may be chance again.
    private static let forgotten = 64

    mutating func answered() {
        inARow = 0
        cleanInARow += 1
        if cleanInARow >= Self.forgotten { isKnown = false }
    }

    /// Whether an unanswered request with permission of this age is a sign of a limit.
    mutating func isSign(of epoch: Int) -> Bool {
        guard epoch >= since else { return false }
        inARow += 1
        cleanInARow = 0
        return inARow >= (isKnown ? 1 : Self.enough)
    }

    mutating func began(with epoch: Int) {
        since = epoch
        inARow = 0
        isKnown = true
    }
}

/// How many requests may be in flight at once: few at first, one more for each few clean answers.
struct Window {
    private(set) var size: Int
    private let most: Int
    private var answers = 0

    private static let answersForOneMore = 8

    init(most: Int) {
        self.most = most
        size = min(most, 2)
    }

    mutating func answered() {
        guard size < most else { return }
        answers += 1
        guard answers >= Self.answersForOneMore else { return }
        answers = 0
        size += 1
    }

    mutating func narrow(to count: Int) {
        size = min(size, max(1, count))
        answers = 0
    }
}

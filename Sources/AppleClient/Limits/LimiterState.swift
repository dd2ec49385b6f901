import Stages

extension Limiter {
    /// How long the limiter waits, in seconds.
    struct Waits: Sendable {
        /// The longest Retry-After that we wait for.
        var longest = 600.0
        /// After this long without any answer, we send no more requests.
        var longestSilence = 300.0
        /// The wait after a first refusal without Retry-After.
        var unnamed = 5.0
    }

    /// When Apple answered, in seconds of the limiter's clock.
    struct Contact: Sendable {
        private(set) var lastAnswer = 0.0
        private(set) var lastCleanAnswer = 0.0
        private(set) var hasHeard = false

        mutating func begin(at now: Double) { (lastAnswer, lastCleanAnswer) = (now, now) }

        mutating func heard(at now: Double) { (lastAnswer, hasHeard) = (now, true) }

        mutating func heardClean(at now: Double) { lastCleanAnswer = now }
    }

    /// A period in which no request starts.
    struct Standstill: Sendable {
        private(set) var end = 0.0
        /// Pauses in a row without a named time.
        var unnamed = 0
        var met = LimitsMet()
        /// When the requests that are held back may start; nil if none are.
        var due: Double?

        /// A request that was held back is asked for again.
        mutating func began(at now: Double) {
            guard let due else { return }
            met.latestTurn = max(met.latestTurn, now - due)
        }

        /// Counts only the added time.
        mutating func last(_ wait: Double, from now: Double) {
            let later = max(end, now + wait)
            met.seconds += later - max(end, now)
            end = later
        }
    }

    var met: LimitsMet { standstill.met }
    /// Whether Apple has answered any request yet.
    var hasHeard: Bool { contact.hasHeard }
}

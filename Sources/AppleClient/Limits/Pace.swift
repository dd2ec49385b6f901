/// How fast requests may follow one another, learned from Apple's answers. Pure: every moment is given, in seconds.
///
/// It doubles every few clean answers until Apple first refuses; the first estimate is what came through by then, less
/// the burst that a limit usually lets through at once. A later refusal tells two bounds: what came through while
/// sending is more than the limit, what came through with the wait counted in is less; the estimate is between them.
/// Each refusal halves the pace; a few clean answers later it is back at the estimate, and from there it
/// probes: hardly at first, ever faster while nothing is refused. Since a refusal costs its wait, the longer the wait,
/// the slower the probing. Refusals that have nothing to do with the pace cannot make it crawl: as long as they come
/// often, the pace stays above what has come through lately, waits and all.
struct Pace {
    /// The user's own limit.
    private let ceiling: Double
    /// Requests a second, before the ceiling.
    private var pace = Pace.first
    /// The pace that Apple seems to allow; nil until it has refused.
    private var limit: Double?
    private(set) var nextSlot = 0.0
    /// How long the last refusal made everybody wait.
    private var lastWait = 0.0
    /// Since sending resumed after the last refusal.
    private var stretch = Stretch()
    /// Since the pace last reached the estimate, or since the beginning.
    private var plateau: Stretch? = Stretch()
    private var probes = 0
    private var opening = Opening()
    private var throughput = Throughput()

    private struct Stretch {
        var answers = 0
        var since = 0.0

        func rate(until now: Double) -> Double { Double(max(1, answers)) / max(0.01, now - since) }

        /// A few answers, or those of one moment, do not show what can be sustained.
        func sustainedRate(until now: Double) -> Double? {
            answers >= 32 && now - since >= 1 ? rate(until: now) : nil
        }
    }

    fileprivate static let first = 50.0
    private static let slowest = 0.005
    /// Each clean answer below the estimate; eight double the pace.
    private static let growth = 1.090_507_732_665_257_7
    private static let answersForProbing = 100.0
    /// Probing takes at least this many waits to gain its first tenth.
    private static let waitsForProbing = 10.0
    /// Seconds by which a late start may be made up for, so that a busy machine keeps the pace on average.
    private static let credit = 0.05
    /// Fewer answers do not show what can be sustained.
    private static let fewAnswers = 8
    /// An estimate counts by itself after this many waits of undisturbed sending.
    private static let longStretch = 4.0

    init(ceiling: Double?) { self.ceiling = ceiling ?? .infinity }

    /// Requests a second.
    var rate: Double { min(ceiling, pace) }

    /// Whether the user sets no limit, and Apple has shown none.
    var isUnlimited: Bool { ceiling == .infinity && limit == nil }

    /// The estimate, or what has come through beyond it; nil until Apple has refused.
    func sustained(at now: Double) -> Double? { limit.map { max($0, plateau?.sustainedRate(until: now) ?? 0) } }

    /// Begins below a pace that was found before.
    mutating func begin(below known: Double) {
        limit = max(Self.slowest, known)
        pace = max(Self.slowest, known) / 2
        plateau = nil
    }

    /// When the next request may start; the one after it is later by the pace.
    mutating func reserve(at now: Double) -> Double {
        let due = max(nextSlot, now - Self.credit)
        nextSlot = due + 1 / rate
        return max(now, due)
    }

    /// Lets requests start, as many as are due.
    mutating func take(_ most: Int, at now: Double) -> Int {
        let due = max(nextSlot, now - Self.credit)
        guard most > 0, due <= now else { return 0 }
        let count = Int(min(Double(most), (now - due) * rate + 1))
        nextSlot = due + Double(count) / rate
        return count
    }

    /// How many requests may wait for a free connection: no more than could start late at any moment.
    var lookahead: Int { Int(min(128, rate * Self.credit)) }

    /// A clean answer. The pace grows only where it was what held the request back.
    mutating func answered(hadWaited: Bool, at now: Double) {
        stretch.answers += 1
        plateau?.answers += 1
        throughput.answers += 1
        if limit == nil { opening.answered(at: now) }
        guard hadWaited, rate < ceiling else { return }
        let grown = pace * Self.growth
        guard let limit else {
            pace = grown
            return
        }
        if pace < limit {
            pace = min(limit, grown)
            if pace == limit { plateau = Stretch(since: now) }
            return
        }
        probes += 1
        let share = Double(probes) / max(Self.answersForProbing, Self.waitsForProbing * lastWait * limit)
        pace = limit * (1 + 0.1 * share * share * share)
    }

    /// Apple dropped a connection, or answers ever more slowly: half the pace for a few answers. That says nothing of
    /// the limit.
    mutating func strained(at now: Double) {
        pace = max(Self.slowest, rate / 2)
        plateau = limit == nil ? Stretch(since: now) : nil
        nextSlot = max(nextSlot, now)
    }

    /// Apple refused a request, and nobody sends for `wait` seconds.
    mutating func refused(wait: Double, at now: Double) {
        throughput.refused(at: now)
        let estimate = limit == nil ? opening.estimate(at: now) : estimate(wait: wait, at: now)
        let found = max(Self.slowest, estimate)
        limit = found
        pace = found / 2
        lastWait = wait
        probes = 0
        plateau = nil
        stretch = Stretch(since: now + wait)
        nextSlot = now + wait
    }

    /// A request that was sent then was left without an answer, as where a limit stalls connections or breaks them.
    ///
    /// What had been allowed by then was used up, and was again when the next one was left: what came through between
    /// the two is the limit, or less where waiting longer than the burst allows for was in vain.
    mutating func starved(sentAt sent: Double, at now: Double) {
        let found: Double
        if limit == nil {
            found = opening.estimate(at: sent)
        } else {
            let little = Double(stretch.answers + 1) / max(0.01, sent - stretch.since)
            found = min((rate * little).squareRoot(), little * (stretch.answers < Self.fewAnswers ? 2 : 1.1))
        }
        let estimate = max(Self.slowest, found)
        limit = estimate
        pace = estimate / 2
        lastWait = now - sent
        probes = 0
        plateau = nil
        stretch = Stretch(since: sent)
        nextSlot = max(nextSlot, now)
    }

    private func estimate(wait: Double, at now: Double) -> Double {
        let tooMuch = min(rate, plateau?.rate(until: now) ?? .infinity)
        if now - stretch.since >= Self.longStretch * wait { return tooMuch * 0.95 }
        let little = min(tooMuch, Double(stretch.answers + 1) / max(0.01, wait + now - stretch.since))
        return max((tooMuch * little).squareRoot(), throughput.best * 1.25)
    }
}

/// What came through before the first refusal.
private struct Opening {
    private var times: [Double] = []

    private static let most = 1024
    /// In seconds of the limit: the burst that a limit is assumed to let through at once.
    private static let burst = 0.26

    mutating func answered(at now: Double) {
        if times.count == Self.most { times.removeFirst(Self.most / 2) }
        times.append(now)
    }

    /// Of the busiest time until now, because requests that came slowly before it say nothing.
    func estimate(at now: Double) -> Double {
        let times = times.prefix { $0 <= now }
        let rates = times.enumerated().map { index, time in
            Double(times.count - index) / (Self.burst + now - time)
        }
        return rates.max() ?? Pace.first
    }
}

/// What came through between refusals, with the waits counted in. Where Apple's limit is what refuses, this is below
/// the limit however the requests were spaced.
private struct Throughput {
    var answers = 0
    private(set) var best = 0.0
    private var since: Double?

    /// Fewer answers say nothing.
    private static let enough = 32

    mutating func refused(at now: Double) {
        guard let began = since else {
            // What came before the first refusal had Apple's burst in it.
            since = now
            answers = 0
            return
        }
        guard answers >= Self.enough, now > began else { return }
        // A limit that has fallen must be noticed in the end.
        best = max(best * 0.98, Double(answers) / (now - began))
        since = now
        answers = 0
    }
}

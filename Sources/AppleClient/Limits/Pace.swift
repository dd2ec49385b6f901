/// How fast requests may follow one another, learned from Apple's answers. Reads no clock: callers pass the time in
/// seconds.
///
/// The pace doubles every few clean answers until Apple first refuses. The first estimate is the rate until then, less
/// the burst that a limit usually allows. A later refusal gives two bounds: the rate while sending is above the limit,
/// the rate including the wait is below it. The estimate is between them. Each refusal halves the pace. A few clean
/// answers later it returns to the estimate and then probes: slowly at first, faster while Apple refuses nothing. A
/// refusal costs its wait, so longer waits make probing slower. Refusals for other reasons cannot slow it to a crawl:
/// if they are frequent, the pace stays above the recent rate including waits.
///
/// If Apple names no time, the first wait may be too short. Once a limit has refused everything for long, each refusal
/// of it may cost as much, so that the way back to the estimate takes longer, too.
struct Pace {
    /// The user's own limit.
    private let ceiling: Double
    /// Requests per second, before the ceiling applies.
    private var pace = Pace.first
    /// The pace that Apple seems to allow; nil until Apple has refused.
    private var limit: Double?
    private(set) var nextSlot = 0.0
    /// The length of the last wait after a refusal.
    private var lastWait = 0.0
    /// How long Apple refused everything the last time that it named no time.
    private var silence = 0.0
    /// Growth per clean answer below the estimate.
    private var growth = Pace.usualGrowth
    /// The answers since sending resumed after the last refusal.
    private var stretch = Stretch()
    /// The answers since the pace last reached the estimate, or since the beginning.
    private var plateau: Stretch? = Stretch()
    private var probes = 0
    private var opening = Opening()
    private var throughput = Throughput()

    private struct Stretch {
        var answers = 0
        var since = 0.0

        func rate(until now: Double) -> Double { Double(max(1, answers)) / max(0.01, now - since) }

        /// The sustained rate; nil if there are too few answers, or all came at one moment.
        func sustainedRate(until now: Double) -> Double? {
            answers >= 32 && now - since >= 1 ? rate(until: now) : nil
        }
    }

    private static let first = 150.0
    private static let slowest = 0.005
    /// Eight answers double the pace.
    private static let usualGrowth = 1.090_507_732_665_257_7
    /// After a long silence, the way back takes this part of the answers that another one would cost.
    private static let caution = 0.25
    /// A silence of this many seconds costs more than a pace that is too low.
    private static let longSilence = 10.0
    private static let answersForProbing = 100.0
    /// Probing takes at least this many waits to gain its first 10%.
    private static let waitsForProbing = 10.0
    /// A late start may be made up for by this many seconds, so that a busy machine keeps the pace on average.
    private static let credit = 0.05
    /// Fewer answers do not show a sustainable rate.
    private static let fewAnswers = 8
    /// An estimate counts by itself after this many waits of undisturbed sending.
    private static let longStretch = 4.0
    /// In seconds. No more time without requests counts toward a rate.
    private static let longestIdleness = 1.0

    init(ceiling: Double?) { self.ceiling = ceiling ?? .infinity }

    /// Requests per second.
    var rate: Double { min(ceiling, pace) }

    /// Whether the user sets no limit and Apple has shown none.
    var isUnlimited: Bool { ceiling == .infinity && limit == nil }

    /// The estimate, or the higher rate achieved since; nil until Apple has refused.
    func sustained(at now: Double) -> Double? { limit.map { max($0, plateau?.sustainedRate(until: now) ?? 0) } }

    /// Begins below a pace known from an earlier run.
    mutating func begin(below known: Double) {
        limit = max(Self.slowest, known)
        pace = max(Self.slowest, known) / 2
        plateau = nil
    }

    /// Starts as many requests as are due.
    mutating func take(_ most: Int, at now: Double) -> Int {
        let due = max(nextSlot, now - Self.credit)
        guard most > 0, due <= now else { return 0 }
        leaveOutIdleness(until: now)
        let count = Int(min(Double(most), (now - due) * rate + 1))
        nextSlot = due + Double(count) / rate
        return count
    }

    /// While nobody asked, Apple could answer nothing, which says nothing about its limit.
    private mutating func leaveOutIdleness(until now: Double) {
        let idle = now - nextSlot - Self.longestIdleness
        guard idle > 0 else { return }
        stretch.since += idle
        plateau?.since += idle
        throughput.leaveOut(idle)
    }

    /// How many requests may wait for a free connection: at most as many as could start late at any moment.
    var lookahead: Int { Int(min(512, rate * Self.credit)) }

    /// Records a clean answer. The pace grows only if it was what delayed the request.
    mutating func answered(hadWaited: Bool, at now: Double) {
        stretch.answers += 1
        plateau?.answers += 1
        throughput.answers += 1
        if limit == nil { opening.answered(at: now) }
        guard hadWaited, rate < ceiling else { return }
        let grown = pace * growth
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

    /// Apple dropped a connection, or its answers get slower: halves the pace for a few answers. That says nothing
    /// about the limit.
    mutating func strained(at now: Double) {
        pace = max(Self.slowest, rate / 2)
        plateau = limit == nil ? Stretch(since: now) : nil
        nextSlot = max(nextSlot, now)
    }

    /// Apple refused a request, and no request is sent for `wait` seconds. If Apple did not name that time, the silence
    /// may last as long as the one before.
    mutating func refused(wait: Double, isNamed: Bool = true, at now: Double) {
        throughput.refused(at: now)
        let cost = isNamed ? wait : max(wait, silence)
        let isCostly = !isNamed && cost >= Self.longSilence
        let estimate = limit == nil ? opening.estimate(at: now) : estimate(wait: cost, isCostly: isCostly, at: now)
        let found = max(Self.slowest, estimate)
        limit = found
        if !isNamed { silence = wait }
        comeBack(below: found, after: wait, of: cost, isCostly: isCostly, at: now)
    }

    /// A wait that Apple did not name was too short. That says nothing new about the limit.
    ///
    /// - Parameter silence: all waits in a row, this one included.
    mutating func refusedAgain(wait: Double, silence: Double, at now: Double) {
        // What Apple answered before was another kind of error.
        guard let limit else { return refused(wait: wait, isNamed: false, at: now) }
        self.silence = silence
        let cost = max(lastWait, silence)
        comeBack(below: limit, after: wait, of: cost, isCostly: cost >= Self.longSilence, at: now)
    }

    private mutating func comeBack(
        below limit: Double,
        after wait: Double,
        of cost: Double,
        isCostly: Bool,
        at now: Double
    ) {
        // As many answers as the factor needs at this growth.
        pace = limit / (isCostly ? 4 : 2)
        growth = isCostly ? min(Self.usualGrowth, 1 + 1.4 / (cost * limit * Self.caution)) : Self.usualGrowth
        lastWait = cost
        probes = 0
        plateau = nil
        stretch = Stretch(since: now + wait)
        nextSlot = now + wait
    }

    /// Apple left a request unanswered, as limits do that stall or break connections.
    ///
    /// The quota was used up at that time, and again when the next request was left unanswered. The rate between the
    /// two is the limit. If waiting longer than the burst allows did not help, the limit is lower.
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
        growth = Self.usualGrowth
        lastWait = now - sent
        probes = 0
        plateau = nil
        stretch = Stretch(since: sent)
        nextSlot = max(nextSlot, now)
    }

    private func estimate(wait: Double, isCostly: Bool, at now: Double) -> Double {
        let tooMuch = min(rate, plateau?.rate(until: now) ?? .infinity)
        if isCostly, let average = stretch.sustainedRate(until: now) {
            return max(min(tooMuch, average) * 0.9, throughput.best * 1.25)
        }
        if now - stretch.since >= Self.longStretch * wait { return tooMuch * 0.95 }
        let little = min(tooMuch, Double(stretch.answers + 1) / max(0.01, wait + now - stretch.since))
        return max((tooMuch * little).squareRoot(), throughput.best * 1.25)
    }
}

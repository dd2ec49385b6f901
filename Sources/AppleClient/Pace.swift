#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How fast requests may follow one another, learned from Apple's answers. Pure: every moment is given, in seconds.
///
/// It doubles every few clean answers until Apple first refuses. A refusal tells two bounds of the real limit: what
/// came through while sending is more than it, what came through with the wait counted in is less. Between them lies
/// the estimate. Each refusal halves the pace; a few clean answers later it is back at the estimate, and from there it
/// probes: hardly at first, ever faster while nothing is refused. Since a refusal costs its wait, the longer the wait,
/// the slower the probing. A refusal that has nothing to do with the pace can therefore not make it crawl: it never
/// falls below what has come through lately, waits and all.
struct Pace {
    /// The user's own limit.
    private let ceiling: Double
    /// Requests a second, before the ceiling.
    private var pace = Pace.start
    /// The pace that Apple seems to allow; nil until it has refused.
    private var limit: Double?
    private var nextSlot = 0.0
    /// How long the last refusal made everybody wait.
    private var lastWait = 0.0
    /// Since sending went on after the last refusal.
    private var stretch = Stretch()
    /// Since the pace last reached the estimate, or since the beginning.
    private var plateau: Stretch? = Stretch()
    private var probes = 0
    private var throughput = Throughput()

    private struct Stretch {
        var answers = 0
        var since = 0.0

        func rate(until now: Double) -> Double { Double(max(1, answers)) / max(0.01, now - since) }
    }

    private static let start = 50.0
    private static let slowest = 0.005
    /// Clean answers that double the pace below the estimate.
    private static let doubling = 8.0
    private static let answersForProbing = 40.0
    /// Probing takes so many waits, at least, to gain its first tenth.
    private static let waitsForProbing = 8.0
    /// An estimate needs so many waits of undisturbed sending to stand for itself.
    private static let longStretch = 4.0

    init(ceiling: Double?) { self.ceiling = ceiling ?? .infinity }

    /// Requests a second.
    var rate: Double { min(ceiling, pace) }

    /// The estimate, or the pace beyond it that was not refused; nil until Apple has refused.
    var sustained: Double? { limit.map { max($0, rate) } }

    /// Begins below a pace that was found before.
    mutating func begin(below known: Double) {
        limit = max(Self.slowest, known)
        pace = max(Self.slowest, known) / 2
        plateau = nil
    }

    /// When the next request may start; the one after it is later by the pace.
    mutating func reserve(at now: Double) -> Double {
        let slot = max(now, nextSlot)
        nextSlot = slot + 1 / rate
        return slot
    }

    /// A clean answer. The pace grows only where it was what held the request back.
    mutating func answered(hadWaited: Bool, at now: Double) {
        stretch.answers += 1
        plateau?.answers += 1
        throughput.answers += 1
        guard hadWaited, rate < ceiling else { return }
        let grown = pace * pow(2, 1 / Self.doubling)
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
        pace = limit * (1 + 0.1 * share * share)
    }

    /// Apple refused a request, and nobody sends for `wait` seconds; or, with no wait, it dropped a connection or
    /// answers ever more slowly.
    mutating func refused(wait: Double, at now: Double) {
        throughput.refused(at: now)
        let tooMuch = min(rate, plateau?.rate(until: now) ?? .infinity)
        let little = min(tooMuch, Double(stretch.answers + 1) / max(0.01, wait + now - stretch.since))
        let isLong = now - stretch.since >= Self.longStretch * wait
        let estimate = isLong ? tooMuch * 0.95 : pow(little, 0.2) * pow(tooMuch, 0.8)
        let found = max(Self.slowest, estimate, throughput.best * 1.1)
        limit = found
        pace = found / 2
        lastWait = wait
        probes = 0
        plateau = nil
        stretch = Stretch(since: now + wait)
        nextSlot = now + wait
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

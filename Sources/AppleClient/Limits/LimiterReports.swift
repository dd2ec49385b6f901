import Stages

extension Limiter {
    /// The result of a request.
    struct Report: Sendable {
        enum Outcome {
            /// A clean answer with this many bytes.
            case clean(Int)
            /// Another answer, with the wait that it asks for, if any.
            case heard(wait: Double?)
            /// 429, with the wait that it names, if any.
            case refused(wait: Double?)
            /// The connection ended during the request.
            case dropped
            /// No answer arrived in time.
            case late
            /// The request did not reach Apple.
            case unsent
        }
        let turn: Turn
        let outcome: Outcome
        /// How long the request took, in seconds.
        let seconds: Double
    }

    /// - Parameter unused: number of requests that had permission but were not sent.
    /// - Returns: whether Apple has answered any request yet.
    func settle(_ reports: [Report], givingBack unused: Int, _ asker: Asker = .stage) -> Bool {
        if asker == .stage, let requests = budget?.requests { budget?.requests = requests + unused }
        for report in reports {
            switch report.outcome {
            case .clean(let bytes): answered(report.turn, bytes: bytes, seconds: report.seconds)
            case .heard(let wait):
                heard()
                if let wait { pause(for: wait) }
            case .refused(let wait): refused(report.turn, retryAfter: wait)
            case .dropped: dropped(report.turn, after: report.seconds)
            case .late: late(report.turn, after: report.seconds)
            case .unsent: break
            }
        }
        return hasHeard
    }

    /// A clean answer.
    func answered(_ turn: Turn, bytes: Int, seconds: Double = 0) {
        heard()
        contact.heardClean(at: now)
        isUnproven = false
        // An answer to what was sent before a refusal does not say that it is over.
        if turn.epoch == epoch { standstill.unnamed = 0 }
        silence.answered()
        window.answered()
        pace.answered(hadWaited: turn.hadWaited, at: now)
        if latency.isRising(seconds: seconds, bytes: bytes) { strain(turn) }
    }

    /// Any answer: Apple is reachable.
    func heard() { contact.heard(at: now) }

    /// 429: all requests wait. Requests that were in flight together lower the pace once and lengthen the wait once.
    ///
    /// - Returns: the wait, in seconds.
    @discardableResult
    func refused(_ turn: Turn, retryAfter: Double?) -> Double {
        heard()
        standstill.met.count += 1
        let isFirst = isFirst(turn)
        if isFirst, retryAfter == nil { standstill.unnamed += 1 }
        // After a wait that Apple did not specify, a single request tests whether it was long enough.
        if retryAfter == nil { window.narrow(to: 1) }
        let wait = hold(for: retryAfter ?? unnamedWait(standstill.unnamed))
        guard isFirst else { return wait }
        if retryAfter != nil || standstill.unnamed == 1 {
            pace.refused(wait: wait, isNamed: retryAfter != nil, at: now)
        } else {
            let silence = (1...standstill.unnamed).reduce(0) { $0 + unnamedWait($1) }
            pace.refusedAgain(wait: wait, silence: silence, at: now)
        }
        return wait
    }

    /// The connection ended during the request, after this many seconds.
    func dropped(_ turn: Turn, after seconds: Double = 0) {
        guard silence.isSign(of: turn.epoch) else { return strain(turn) }
        starve(sentAt: now - seconds)
        // A broken connection costs no time, so the next request would come too early.
        hold(for: 1)
    }

    /// The request got no answer within this many seconds.
    func late(_ turn: Turn, after seconds: Double) {
        if silence.isSign(of: turn.epoch) { starve(sentAt: now - seconds) }
    }

    private func starve(sentAt sent: Double) {
        epoch += 1
        isUnproven = true
        standstill.met.count += 1
        silence.began(with: epoch)
        pace.starved(sentAt: sent, at: now)
        window.narrow(to: Int(min(100, (2 * pace.rate * latency.average).rounded(.up))))
    }

    /// Pauses all requests for this long. If Apple named no time: for 5 seconds, doubled each time in a row.
    func pause(for retryAfter: Double?) {
        if retryAfter == nil { standstill.unnamed += 1 }
        hold(for: retryAfter ?? unnamedWait(standstill.unnamed))
    }

    @discardableResult
    private func hold(for wait: Double) -> Double {
        standstill.last(wait, from: now)
        return wait
    }

    /// The waits in a row without a named time: 5, 10, 20, then 30 seconds.
    private func unnamedWait(_ number: Int) -> Double {
        waits.unnamed * min(6, Double(1 << max(0, min(number - 1, 4))))
    }

    private func strain(_ turn: Turn) {
        if isFirst(turn) { pace.strained(at: now) }
    }

    /// Whether this request is the first to report of those that were in flight together.
    private func isFirst(_ turn: Turn) -> Bool {
        guard turn.epoch == epoch else { return false }
        epoch += 1
        return true
    }
}

extension Limiter.Report {
    init(turn: Limiter.Turn, _ arrival: Arrival) {
        let isCutOff = turn.timeLeft.map { arrival.seconds >= $0 - 0.05 } ?? false
        let outcome: Outcome =
            switch arrival.outcome {
            case .answer(let answer):
                switch answer.status {
                case 429: .refused(wait: answer.wait)
                case 200..<429: .clean(answer.body.count)
                case 500...: .heard(wait: answer.wait)
                default: .heard(wait: nil)
                }
            case .failed(let problem):
                switch problem.kind {
                case .dropped where problem.hadBegun, .late where problem.hadBegun: .heard(wait: nil)
                case .dropped: .dropped
                // A timeout at the end of the run says nothing about Apple.
                case .late where !isCutOff: .late
                default: .unsent
                }
            case .unsent: .unsent
            }
        self.init(turn: turn, outcome: outcome, seconds: arrival.seconds)
    }
}

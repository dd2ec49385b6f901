import Records
import Stages

/// Requests that are sent as one group, from the first attempt to the last answer, without a task, a timer or an actor
/// hop for each.
struct Questions {
    private struct Question {
        let number: Int
        let url: String
        var attempts: Attempts
        var renewals = 0
        var token: Token?
        var turn: Limiter.Turn?
    }

    private struct Queue {
        /// The first request that was never sent.
        var next = 0
        /// Requests to be sent again as soon as the limiter permits.
        var ready: [Question] = []
        var resting: [(due: ContinuousClock.Instant, question: Question)] = []

        var holdsNone: Bool { ready.isEmpty && resting.isEmpty }

        mutating func wake(at now: ContinuousClock.Instant) {
            ready += resting.filter { $0.due <= now }.map(\.question)
            resting.removeAll { $0.due <= now }
        }
    }

    /// Ends the wait for the mailbox.
    private struct Alarm {
        var moment: ContinuousClock.Instant?
        var wasSet = false
    }

    /// Whether more requests are sent.
    private enum Ending {
        case none, stopped
        case failed(APIError)

        var isOver: Bool { if case .none = self { false } else { true } }
    }

    private let client: AppleClient
    private let count: Int
    private let patience: Patience
    private let mailbox = Mailbox()
    private let clock = ContinuousClock()
    private var queue = Queue()
    private var sent: [Int: Question] = [:]
    /// Answers that are not delivered yet.
    private var answers: [APIAnswer] = []
    private var wasHeldBack = false
    /// The token for the next requests.
    private var token: Token?
    private var alarm = Alarm()
    private var ending = Ending.none

    /// Apple may refuse a token through no fault of this request, if another token has just replaced it.
    private static let renewalLimit = 5

    init(_ client: AppleClient, count: Int, patience: Patience) {
        self.client = client
        self.count = count
        self.patience = patience
    }

    private var isAllAsked: Bool { ending.isOver || (queue.next == count && queue.holdsNone) }

    mutating func ask(
        _ target: (Int) -> APITarget,
        _ receive: ([APIAnswer]) -> Bool
    ) async throws(APIError) {
        while !isAllAsked || !sent.isEmpty {
            await send(target)
            if !answers.isEmpty {
                if !receive(answers) { stop() }
                answers = []
                if sent.isEmpty { continue }
            }
            if isAllAsked && sent.isEmpty { break }
            let arrivals = await mailbox.take()
            if Task.isCancelled {
                client.transport.cancel(mailbox)
                throw APIError(.cancelled, "interrupted")
            }
            await settle(arrivals)
        }
        if !answers.isEmpty { _ = receive(answers) }
        // Otherwise we would wait for an alarm that is still set.
        if alarm.wasSet { client.transport.cancel(mailbox) }
        if case .failed(let reason) = ending, queue.next < count || !queue.holdsNone { throw reason }
    }

    /// Sends no more requests and waits for those in flight.
    private mutating func stop(_ reason: APIError? = nil) {
        if ending.isOver { return }
        ending = reason.map(Ending.failed) ?? .stopped
        if !sent.isEmpty { client.transport.recall(mailbox) }
    }

    // MARK: Asking

    private mutating func send(_ target: (Int) -> APITarget) async {
        if ending.isOver { return }
        queue.wake(at: clock.now)
        let wanted = queue.ready.count + count - queue.next
        do {
            if token == nil, wanted > 0 { token = try await client.tokens.current() }
            let leave = try await client.limiter.leave(
                for: wanted,
                underWay: sent.count,
                wasHeldBack: wasHeldBack,
                client.asker
            )
            wasHeldBack = leave.isHeldBack
            start(leave, target)
            let waits = wanted > leave.count || sent.count > leave.window
            ring(at: [leave.next, queue.resting.map(\.due).min(), waits ? leave.end : nil].compactMap { $0 }.min())
        } catch let error as APIError where error.kind == .unavailable {
            fail(error, target)
        } catch {
            stop(error as? APIError ?? APIError(.cancelled, "interrupted"))
        }
    }

    private mutating func start(_ leave: Limiter.Leave, _ target: (Int) -> APITarget) {
        guard leave.count > 0, let token else { return }
        self.token = nil
        let headers = ["Authorization: Bearer \(token.text)", "Accept: application/json"]
        var jobs: [Job] = []
        jobs.reserveCapacity(leave.count)
        while jobs.count < leave.count, var question = nextQuestion(target) {
            question.token = token
            question.turn = leave.turn
            // A single request may be for a page, which takes longer than the small answers measured so far.
            let idle = (count == 1 ? leave.idleWithPages : leave.idle)
                .map { $0 * Double(1 << min(question.attempts.failed, 6)) }
            let request = HTTPRequest(url: question.url, headers: headers)
            jobs.append(client.transport.job(question.number, request, timeLeft: leave.turn.timeLeft, idle: idle))
            sent[question.number] = question
        }
        client.count(jobs.count)
        client.transport.start(
            jobs,
            mailbox,
            TransferLoop.Start(window: leave.window, givesWay: client.asker == .early)
        )
    }

    private mutating func nextQuestion(_ target: (Int) -> APITarget) -> Question? {
        if let question = queue.ready.popLast() { return question }
        while queue.next < count {
            let number = queue.next
            queue.next += 1
            do {
                let url = try client.url(of: target(number))
                return Question(number: number, url: url, attempts: Attempts(patience))
            } catch {
                answers.append(APIAnswer(number: number, result: .failure(error)))
            }
        }
        return nil
    }

    /// No token is available. As many requests as could have been in flight fail, so that the caller can give up.
    private mutating func fail(_ error: APIError, _ target: (Int) -> APITarget) {
        for _ in 0..<client.maxInFlight {
            guard let question = nextQuestion(target) else { return }
            answers.append(APIAnswer(number: question.number, result: .failure(error)))
        }
    }

    private mutating func ring(at moment: ContinuousClock.Instant?) {
        guard let moment, moment != alarm.moment else { return }
        alarm = Alarm(moment: moment, wasSet: true)
        client.transport.ring(mailbox, at: moment)
    }

    // MARK: Answers

    private mutating func settle(_ arrivals: [Arrival]) async {
        alarm.moment = nil
        var reports: [Limiter.Report] = []
        var given: [(Question, Arrival)] = []
        for arrival in arrivals {
            guard let question = sent.removeValue(forKey: arrival.number), let turn = question.turn else { continue }
            if case .unsent = arrival.outcome {
                queue.ready.append(question)
                continue
            }
            reports.append(Limiter.Report(turn: turn, arrival))
            given.append((question, arrival))
        }
        let unsent = arrivals.count - given.count
        if unsent > 0 { client.count(-unsent) }
        let hasHeard = await client.limiter.settle(reports, givingBack: unsent, client.asker)
        for (question, arrival) in given { await settle(question, arrival, hasHeard) }
    }

    private mutating func settle(_ question: Question, _ arrival: Arrival, _ hasHeard: Bool) async {
        var question = question
        do throws(APIError) {
            switch arrival.outcome {
            case .answer(let answer):
                switch try client.judge(answer, question.url) {
                case .done(let body): answers.append(APIAnswer(number: question.number, result: .success(body)))
                case .again(let problem): try await rest(question, after: problem, nil, hasHeard)
                case .wait:
                    try question.attempts.refused(AppleClient.shown(question.url))
                    queue.ready.append(question)
                case .renewToken:
                    question.renewals += 1
                    guard question.renewals <= Self.renewalLimit else {
                        throw .refusedToken(AppleClient.shown(question.url))
                    }
                    if let token = question.token { await client.tokens.discard(token) }
                    queue.ready.append(question)
                }
            case .failed(let problem):
                try await rest(
                    question,
                    after: problem.error(of: AppleClient.shown(question.url)),
                    problem.kind,
                    hasHeard
                )
            case .unsent: break
            }
        } catch {
            if error.kind == .outOfTime || error.kind == .budgetSpent { return stop(error) }
            answers.append(APIAnswer(number: question.number, result: .failure(error)))
        }
    }

    private mutating func rest(
        _ question: Question,
        after problem: APIError,
        _ kind: NoAnswer.Kind?,
        _ hasHeard: Bool
    ) async throws(APIError) {
        var question = question
        guard let pause = question.attempts.pause(after: kind, hasAnswered: hasHeard) else { throw problem }
        // The request stays in the queue even if no time is left for it.
        queue.resting.append((clock.now + .seconds(pause), question))
        try await client.limiter.mayRest(for: pause)
    }
}

import Inventory
import Pipeline
import Records

/// A stage that asks Apple about one device after another, and only where the answer can have changed.
protocol DeviceInquiry: Extractor {
    static var facet: Facet { get }
    /// Whether Apple answers with a server error for a device whose state it cannot express: no sign then that it is
    /// down, and not worth many tries.
    static var serverErrorsAreAnswers: Bool { get }
    var policy: RefreshPolicy { get }
    func answer(for serial: String, _ api: any AppleAPI) async throws -> [UInt8]
}

extension DeviceInquiry {
    static var serverErrorsAreAnswers: Bool { false }

    /// An inquiry stores each answer as it comes, so that a run that is killed loses what is on its way and no more.
    func sync(_ context: SyncContext) async throws {
        let (requests, need) = try context.inventory.deviceRequests(
            Self.facet,
            maxAge: Int64(policy.maxAge.seconds),
            at: context.startedAt,
            limit: min(policy.maxRequests?.number ?? .max, context.limit ?? .max)
        )
        context.meter.update { counts in
            counts.total = requests.count
            counts.heldBack = need.total
        }
        var asking = Asking(stage: self, context: context)
        let budget = StageBudget(requests: policy.maxRequests?.number, deadline: asking.deadline)
        try await context.api.spending(budget) { try await asking.ask(requests) }
    }

    func forecast(_ context: ForecastContext) throws -> Forecast {
        guard let inventory = context.inventory, try inventory.deviceCount > 0 else {
            return Forecast([Forecast.Part(AskReason.new.rawValue, nil)], note: "one for each device")
        }
        let need = try inventory.refreshNeed(Self.facet, maxAge: Int64(policy.maxAge.seconds), at: context.now)
        let asked = need.within(policy.maxRequests?.number ?? .max)
        let parts = AskReason.allCases.compactMap { reason in
            asked.counts[reason].map { Forecast.Part(reason.rawValue, $0) }
        }
        return Forecast(
            parts,
            heldBack: need.total - asked.total,
            note: policy.maxTime.map { "for \($0) at most" }
        )
    }
}

/// The requests of one inquiry, several under way at once.
private struct Asking<Stage: DeviceInquiry> {
    let stage: Stage
    let context: SyncContext
    let deadline: ContinuousClock.Instant?
    private var failuresInARow = 0
    private var serverErrorsInARow = 0
    /// Answers that are not stored yet.
    private var waiting: [(id: Int64, answer: DeviceAnswer)] = []
    /// So many devices without an answer, one after another, mean that Apple is not there: the next run goes on.
    private static var failureLimit: Int { 20 }
    /// The same for server errors of a stage in which they are answers.
    private static var serverErrorLimit: Int { 50 }

    init(stage: Stage, context: SyncContext) {
        self.stage = stage
        self.context = context
        deadline = stage.policy.maxTime.map { .now + .seconds($0.seconds) }
    }

    private enum Outcome {
        case answer(DeviceAnswer)
        /// Unknown, and a sign that Apple may be down.
        case trouble(String)
        /// Unknown, and such a sign only where it is said of many devices whose state was not unknown before.
        case serverError(String)
        /// Not asked to the end, because the stage's budget is spent.
        case waits
        case stop(any Error)
    }

    /// What a task of the group has done.
    private enum Event {
        case asked(DeviceRequest, Outcome)
        case stored(known: Int, failed: Int, changed: Int)
        case notStored(any Error)
    }

    mutating func ask(_ requests: [DeviceRequest]) async throws {
        var stop: (any Error)?
        await withTaskGroup(of: Event.self) { group in
            var rest = requests[...]
            var isStoring = false
            var isSpent = false
            func askNext() {
                if isSpent || Task.isCancelled || deadline.map({ $0 <= .now }) ?? false { return }
                guard let request = rest.popFirst() else { return }
                count(request, 1)
                group.addTask { [stage, context] in
                    .asked(request, await Self.outcome(of: request.serial, stage, context.api))
                }
            }
            // One transaction at a time, with all answers that came during the one before.
            func storeNext() {
                isStoring = !waiting.isEmpty
                if !isStoring { return }
                let answers = waiting
                waiting.removeAll()
                group.addTask { [context] in Self.store(answers, context) }
            }
            for _ in 0..<context.api.maxInFlight { askNext() }
            while let event = await group.next() {
                switch event {
                case .asked(let request, let outcome):
                    if case .waits = outcome { isSpent = true }
                    if let reason = note(outcome, of: request), stop == nil { stop = reason }
                    if stop == nil { askNext() }
                    if !isStoring { storeNext() }
                case .stored(let known, let failed, let changed):
                    context.meter.update { counts in
                        counts.received += known
                        counts.changed += changed
                        counts.unchanged += known - changed
                        counts.failed += failed
                    }
                    storeNext()
                case .notStored(let error):
                    stop = stop ?? error
                    storeNext()
                }
            }
        }
        if let stop { throw stop }
        try Task.checkCancellation()
    }

    /// Counts a device as asked for, or with -1 as one that waits after all.
    private func count(_ request: DeviceRequest, _ change: Int) {
        context.meter.update { counts in
            counts.asked += change
            counts.heldBack -= change
            let asked = counts.reasons[request.reason, default: 0] + change
            counts.reasons[request.reason] = asked > 0 ? asked : nil
        }
    }

    /// Why nothing more is to be asked, if so.
    private mutating func note(_ outcome: Outcome, of request: DeviceRequest) -> (any Error)? {
        switch outcome {
        case .stop(let error):
            count(request, -1)
            return error
        case .waits:
            count(request, -1)
            return nil
        case .answer(let answer):
            if case .known = answer { (failuresInARow, serverErrorsInARow) = (0, 0) }
            waiting.append((request.id, answer))
            return nil
        case .trouble(let reason):
            failuresInARow += 1
            waiting.append((request.id, .unknown(reason)))
            return failuresInARow == Self.failureLimit ? Self.isDown(failuresInARow, reason) : nil
        case .serverError(let reason):
            if request.reason != .unknown { serverErrorsInARow += 1 }
            waiting.append((request.id, .unknown(reason)))
            return serverErrorsInARow == Self.serverErrorLimit ? Self.isDown(serverErrorsInARow, reason) : nil
        }
    }

    private static func isDown(_ failures: Int, _ reason: String) -> APIError {
        APIError(.unavailable, "\(failures) devices in a row: \(reason)")
    }

    private static func store(_ answers: [(id: Int64, answer: DeviceAnswer)], _ context: SyncContext) -> Event {
        let known = answers.count { if case .known = $0.answer { true } else { false } }
        do {
            let changed = try context.inventory.record(answers, of: Stage.facet, at: context.startedAt)
            return .stored(known: known, failed: answers.count - known, changed: changed)
        } catch {
            return .notStored(error)
        }
    }

    /// What concerns this device alone is an answer too; the rest stops the stage.
    private static func outcome(of serial: String, _ stage: Stage, _ api: any AppleAPI) async -> Outcome {
        do {
            return .answer(.known(try await stage.answer(for: serial, api)))
        } catch let error as APIError {
            switch error.kind {
            case .notFound where error.missing != nil: return .answer(.unknown(error.message))
            case .unavailable where Stage.serverErrorsAreAnswers && error.isServerError:
                return .serverError(error.message)
            case .unavailable, .badRequest, .notFound: return .trouble(error.message)
            case .budgetSpent: return .waits
            default: return .stop(error)
            }
        } catch {
            return .stop(error)
        }
    }
}

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
        try await asking.ask(requests)
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
    private let deadline: ContinuousClock.Instant?
    private var failuresInARow = 0
    /// Answers that are not stored yet.
    private var waiting: [(id: Int64, answer: DeviceAnswer)] = []
    /// So many devices without an answer, one after another, mean that Apple is not there: the next run goes on.
    private static var failureLimit: Int { 20 }

    init(stage: Stage, context: SyncContext) {
        self.stage = stage
        self.context = context
        deadline = stage.policy.maxTime.map { .now + .seconds($0.seconds) }
    }

    private enum Outcome {
        case answer(DeviceAnswer)
        /// Unknown, and a sign that Apple may be down.
        case trouble(String)
        case stop(any Error)
    }

    /// What a task of the group has done.
    private enum Event {
        case asked(id: Int64, Outcome)
        case stored(known: Int, failed: Int, changed: Int)
        case notStored(any Error)
    }

    mutating func ask(_ requests: [DeviceRequest]) async throws {
        var stop: (any Error)?
        await withTaskGroup(of: Event.self) { group in
            var rest = requests[...]
            var isStoring = false
            func askNext() {
                if Task.isCancelled || deadline.map({ $0 <= .now }) ?? false { return }
                guard let request = rest.popFirst() else { return }
                context.meter.update { counts in
                    counts.asked += 1
                    counts.heldBack -= 1
                    counts.reasons[request.reason, default: 0] += 1
                }
                group.addTask { [stage, context] in
                    .asked(id: request.id, await Self.outcome(of: request.serial, stage, context.api))
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
                case .asked(let id, let outcome):
                    stop = stop ?? note(outcome, of: id)
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

    /// Why nothing more is to be asked, if so.
    private mutating func note(_ outcome: Outcome, of id: Int64) -> (any Error)? {
        switch outcome {
        case .stop(let error): return error
        case .answer(let answer):
            if case .known = answer { failuresInARow = 0 }
            waiting.append((id, answer))
            return nil
        case .trouble(let reason):
            failuresInARow += 1
            waiting.append((id, .unknown(reason)))
            let isDown = failuresInARow == Self.failureLimit
            return isDown ? APIError(.unavailable, "\(failuresInARow) devices in a row: \(reason)") : nil
        }
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
            case .notFound: return .answer(.unknown(error.message))
            case .unavailable where Stage.serverErrorsAreAnswers && error.isServerError:
                return .answer(.unknown(error.message))
            case .unavailable, .badRequest: return .trouble(error.message)
            default: return .stop(error)
            }
        } catch {
            return .stop(error)
        }
    }
}

import Inventory
import Pipeline
import Records

/// The requests of one inquiry, several under way at once.
struct Asking<Stage: DeviceInquiry> {
    let stage: Stage
    let context: SyncContext
    let deadline: ContinuousClock.Instant?
    /// Since when Apple denies the account what the stage asks for: one device is then asked first.
    private var deniedSince: Timestamp?
    private var denials = Denials()
    /// The device that was answered before, while it is asked whether the account is denied.
    private var witness: DeviceRequest?
    private var witnesses = 0
    private var failuresInARow = 0
    private var serverErrorsInARow = 0
    /// Answers that are not stored yet.
    private var waiting: [(id: Int64, answer: DeviceAnswer)] = []
    /// So many devices without an answer, one after another, mean that Apple is not there: the next run goes on.
    private static var failureLimit: Int { 20 }
    /// The same for server errors of a stage in which they are answers.
    private static var serverErrorLimit: Int { 50 }

    init(stage: Stage, context: SyncContext, deniedSince: Timestamp?) {
        self.stage = stage
        self.context = context
        self.deniedSince = deniedSince
        deadline = stage.policy.maxTime.map { .now + .seconds($0.seconds) }
    }

    private enum Outcome {
        case answer(DeviceAnswer)
        /// Unknown, and a sign that Apple may be down.
        case trouble(String)
        /// Unknown, because Apple refuses the request: this device's answer, unless it refuses all.
        case denied(APIError)
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
        if deniedSince != nil { witness = try nextWitness() ?? requests.first }
        await withTaskGroup(of: Event.self) { group in
            var rest = requests[...]
            var underWay = 0
            var isStoring = false
            var isSpent = false
            func ask(_ request: DeviceRequest) {
                if rest.first == request { rest.removeFirst() } else { rest.removeAll { $0.id == request.id } }
                count(request, 1)
                underWay += 1
                group.addTask { [stage, context] in
                    .asked(request, await Self.outcome(of: request.serial, stage, context.api))
                }
            }
            func askMore() {
                while stop == nil, witness == nil, underWay < context.api.maxInFlight, !isSpent, !Task.isCancelled,
                    !(deadline.map { $0 <= .now } ?? false), let request = rest.first
                { ask(request) }
            }
            // One transaction at a time, with all answers that came during the one before.
            func storeNext() {
                isStoring = !waiting.isEmpty
                if !isStoring { return }
                let answers = waiting
                waiting.removeAll()
                group.addTask { [context] in Self.store(answers, context) }
            }
            if let witness { ask(witness) } else { askMore() }
            while let event = await group.next() {
                switch event {
                case .asked(let request, let outcome):
                    underWay -= 1
                    if case .waits = outcome { isSpent = true }
                    let wasAsked = witness
                    do {
                        if let reason = try note(outcome, of: request), stop == nil { stop = reason }
                    } catch {
                        stop = stop ?? error
                    }
                    if stop == nil, let witness, witness != wasAsked { ask(witness) }
                    askMore()
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
    private mutating func note(_ outcome: Outcome, of request: DeviceRequest) throws -> (any Error)? {
        let isWitness = request == witness
        if isWitness { witness = nil }
        switch outcome {
        case .stop(let error):
            count(request, -1)
            return error
        case .waits:
            count(request, -1)
            return nil
        case .answer(let answer):
            if case .unknown = answer {
                if isWitness { denials.noteNothing() }
            } else {
                (failuresInARow, serverErrorsInARow) = (0, 0)
                denials.noteAnswer()
                if deniedSince != nil { try context.inventory.forgetDenial(of: Stage.facet) }
                deniedSince = nil
            }
            waiting.append((request.id, answer))
            return nil
        case .trouble(let reason):
            if isWitness { denials.noteNothing() }
            failuresInARow += 1
            waiting.append((request.id, .unknown(reason)))
            return failuresInARow == Self.failureLimit ? Self.isDown(failuresInARow, reason) : nil
        case .denied(let error):
            waiting.append((request.id, .unknown(error.message)))
            return try noteDenial(error, isWitness: isWitness)
        case .serverError(let reason):
            if isWitness { denials.noteNothing() }
            if request.reason != .unknown { serverErrorsInARow += 1 }
            waiting.append((request.id, .unknown(reason)))
            return serverErrorsInARow == Self.serverErrorLimit ? Self.isDown(serverErrorsInARow, reason) : nil
        }
    }

    private mutating func noteDenial(_ error: APIError, isWitness: Bool) throws -> (any Error)? {
        switch denials.note(wasAnswered: isWitness) {
        case .device: return nil
        case .unclear:
            witness = try nextWitness()
            return witness == nil ? try accountDenial(error) : nil
        case .account: return try accountDenial(error)
        }
    }

    /// A device that Apple answered for in an earlier run; another one each time.
    private mutating func nextWitness() throws -> DeviceRequest? {
        witnesses += 1
        return try context.inventory.answeredDevice(Stage.facet, skipping: witnesses - 1)
    }

    private func accountDenial(_ error: APIError) throws -> any Error {
        // Of a request that is refused for another reason than the account's rights the next run may know better.
        guard error.kind == .forbidden else { return Self.isDown(Denials.limit, error.message) }
        try context.inventory.recordDenial(of: Stage.facet, at: context.startedAt)
        let waiting = context.meter.current.heldBack
        context.meter.update { $0.heldBack = 0 }
        let since = deniedSince.map { "as since \($0)" } ?? "\(Denials.limit) devices in a row and none answered"
        return APIError(
            .forbidden,
            "Apple denies the API account what this stage asks for (\(since)): \(error.message)",
            advice: """
                give the account a role with this right; no later run will help until then, so each asks for one device \
                only, and \(waiting) are left out
                """
        )
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
            return .answer(try await stage.answer(for: serial, api))
        } catch let error as APIError {
            switch error.kind {
            case .notFound where error.missing != nil: return .answer(.unknown(error.message))
            case .unavailable where Stage.serverErrorsAreAnswers && error.isServerError:
                return .serverError(error.message)
            case .forbidden, .badRequest, .notFound: return .denied(error)
            case .unavailable: return .trouble(error.message)
            case .budgetSpent: return .waits
            default: return .stop(error)
            }
        } catch {
            return .stop(error)
        }
    }
}

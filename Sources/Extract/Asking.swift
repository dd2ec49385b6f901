import Inventory
import Records
import Stages

/// The requests of one inquiry.
struct Asking<Stage: DeviceInquiry> {
    let stage: Stage
    let context: SyncContext
    /// Since when Apple denies the account what the stage asks for: one device is then asked first.
    private var deniedSince: Timestamp?
    private var denials = Denials()
    /// The device that was answered before, while it is asked whether the account is denied.
    private var witness: DeviceRequest?
    private var witnesses = 0
    private var failuresInARow = 0
    private var serverErrorsInARow = 0
    /// To be asked yet.
    private var rest: [DeviceRequest] = []
    /// Still to be asked for one by one.
    private var alone: [DeviceRequest] = []
    private var stop: (any Error)?
    private var isSpent = false
    /// Answers that are not stored yet.
    private var waiting: [(id: Int64, answer: DeviceAnswer)] = []
    /// If this many devices in a row get no answer, Apple is unavailable: the next run continues.
    private static var failureLimit: Int { 20 }
    /// The same for server errors of a stage in which they are answers.
    private static var serverErrorLimit: Int { 50 }

    init(stage: Stage, context: SyncContext, deniedSince: Timestamp?) {
        self.stage = stage
        self.context = context
        self.deniedSince = deniedSince
    }

    private enum Outcome {
        case answer(DeviceAnswer)
        /// One answer is not enough; the device is asked for separately.
        case more
        /// Unknown, and a sign that Apple may be down.
        case trouble(String)
        /// Unknown, because Apple refuses the request: this device's answer, unless it refuses all.
        case denied(APIError)
        /// Unknown. A sign of an outage only for many devices whose state was known before.
        case serverError(String)
        /// Not asked to the end, because the stage's budget is spent.
        case waits
        case stop(any Error)
    }

    mutating func ask(_ requests: [DeviceRequest]) async throws {
        rest = requests
        if deniedSince != nil { witness = try nextWitness() ?? rest.first }
        while stop == nil, !isSpent, witness != nil || !rest.isEmpty || !alone.isEmpty {
            if let witness {
                rest.removeAll { $0 == witness }
                await askAlone(witness)
            } else if let request = alone.popLast() {
                await askAlone(request)
            } else {
                await askTogether()
            }
            try Task.checkCancellation()
        }
        guard let stop else { return }
        // Of what was under way meanwhile some came back, too.
        if (stop as? APIError)?.kind == .forbidden { context.meter.update { $0.heldBack = 0 } }
        throw stop
    }

    /// Asks for the rest, until that is done or something else has to be asked first. What comes together is stored
    /// together.
    private mutating func askTogether() async {
        let (requests, stage) = (rest, stage)
        var isAnswered = [Bool](repeating: false, count: requests.count)
        do throws(APIError) {
            try await context.api.ask(requests.count, tries: Stage.tries) { number in
                .path(stage.path(of: requests[number].serial), query: stage.query)
            } _: { answers in
                for answer in answers {
                    isAnswered[answer.number] = true
                    take(outcome(of: answer.result), of: requests[answer.number])
                }
                store()
                return stop == nil && witness == nil
            }
        } catch {
            end(by: error)
        }
        rest = zip(requests, isAnswered).filter { !$0.1 }.map(\.0)
    }

    private mutating func askAlone(_ request: DeviceRequest) async {
        let outcome: Outcome
        do {
            outcome = .answer(try await stage.answer(for: request.serial, context.api))
        } catch let error as APIError {
            outcome = self.outcome(of: error)
        } catch {
            outcome = .stop(error)
        }
        take(outcome, of: request)
        store()
    }

    private mutating func end(by error: APIError) {
        if error.kind == .budgetSpent { isSpent = true } else { stop = stop ?? error }
    }

    private mutating func take(_ outcome: Outcome, of request: DeviceRequest) {
        switch outcome {
        case .more: return alone.append(request)
        case .waits: return end(by: APIError(.budgetSpent, "the stage may ask no more"))
        case .stop(let error):
            stop = stop ?? error
            return
        case .answer, .trouble, .denied, .serverError: break
        }
        count(request)
        do {
            if let reason = try note(outcome, of: request) { stop = stop ?? reason }
        } catch {
            stop = stop ?? error
        }
    }

    private func count(_ request: DeviceRequest) {
        context.meter.update { counts in
            counts.asked += 1
            counts.heldBack -= 1
            counts.reasons[request.reason, default: 0] += 1
        }
    }

    /// Why no more requests should be sent; nil to continue.
    private mutating func note(_ outcome: Outcome, of request: DeviceRequest) throws -> (any Error)? {
        let isWitness = request == witness
        if isWitness { witness = nil }
        switch outcome {
        case .more, .waits, .stop: return nil
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

    private mutating func store() {
        if waiting.isEmpty { return }
        let known = waiting.count { if case .known = $0.answer { true } else { false } }
        do {
            let changed = try context.inventory.record(waiting, of: Stage.facet, at: context.startedAt)
            let failed = waiting.count - known
            context.meter.update { counts in
                counts.received += known
                counts.changed += changed
                counts.unchanged += known - changed
                counts.unknown += failed
            }
        } catch {
            stop = stop ?? error
        }
        waiting.removeAll(keepingCapacity: true)
    }

    private func outcome(of result: Result<[UInt8], APIError>) -> Outcome {
        switch result {
        case .success(let body): stage.answer(in: body).map(Outcome.answer) ?? .more
        case .failure(let error): outcome(of: error)
        }
    }

    /// What concerns this device alone is an answer too; the rest stops the stage.
    private func outcome(of error: APIError) -> Outcome {
        if let answer = stage.answer(to: error) { return .answer(answer) }
        return switch error.kind {
        case .notFound where error.missing != nil: .answer(.unknown(error.message))
        case .unavailable where Stage.serverErrorsAreAnswers && error.isServerError: .serverError(error.message)
        case .forbidden, .badRequest, .notFound: .denied(error)
        case .unavailable: .trouble(error.message)
        case .budgetSpent: .waits
        default: .stop(error)
        }
    }
}

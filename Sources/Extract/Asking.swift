import Inventory
import Records
import Stages

/// The requests of one inquiry.
struct Asking<Stage: DeviceInquiry> {
    let stage: Stage
    let context: SyncContext
    private var account: DeniedAccount
    private var failuresInARow = 0
    private var serverErrorsInARow = 0
    /// Requests that have not been sent yet.
    private var rest: [DeviceRequest] = []
    /// Devices that still need separate requests.
    private var alone: [DeviceRequest] = []
    private var stop: (any Error)?
    private var isSpent = false
    private var isEarly = false
    /// Devices without a complete answer, so that one run asks only once.
    private(set) var unanswered: Set<Int64> = []
    /// Answers that are not stored yet.
    private var waiting: [(id: Int64, answer: DeviceAnswer)] = []
    /// If this many devices in a row get no answer, Apple is unavailable, and the next run continues.
    private static var failureLimit: Int { 20 }
    /// The same limit for server errors, if they are answers in this stage.
    private static var serverErrorLimit: Int { 50 }

    init(stage: Stage, context: SyncContext, deniedSince: Timestamp?) {
        self.stage = stage
        self.context = context
        account = DeniedAccount(since: deniedSince)
    }

    /// Asks about devices that the listing has just found, until something holds requests back. The rest waits for
    /// the stage's turn, which also reports why this part stopped.
    mutating func askEarly(_ devices: [DeviceKey]) async throws {
        if isSpent || stop != nil || account.since != nil { return }
        context.meter.update { $0.heldBack += devices.count }
        isEarly = true
        defer { isEarly = false }
        try? await ask(devices.map { DeviceRequest(id: $0.id, serial: $0.serial, reason: .new) })
        try Task.checkCancellation()
    }

    mutating func ask(_ requests: [DeviceRequest]) async throws {
        (rest, alone, isSpent) = (requests, [], false)
        if account.since != nil { account.witness = try nextWitness() ?? rest.first }
        if let denial = account.pending, !isEarly { stop = try conclude(denial) }
        while stop == nil, !isSpent, account.witness != nil || !rest.isEmpty || !alone.isEmpty {
            if let witness = account.witness {
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
        // Some devices that were held back in the meantime have answers, too.
        if (stop as? APIError)?.kind == .forbidden { context.meter.update { $0.heldBack = 0 } }
        throw stop
    }

    /// Asks for the rest, until all is done or another request must come first. Answers that arrive together are
    /// stored together.
    private mutating func askTogether() async {
        let (requests, stage) = (rest, stage)
        var isAnswered = [Bool](repeating: false, count: requests.count)
        do throws(APIError) {
            try await context.api.ask(requests.count, tries: Stage.tries) { number in
                .path(stage.path(of: requests[number].serial), query: stage.query)
            } _: { answers in
                for answer in answers {
                    isAnswered[answer.number] = true
                    let request = requests[answer.number]
                    take(stage.outcome(of: answer.result, about: request.serial), of: request)
                }
                store()
                return stop == nil && account.witness == nil && !isSpent
            }
        } catch {
            end(by: error)
        }
        rest = zip(requests, isAnswered).filter { !$0.1 }.map(\.0)
    }

    private mutating func askAlone(_ request: DeviceRequest) async {
        let outcome: InquiryOutcome
        do {
            outcome = .answer(try await stage.answer(for: request.serial, context.api))
        } catch let error as APIError {
            outcome = stage.outcome(of: error)
        } catch {
            outcome = .stop(error)
        }
        take(outcome, of: request)
        store()
    }

    private mutating func end(by error: APIError) {
        if error.kind == .budgetSpent { isSpent = true } else { stop = stop ?? error }
    }

    private mutating func take(_ outcome: InquiryOutcome, of request: DeviceRequest) {
        switch outcome {
        case .more: return alone.append(request)
        case .waits: return end(by: APIError(.budgetSpent, "the stage has reached its limit"))
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

    /// The reason to stop sending requests; nil to continue.
    private mutating func note(_ outcome: InquiryOutcome, of request: DeviceRequest) throws -> (any Error)? {
        let isWitness = request == account.witness
        if isWitness { account.witness = nil }
        switch outcome {
        case .more, .waits, .stop: return nil
        case .answer(let answer):
            if case .unknown = answer {
                if isWitness { account.denials.noteNothing() }
            } else {
                (failuresInARow, serverErrorsInARow) = (0, 0)
                account.denials.noteAnswer()
                if account.since != nil { try context.inventory.forgetDenial(of: Stage.facet) }
                account.since = nil
            }
            waiting.append((request.id, answer))
            return nil
        case .trouble(let reason):
            if isWitness { account.denials.noteNothing() }
            failuresInARow += 1
            waiting.append((request.id, .unknown(reason)))
            return failuresInARow == Self.failureLimit ? Self.isDown(failuresInARow, reason) : nil
        case .denied(let error):
            waiting.append((request.id, .unknown(error.message)))
            return try noteDenial(error, isWitness: isWitness)
        case .serverError(let reason):
            if isWitness { account.denials.noteNothing() }
            if request.reason != .unknown { serverErrorsInARow += 1 }
            waiting.append((request.id, .unknown(reason)))
            return serverErrorsInARow == Self.serverErrorLimit ? Self.isDown(serverErrorsInARow, reason) : nil
        }
    }

    private mutating func noteDenial(_ error: APIError, isWitness: Bool) throws -> (any Error)? {
        switch account.denials.note(wasAnswered: isWitness) {
        case .device: return nil
        case .unclear where isEarly:
            (account.pending, isSpent) = (error, true)
            return nil
        case .unclear: return try conclude(error)
        case .account: return try accountDenial(error)
        }
    }

    private mutating func conclude(_ error: APIError) throws -> (any Error)? {
        account.pending = nil
        account.witness = try nextWitness()
        return account.witness == nil ? try accountDenial(error) : nil
    }

    /// A device that Apple answered for in an earlier run; a different one each time.
    private mutating func nextWitness() throws -> DeviceRequest? {
        account.witnesses += 1
        return try context.inventory.answeredDevice(Stage.facet, skipping: account.witnesses - 1)
    }

    private func accountDenial(_ error: APIError) throws -> any Error {
        // If Apple refuses for another reason than the account's rights, the next run may succeed.
        guard error.kind == .forbidden else { return Self.isDown(Denials.limit, error.message) }
        try context.inventory.recordDenial(of: Stage.facet, at: context.startedAt)
        let waiting = context.meter.current.heldBack
        let since = account.since.map { "as since \($0)" } ?? "\(Denials.limit) requests in a row were denied"
        return APIError(
            .forbidden,
            "Apple denies the API account access to the data of this stage (\(since)): \(error.message)",
            advice: """
                give the account a role with this right; until then, each run asks for only one device, and \
                \(counted(waiting, "device waits", "devices wait"))
                """
        )
    }

    private static func isDown(_ failures: Int, _ reason: String) -> APIError {
        APIError(.unavailable, "\(failures) requests in a row failed: \(reason)")
    }

    private mutating func store() {
        if waiting.isEmpty { return }
        let unknown = waiting.filter { if case .known = $0.answer { false } else { true } }
        unanswered.formUnion(unknown.map(\.id))
        let known = waiting.count - unknown.count
        do {
            let changed = try context.inventory.record(waiting, of: Stage.facet, at: context.startedAt)
            let failed = unknown.count
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
}

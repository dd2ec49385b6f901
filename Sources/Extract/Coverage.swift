import Inventory
import Pipeline
import Records

/// Asks for AppleCare coverage, one request per device, where it is unknown or old.
struct Coverage: Extractor {
    let maxAge: Period
    let maxRequests: Int?

    static let spec = StageSpec<any Extractor>(
        "coverage",
        "Reads AppleCare coverage: one request per device, and only where the answer is unknown or older than max_age.",
        example: "coverage: { max_age: 30d, max_requests: 2000 }",
        settings: Setting("max_age", "Older answers are asked for again.", default: Period.days(30)),
        Setting<Count?>.optional("max_requests", "Devices to ask for in one run at most; the next run goes on."),
        build: { (maxAge: Period, maxRequests: Count?) throws(PlanError) -> any Extractor in
            Coverage(maxAge: maxAge, maxRequests: maxRequests?.number)
        }
    )

    var adds: [Field] { Schema.coverageFields }

    /// Answers are written together, in the order of the devices' ids.
    private static let commitEvery = 200
    /// So many devices without an answer, one after another, mean that Apple is not there: the next run goes on.
    private static let failureLimit = 20

    func sync(_ context: SyncContext) async throws {
        let requests = try context.inventory.coverageRequests(
            maxAge: Int64(maxAge.seconds),
            at: context.startedAt,
            limit: min(maxRequests ?? .max, context.limit ?? .max, Int(Int32.max))
        )
        context.meter.update { $0.total = requests.count }
        var start = 0
        while start < requests.count {
            try Task.checkCancellation()
            let slice = requests[start..<min(start + Self.commitEvery, requests.count)]
            try await ask(Array(slice), context)
            start += slice.count
        }
    }

    /// Asks for some devices at once and stores what came, also when asking was interrupted.
    private func ask(_ requests: [CoverageRequest], _ context: SyncContext) async throws {
        var answers: [(id: Int64, answer: CoverageAnswer)] = []
        var stop: (any Error)?
        var failuresInARow = 0
        await withTaskGroup(of: (Int64, Result<CoverageAnswer, any Error>).self) { group in
            var rest = requests[...]
            for request in rest.prefix(context.api.maxInFlight) {
                group.addTask { (request.id, await answer(for: request, context)) }
            }
            rest = rest.dropFirst(context.api.maxInFlight)
            while let (id, result) = await group.next() {
                switch result {
                case .success(let answer):
                    answers.append((id, answer))
                    if case .unknown(let reason) = answer {
                        failuresInARow += 1
                        if failuresInARow == Self.failureLimit {
                            stop = stop ?? APIError(.unavailable, "\(failuresInARow) devices in a row: \(reason)")
                        }
                    } else {
                        failuresInARow = 0
                    }
                case .failure(let error): stop = stop ?? error
                }
                if stop == nil, let request = rest.popFirst() {
                    group.addTask { (request.id, await answer(for: request, context)) }
                }
            }
        }
        answers.sort { $0.id < $1.id }
        let changed = try context.inventory.recordCoverage(answers, at: context.startedAt)
        let failed = answers.count { if case .unknown = $0.answer { true } else { false } }
        let count = answers.count
        context.meter.update { counts in
            counts.changed += changed
            counts.unchanged += count - failed - changed
        }
        if let stop { throw stop }
    }

    /// One device's answer. What concerns this device alone is an answer too; the rest stops the stage.
    private func answer(
        for request: CoverageRequest,
        _ context: SyncContext
    ) async -> Result<CoverageAnswer, any Error> {
        context.meter.update { $0.asked += 1 }
        do {
            let records = try await records(of: request.serial, context.api)
            context.meter.update { $0.received += 1 }
            return .success(.records(records))
        } catch let error as APIError {
            switch error.kind {
            case .notFound where error.message.contains("'orgDevices'"):
                // The device itself is gone, which says nothing about its coverage.
                context.meter.update { $0.failed += 1 }
                return .success(.unknown(error.message))
            case .notFound:
                // Documented, and read as "no coverage" by other clients (apple-api.md section 6).
                context.meter.update { $0.received += 1 }
                return .success(.records(Array("[]".utf8)))
            case .unavailable, .badRequest:
                context.meter.update { $0.failed += 1 }
                return .success(.unknown(error.message))
            default: return .failure(error)
            }
        } catch {
            return .failure(error)
        }
    }

    private func records(of serial: String, _ api: any AppleAPI) async throws -> [UInt8] {
        var pager = Pager(api, "/v1/orgDevices/\(serial)/appleCareCoverage")
        var records: [UInt8] = [UInt8(ascii: "[")]
        while let page = try await pager.next() {
            for record in page {
                if records.count > 1 { records.append(UInt8(ascii: ",")) }
                records.append(contentsOf: #"{"id":"#.utf8)
                JSONText.append(string: record.id, to: &records)
                records.append(contentsOf: #","attributes":"#.utf8)
                records.append(contentsOf: record.attributes)
                records.append(UInt8(ascii: "}"))
            }
        }
        records.append(UInt8(ascii: "]"))
        return records
    }
}

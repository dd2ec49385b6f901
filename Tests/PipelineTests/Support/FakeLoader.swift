import Pipeline
import Records
import Stages

/// Where a fake load fails, or stops to be canceled.
enum Trouble: String, SettingValue, CaseIterable {
    case none, opening, writing, committing
    /// It has no room for the first value of its first row.
    case unfit
    case cancelledWriting = "cancelled_writing"
}

/// Loads into the desk. A load named so is what `name` says.
struct FakeLoader: Loader {
    let name: String
    let trouble: Trouble
    /// How often the trouble may pass before it is final; nil if it never does.
    let passing: Int?
    let retries: Int
    /// What it shares with others.
    let place: String?
    let desk: Desk

    static func spec(_ desk: Desk) -> StageSpec<any Loader> {
        StageSpec<any Loader>(
            "desk",
            "Keeps rows on the desk.",
            example: "desk: { name: a }",
            settings: Setting("name", "What the test calls it."),
            Setting("trouble", "Where it fails.", default: Trouble.none),
            Setting<Int?>.optional("passing", "How often it fails, for a reason that may pass."),
            Setting("retries", "How often it is tried again.", default: 0),
            Setting<String?>.optional("place", "What it shares; where it does not open, that is why.")
        ) {
            (name: String, trouble: Trouble, passing: Int?, retries: Int, place: String?) throws(PlanError)
                -> any Loader in
            FakeLoader(name: name, trouble: trouble, passing: passing, retries: retries, place: place, desk: desk)
        }
    }

    var retryWaits: [Duration] { Array(repeating: desk.retryWait, count: retries) }

    var destination: String { name }

    func check(_ schema: Schema, at location: SourceLocation) throws(PlanError) {
        if schema.fields.contains(where: { $0.name == "status" }) && name == "no status" {
            throw PlanError([Diagnostic("this desk takes no status", at: location)])
        }
    }

    func open(_ schema: Schema, _ context: LoadContext) async throws -> any LoadSession {
        desk.note("open \(name)")
        let isOver = passing.map { passing in desk.events.count { $0 == "open \(name)" } > passing } ?? false
        let trouble = isOver ? Trouble.none : trouble
        func failure(_ code: Outcome, _ message: String) -> Failure {
            Failure(
                code,
                "\(name) \(message)",
                advice: "run again",
                isTransient: passing != nil,
                refusal: code == .badData ? Refusal(12, of: 40, limit: "5%") : nil
            )
        }
        if trouble == .opening, let place {
            throw Failure(.destinationFailed, "no way to \(place)", isTransient: passing != nil, isOfPlace: true)
        }
        if trouble == .opening { throw failure(.destinationFailed, "does not open") }
        desk.update(name) {
            $0.columns = schema.fields.map(\.name)
            $0.context = [context.runID, context.source, context.startedAt.description]
        }
        let failure: Failure? =
            switch trouble {
            case .writing: failure(.badData, "refuses a row")
            case .committing: failure(.destinationFailed, "does not commit")
            default: nil
            }
        if passing != nil { desk.update(name) { $0.rows = [] } }
        return Session(name: name, trouble: trouble, failure: failure, desk: desk)
    }

    struct Session: LoadSession {
        let name: String
        let trouble: Trouble
        let failure: Failure?
        let desk: Desk

        mutating func write(_ batch: Batch) async throws {
            if trouble == .writing, let failure { throw failure }
            if trouble == .cancelledWriting {
                withUnsafeCurrentTask { $0?.cancel() }
                throw CancellationError()
            }
            let rows = (0..<batch.count).map { row in batch.columns.map { batch.display($0[row]) } }
            desk.update(name) { load in
                if batch.isRemoved { load.removedRows += rows } else { load.rows += rows }
            }
        }

        mutating func commit() async throws -> LoadCounts {
            if trouble == .committing, let failure { throw failure }
            desk.note("commit \(name)")
            desk.update(name) { $0.end = .committed }
            let load = desk.load(name)
            return LoadCounts(
                written: load?.rows.count ?? 0,
                filtered: load?.removedRows.count ?? 0,
                rejects: trouble == .unfit ? [unfit(load?.rows.first?.first ?? nil)] : []
            )
        }

        mutating func rehearse() async throws -> LoadCounts {
            desk.note("rehearse \(name)")
            desk.update(name) { $0.end = .rolledBack }
            return LoadCounts(written: desk.load(name)?.rows.count ?? 0)
        }

        private func unfit(_ value: String?) -> Reject {
            Reject(
                dataset: "devices",
                serialNumber: value,
                column: "serial_number",
                reason: .doesNotFit,
                value: value ?? "",
                stage: "desk"
            )
        }

        mutating func rollback() async {
            desk.note("rollback \(name)")
            desk.update(name) { $0.end = .rolledBack }
        }
    }
}

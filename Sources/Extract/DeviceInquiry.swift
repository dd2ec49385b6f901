import Inventory
import Records
import Stages

/// A stage that asks Apple about each device separately, and only if the answer can have changed.
protocol DeviceInquiry: Extractor {
    static var facet: Facet { get }
    /// Whether Apple returns a server error for a device whose state its API cannot express. The error then is no
    /// sign of an outage and not worth many tries.
    static var serverErrorsAreAnswers: Bool { get }
    /// The number of tries, if an answer is not worth the usual number.
    static var tries: Int? { get }
    var policy: RefreshPolicy { get }
    func path(of serial: String) -> String
    var query: [(name: String, value: String)] { get }
    /// The answer; nil if it is incomplete or unreadable.
    func answer(in body: [UInt8], of serial: String) -> DeviceAnswer?
    /// The answer that an error stands for; nil if it is none.
    func answer(to error: APIError) -> DeviceAnswer?
    /// Asks about a single device, with all pages of its answer.
    func answer(for serial: String, _ api: any AppleAPI) async throws -> DeviceAnswer
}

extension DeviceInquiry {
    static var serverErrorsAreAnswers: Bool { false }
    static var tries: Int? { nil }
    var query: [(name: String, value: String)] { [] }
    func answer(to error: APIError) -> DeviceAnswer? { nil }

    /// With a budget, the most urgent devices go first, and these are known only once the list is complete.
    var mayBeginEarly: Bool { policy.maxRequests == nil && policy.maxTime == nil }

    /// Stores answers as they arrive, so a killed run loses only the requests in flight.
    func sync(_ context: SyncContext) async throws {
        var asking = Asking(stage: self, context: context, deniedSince: try context.inventory.denial(of: Self.facet))
        try await context.newDevices?.receive { try await asking.askEarly($0) }
        try Task.checkCancellation()
        context.api.takeTurn()
        let (due, need) = try context.inventory.deviceRequests(
            Self.facet,
            maxAge: Int64(policy.maxAge.seconds),
            at: context.startedAt,
            limit: min(policy.maxRequests?.number ?? .max, context.limit ?? .max),
            only: context.serials
        )
        let requests = due.filter { !asking.unanswered.contains($0.id) }
        context.meter.update { counts in
            counts.total = counts.asked + requests.count
            counts.heldBack = need.total - (due.count - requests.count)
        }
        let deadline = policy.maxTime.map { ContinuousClock.now + .seconds($0.seconds) }
        let budget = StageBudget(requests: policy.maxRequests?.number, deadline: deadline)
        try await context.api.spending(budget) { try await asking.ask(requests) }
    }

    func forecast(_ context: ForecastContext) throws -> Forecast {
        guard let inventory = context.inventory, try inventory.deviceCount > 0 else {
            return Forecast([Forecast.Part(AskReason.new.rawValue, nil)], note: "one for each device")
        }
        if let denied = try inventory.denial(of: Self.facet) {
            return Forecast(
                [Forecast.Part("one device", 1)],
                note:
                    "Apple has denied this to the account since \(denied); after Apple allows it, all due devices follow"
            )
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

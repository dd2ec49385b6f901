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
    func answer(for serial: String, _ api: any AppleAPI) async throws -> DeviceAnswer
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
        var asking = Asking(stage: self, context: context, deniedSince: try context.inventory.denial(of: Self.facet))
        let budget = StageBudget(requests: policy.maxRequests?.number, deadline: asking.deadline)
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
                    "Apple has denied it to the account since \(denied); once it no longer does, all that is due follows"
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

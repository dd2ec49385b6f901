import Inventory
import Records
import Stages

/// Reads devices that left the list by serial number: only that answer says when Apple released them.
struct Details: Extractor {
    let maxRequests: Int

    static let spec = StageSpec<any Extractor>(
        "details",
        "Reads each device that left the list one more time, by serial number, to find out when it was released.",
        example: "details: { max_requests: 1000 }",
        settings: Setting(
            "max_requests",
            "Most requests of this stage in one run; the next run continues.",
            default: Count(1000)
        ),
        build: { (maxRequests: Count) throws(PlanError) -> any Extractor in Details(maxRequests: maxRequests.number) }
    )

    var adds: [Field] { [] }

    func endpoints(on platform: Platform, at now: Timestamp) -> [Endpoint] { [.device] }

    func forecast(_ context: ForecastContext) throws -> Forecast {
        let devices = try context.inventory?.devicesToDetail(limit: maxRequests).count ?? 0
        return Forecast(
            [Forecast.Part("devices that left", devices)],
            note: "plus one for each device that tonight's listing lacks"
        )
    }

    func sync(_ context: SyncContext) async throws {
        let wanted = context.serials.map(Set.init)
        let serials = try context.inventory.devicesToDetail(limit: wanted == nil ? maxRequests : .max)
            .filter { wanted?.contains($0) ?? true }.prefix(maxRequests)
        context.meter.update { $0.total = serials.count }
        try await context.api.spending(StageBudget(requests: maxRequests, deadline: nil)) {
            try await read(Array(serials), context)
        }
    }

    private func read(_ serials: [String], _ context: SyncContext) async throws {
        var denials = Denials()
        for serial in serials {
            try Task.checkCancellation()
            context.meter.update { $0.asked += 1 }
            do {
                let device: Resource? =
                    switch try await SingleDevice(serial, context.api) {
                    case .present(let device), .released(let device): device
                    case .gone: nil
                    }
                denials.noteAnswer()
                try context.inventory.recordDetails(device, serial: serial, at: context.startedAt)
                context.meter.update { $0.received += 1 }
            } catch let error as APIError where error.mayConcernOneDevice || error.kind == .forbidden {
                context.meter.update { $0.unknown += 1 }
                if error.kind == .forbidden, denials.note() != .device { throw error }
            } catch let error as APIError where error.kind == .budgetSpent {
                context.meter.update { $0.asked -= 1 }
                return
            }
        }
    }
}

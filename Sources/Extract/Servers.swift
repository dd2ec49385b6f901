import Inventory
import Records
import Stages

/// Lists the device management services.
struct Servers: Extractor {
    static let spec = StageSpec<any Extractor>(
        "servers",
        "Lists the device management services. They are the dataset `servers`.",
        example: "servers",
        build: { () throws(PlanError) -> any Extractor in Servers() }
    )

    var adds: [Field] { [] }

    func endpoints(on platform: Platform, at now: Timestamp) -> [Endpoint] { [.servers] }

    func forecast(_ context: ForecastContext) throws -> Forecast {
        Forecast(try Self.requests(context))
    }

    /// The requests that read the services in this round.
    static func requests(_ context: ForecastContext) throws -> [Forecast.Part] {
        if let round = context.round, try context.inventory?.isDone(.services, in: round) == true { return [] }
        return [Forecast.Part("list of services", 1)]
    }

    func sync(_ context: SyncContext) async throws {
        let servers = try await Self.list(context).count
        context.meter.update { counts in
            counts.asked += servers
            counts.received += servers
        }
    }

    /// Reads the list unless another stage of this round has read it.
    @discardableResult
    static func list(_ context: SyncContext) async throws -> [ServerStanding] {
        let round = try context.inventory.round(at: context.startedAt)
        if let known = try context.inventory.servers(readIn: round) { return known }
        let last = try context.inventory.pages(of: .servers)
        var pager = Pager(context.api, "/v1/mdmServers", of: "mdmServers", bound: PageBound(after: last ?? 1))
        var servers: [Resource] = []
        var unreadable: [UnreadableElement] = []
        while let page = try await pager.next() {
            servers += page.resources
            unreadable += page.unreadable
        }
        try context.inventory.record(pages: pager.pages, of: .servers)
        try context.inventory.recordServers(servers, at: context.startedAt, isWhole: unreadable.isEmpty)
        try context.inventory.record(unreadable, of: .rows(.servers))
        context.meter.noteUnreadable(unreadable.count, of: "the list of services")
        return try context.inventory.knownServers
    }
}

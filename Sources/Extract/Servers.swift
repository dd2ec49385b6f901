import Inventory
import Pipeline
import Records

/// Lists the device management services.
struct Servers: Extractor {
    static let spec = StageSpec<any Extractor>(
        "servers",
        "Lists the device management services, for the dataset `servers`.",
        example: "servers",
        build: { () throws(PlanError) -> any Extractor in Servers() }
    )

    var adds: [Field] { [] }

    func sync(_ context: SyncContext) async throws {
        let servers = try await Self.list(context)
        context.meter.update { counts in
            counts.asked += servers
            counts.received += servers
        }
    }

    /// Reads the list unless another stage of this run has read it.
    @discardableResult
    static func list(_ context: SyncContext) async throws -> Int {
        if let known = try context.inventory.servers(readAt: context.startedAt) { return known.count }
        var pager = Pager(context.api, "/v1/mdmServers")
        var servers: [Resource] = []
        while let page = try await pager.next() { servers += page }
        try context.inventory.recordServers(servers, at: context.startedAt)
        return servers.count
    }
}

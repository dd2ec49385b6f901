import Inventory
import Pipeline
import Records

/// Reads which device is assigned to which service: one paged list per service instead of one request per device.
struct Assignments: Extractor {
    static let spec = StageSpec<any Extractor>(
        "assignments",
        "Reads which device is assigned to which service, by one list per service.",
        example: "assignments",
        build: { () throws(PlanError) -> any Extractor in Assignments() }
    )

    var adds: [Field] { Schema.assignmentFields }

    func sync(_ context: SyncContext) async throws {
        try await Servers.list(context)
        let servers = try context.inventory.servers(readAt: context.startedAt) ?? []
        context.meter.update { $0.total = servers.count }
        var assigned: [String: String] = [:]
        for server in servers {
            for device in try await devices(of: server, context.api) { assigned[device] = server }
            context.meter.update { counts in
                counts.asked += 1
                counts.received += 1
            }
        }
        let outcome = try context.inventory.recordAssignments(assigned, at: context.startedAt)
        let total = assigned.count
        context.meter.update { counts in
            counts.changed += outcome.changed
            counts.unchanged += max(0, total - outcome.changed)
        }
    }

    private func devices(of server: String, _ api: any AppleAPI) async throws(APIError) -> [String] {
        var pager = Pager(api, "/v1/mdmServers/\(server)/relationships/devices")
        var serials: [String] = []
        do {
            while let page = try await pager.next() { serials += page.map(\.id) }
        } catch  where error.kind == .notFound {
            // Deleted since the services were listed.
            return []
        }
        return serials
    }
}

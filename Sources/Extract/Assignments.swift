import Inventory
import Pipeline
import Records

/// Reads which device is assigned to which service: one paged list per service instead of one request per device.
struct Assignments: Extractor {
    static let spec = StageSpec<any Extractor>(
        "assignments",
        """
        Reads which device is assigned to which service, by one list per service; device by device only where \
        `changes: audit_events` names a few.
        """,
        example: "assignments",
        build: { () throws(PlanError) -> any Extractor in Assignments() }
    )

    var adds: [Field] { Schema.assignmentFields }

    func sync(_ context: SyncContext) async throws {
        let inventory = context.inventory
        let round = try inventory.round(at: context.startedAt)
        if let assigned = try inventory.lastAssignments, assigned >= round, round < context.startedAt {
            return context.meter.noteDone(at: assigned)
        }
        // Where the stage `devices` has heard what changed.
        if let heard = try inventory.heardUntil, heard >= round, try isAheadOfListings(inventory) {
            return try await readOneByOne(context)
        }
        try await readLists(context)
    }

    /// Whether all lists were read after all devices were last listed.
    private func isAheadOfListings(_ inventory: Inventory) throws -> Bool {
        guard let assigned = try inventory.lastAssignments, let listed = try inventory.lastCompleteListing else {
            return false
        }
        return assigned >= listed
    }

    func forecast(_ context: ForecastContext) throws -> Forecast {
        if !context.listsDevices, let inventory = context.inventory, try isAheadOfListings(inventory) {
            let devices = try inventory.assignmentsDue.count
            return Forecast([Forecast.Part("devices", devices)], note: "and one for each device that an event names")
        }
        let services = Forecast.Part("list of services", 1)
        let others = context.stages.contains("servers") ? [] : [services]
        guard let servers = try context.inventory?.knownServers, !servers.isEmpty else {
            return Forecast(others + [Forecast.Part("lists of devices", nil)])
        }
        let pages = servers.filter { !$0.isKnownToBeEmpty }.reduce(0) { pages, server in
            pages + max(1, Pager.pages(for: server.deviceCount ?? server.knownMembers))
        }
        return Forecast(others + [Forecast.Part("lists of devices", pages)])
    }

    private func readLists(_ context: SyncContext) async throws {
        let servers = try await Servers.list(context).filter { !$0.isKnownToBeEmpty }
        context.meter.update { $0.total = servers.count }
        var assigned: [String: String] = [:]
        for server in servers {
            for device in try await devices(of: server.id, context.api) { assigned[device] = server.id }
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

    private func readOneByOne(_ context: SyncContext) async throws {
        let devices = try context.inventory.assignmentsDue
        if devices.isEmpty { return }
        try await Servers.list(context)
        context.meter.update { $0.total = devices.count }
        for device in devices {
            try Task.checkCancellation()
            context.meter.update { $0.asked += 1 }
            let server = try await server(of: device.serial, context.api)
            let isNew = try context.inventory.recordAssignment(of: device, to: server, at: context.startedAt)
            context.meter.update { counts in
                counts.received += 1
                counts.changed += isNew ? 1 : 0
                counts.unchanged += isNew ? 0 : 1
            }
        }
    }

    /// Nil for a device without one, which has been seen in three forms (apple-api.md section 8).
    private func server(of serial: String, _ api: any AppleAPI) async throws(APIError) -> String? {
        do {
            let body = try await api.get(.path("/v1/orgDevices/\(serial)/relationships/assignedServer"))
            return try? ResourceDocument(body).resources.first?.id
        } catch  where error.kind == .notFound {
            return nil
        }
    }
}

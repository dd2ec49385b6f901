import Inventory
import Records
import Stages

/// Reads each device's assigned service: one paged list per service, not one request per device.
struct Assignments: Extractor {
    static let spec = StageSpec<any Extractor>(
        "assignments",
        """
        Reads the device management service of each device, with one list per service. If `changes: audit_events` names \
        only a few devices, these are read one by one instead.
        """,
        example: "assignments",
        build: { () throws(PlanError) -> any Extractor in Assignments() }
    )

    var adds: [Field] { Schema.fields(addedBy: Self.spec.name) }

    func endpoints(on platform: Platform, at now: Timestamp) -> [Endpoint] {
        let lists = "/v1/mdmServers/\(Endpoint.server)/relationships/devices"
        return [.servers, Endpoint(lists, query: Endpoint.one, permission: Endpoint.readingDevices)]
    }

    func sync(_ context: SyncContext) async throws {
        let inventory = context.inventory
        let round = try inventory.round(at: context.startedAt)
        if try inventory.isDone(.assignments, in: round), let assigned = try inventory.lastAssignments {
            return context.meter.noteDone(at: assigned)
        }
        if let serials = context.serials, try serials.count <= FewDevices.pagesOfList(inventory) {
            return try await read(try inventory.keys(of: serials), context)
        }
        // Single devices are enough if the stage `devices` has read the changes from events.
        if try inventory.isDone(.events, in: round), try inventory.knowsAssignmentsOfListing {
            return try await readOneByOne(context)
        }
        try await readLists(context)
    }

    func forecast(_ context: ForecastContext) throws -> Forecast {
        if let round = context.round, try context.inventory?.isDone(.assignments, in: round) == true {
            return .alreadyRead
        }
        let others = try context.stages.contains("servers") ? [] : Servers.requests(context)
        guard let inventory = context.inventory, try inventory.lastAssignments != nil || !inventory.knownServers.isEmpty
        else {
            return Forecast(others + [Forecast.Part("lists of devices", nil)])
        }
        let pages = try inventory.knownServers.filter { !$0.isKnownToBeEmpty }.reduce(0) { pages, server in
            pages + max(1, Pager.pages(for: server.deviceCount ?? server.knownMembers))
        }
        guard context.isAtMost else { return Forecast(others + [Forecast.Part("lists of devices", pages)]) }
        // The stage `devices` passes on at most as many devices as its list has pages.
        let devices = try inventory.assignmentsDue.count + Pager.pages(for: inventory.deviceCount)
        return Forecast(
            others + [Forecast.Part("lists of devices, or single ones", max(pages, devices))],
            isAtMost: true
        )
    }

    private func readLists(_ context: SyncContext) async throws {
        let servers = try await Servers.list(context).filter { !$0.isKnownToBeEmpty }
        context.meter.update { $0.total = servers.count }
        let lists = try AssignmentLists(of: context.inventory)
        var unreadable: [UnreadableElement] = []
        var areWhole = context.meter.current.unreadable == 0
        var denial: APIError?
        for server in servers {
            context.meter.update { $0.asked += 1 }
            do {
                unreadable += try await read(server.id, into: lists, context)
                context.meter.update { $0.received += 1 }
            } catch let error as APIError where [.forbidden, .badRequest, .notFound].contains(error.kind) {
                // The error is about this list, not the others.
                try lists.end(as: nil)
                (areWhole, denial) = (false, error)
                context.meter.update { counts in
                    counts.unknown += 1
                    counts.notes.append(
                        "a list could not be read, so devices that are on no other list keep their service: \(error.message)"
                    )
                }
            }
        }
        if let denial, context.meter.current.received == 0 { throw denial }
        try context.inventory.record(unreadable, of: .assignments)
        context.meter.noteUnreadable(unreadable.count, of: "the lists of devices")
        let outcome = try lists.record(at: context.startedAt, areWhole: areWhole && unreadable.isEmpty)
        context.meter.update { counts in
            counts.changed += outcome.changed
            counts.unchanged += max(0, outcome.total - outcome.changed)
        }
    }

    private func read(_ server: String, into lists: AssignmentLists, _ context: SyncContext) async throws
        -> [UnreadableElement]
    {
        let path = "/v1/mdmServers/\(PercentEncoding.encode(server))/relationships/devices"
        var pager = Pager(context.api, path, bound: PageBound(after: try context.inventory.pagesOfLastListing))
        var unreadable: [UnreadableElement] = []
        do {
            while let page = try await pager.next() {
                try lists.add(page.resources.map(\.id))
                unreadable += page.unreadable
            }
            try lists.end(as: server)
        } catch let error as APIError where error.says(missing: "mdmServers") {
            // The service was deleted after the services were listed.
            try lists.end(as: nil)
        }
        return unreadable
    }

    private func readOneByOne(_ context: SyncContext) async throws {
        try await read(try context.inventory.assignmentsDue, context)
    }

    private func read(_ devices: [DeviceKey], _ context: SyncContext) async throws {
        if devices.isEmpty { return }
        try await Servers.list(context)
        context.meter.update { $0.total = devices.count }
        var denials = Denials()
        for device in devices {
            try Task.checkCancellation()
            context.meter.update { $0.asked += 1 }
            do {
                let server = try await Self.server(of: device.serial, context.api)
                denials.noteAnswer()
                let isNew = try context.inventory.recordAssignment(of: device, to: server, at: context.startedAt)
                context.meter.update { counts in
                    counts.received += 1
                    counts.changed += isNew ? 1 : 0
                    counts.unchanged += isNew ? 0 : 1
                }
            } catch let error as APIError where error.mayConcernOneDevice || error.kind == .forbidden {
                // The device stays due. Apple may still answer for another one.
                context.meter.update { $0.unknown += 1 }
                if error.kind == .forbidden, denials.note() != .device { throw error }
            }
        }
    }

    /// Nil for a device without a service.
    static func server(of serial: String, _ api: any AppleAPI) async throws(APIError) -> String? {
        let answer: Result<[UInt8], APIError>
        do {
            answer = .success(try await api.get(.path(AssignedService.path(of: serial))))
        } catch {
            answer = .failure(error)
        }
        return try AssignedService.read(answer, of: serial).get()
    }
}

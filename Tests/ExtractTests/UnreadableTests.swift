import Inventory
import Pipeline
import Records
import Sandbox
import Stages
import TestSupport
import Testing

/// Pages and elements that cannot be read, over HTTP.
@Suite struct UnreadableTests {
    private func rejects(_ nights: Nights) throws -> [Reject] {
        let inventory = try Inventory(path: nights.inventoryPath, identity: try nights.plan("devices").source.identity)
        defer { inventory.close() }
        return try inventory.unreadableElements
    }

    private func present(_ nights: Nights) throws -> Set<String> {
        let rows = try nights.rows(.devices, "serial_number", "removed_at")
        return Set(rows.filter { $0.value[0] == nil }.keys)
    }

    @Test(arguments: [FaultKind.nullRow, .nulID])
    func ofAListThatCannotBeReadAsAWholeOnlyThoseAreRetiredThatSayTheyLeft(_ kind: FaultKind) async throws {
        try await Nights.with(.with(devices: 1500)) { nights in
            try await nights.run("[devices]", at: nights.night(1))
            await nights.sandbox.advance(toNight: 2)
            await nights.sandbox.setFaults([Fault(kind, 1)])
            let second = try #require(try await nights.run("[devices]", at: nights.night(2))["devices"])
            // The first element of each page, which is a device that is still there.
            #expect(second.status == .partial && second.counts.unreadable == 2)
            #expect(second.counts.retired > 0)
            let listed = Set(nights.listed().map(\.serial))
            #expect(try listed.subtracting(present(nights)).count <= 1, "a new one may be hidden")
            #expect(try present(nights).isSubset(of: listed))
            #expect(try rejects(nights).map(\.dataset) == ["devices", "devices"])
            #expect(try rejects(nights).allSatisfy { $0.reason == .unreadable && !$0.value.isEmpty })
            // Once it can be read again, nothing is left of it.
            await nights.sandbox.setFaults([])
            let third = try #require(try await nights.run("[devices]", at: nights.night(3))["devices"])
            #expect(third.status == .done && third.counts.unreadable == 0)
            #expect(try present(nights) == listed)
            #expect(try rejects(nights).isEmpty)
        }
    }

    @Test func aDeviceWithoutAnIDIsReadByItsSerialNumber() async throws {
        try await Nights.with(.with(devices: 1500) { $0.faults = [Fault(.noID, 1)] }) { nights in
            let run = try #require(try await nights.run("[devices]")["devices"])
            #expect(run.status == .done)
            #expect(try present(nights) == Set(nights.listed().map(\.serial)))
        }
    }

    @Test(arguments: [FaultKind.noData, .otherData, .otherNext])
    func aPageThatCannotBeReadIsNoEnd(_ kind: FaultKind) async throws {
        try await Nights.with(.with(devices: 1500)) { nights in
            try await nights.run("[devices, servers, assignments]", at: nights.night(1))
            let before = try nights.rows(.everything, "serial_number", "server_id", "removed_at")
            await nights.sandbox.setFaults([Fault(kind, 1)])
            let error = await #expect(throws: Failure.self) {
                try await nights.run("[devices]", at: nights.night(2))
            }
            #expect(error?.code == .sourceUnavailable)
            #expect(try nights.rows(.everything, "serial_number", "server_id", "removed_at") == before)
            // One page in three: asked for again, they come right.
            await nights.sandbox.setFaults([Fault(kind, 0.3)])
            let third = try await nights.run("[devices, servers, assignments]", at: nights.night(3))
            #expect(third["devices"]?.counts.retired == 0)
            #expect(try nights.rows(.everything, "serial_number", "server_id", "removed_at") == before)
        }
    }

    @Test(arguments: [FaultKind.nullRow, .noID, .nulID])
    func aListOfServicesThatCannotBeReadAsAWholeTakesNoServiceAway(_ kind: FaultKind) async throws {
        try await Nights.with(.with(devices: 600)) { nights in
            try await nights.run("[devices, servers, assignments]", at: nights.night(1))
            let before = try nights.rows(.everything, "serial_number", "server_id")
            let servers = try nights.rows(.servers, "server_id")
            await nights.sandbox.setFaults([Fault(kind, 1)])
            let second = try await nights.run("[servers, assignments]", at: nights.night(2))
            #expect(second["servers"]?.status == .partial && second["assignments"]?.status == .partial)
            #expect(second["servers"]?.counts.unreadable == 1)
            // The list of each service hides its first device.
            #expect((second["assignments"]?.counts.unreadable ?? 0) > 1)
            #expect(try nights.rows(.servers, "server_id") == servers)
            #expect(try nights.rows(.everything, "serial_number", "server_id") == before)
            #expect(try Set(rejects(nights).map(\.dataset)) == ["servers", "assignments"])
            await nights.sandbox.setFaults([])
            let third = try await nights.run("[servers, assignments]", at: nights.night(3))
            #expect(third["assignments"]?.status == .done)
            #expect(try rejects(nights).isEmpty)
        }
    }

    @Test(arguments: ["", #","attributes":null"#, #","attributes":[]"#, #","attributes":"x""#, #","attributes":7"#])
    func anElementWithoutAttributesKeepsWhatIsKnown(_ attributes: String) async throws {
        try await withTemporaryFolder { folder in
            let inventory = try Inventory(path: "\(folder)/inventory.sqlite", identity: "test")
            defer { inventory.close() }
            func night(_ first: String) async throws -> [StageCounts] {
                let api = CannedAPI { (path, _) throws(APIError) in
                    let known = #","attributes":{"color":"RED","serverName":"One"}"#
                    switch path {
                    case "/v1/orgDevices", "/v1/mdmServers":
                        let type = path.dropFirst(4)
                        return """
                            {"data":[{"type":"\(type)","id":"A"\(first.isEmpty ? known : first)},
                              {"type":"\(type)","id":"B"\(known)}]}
                            """
                    default: throw APIError(.unavailable, "HTTP 503", isServerError: true)
                    }
                }
                var counts: [StageCounts] = []
                for name in ["devices", "servers"] {
                    let meter = StageMeter()
                    let stage = try #require(try Nights.stage(name))
                    try await stage.sync(
                        SyncContext(api: api, inventory: inventory, startedAt: .now, limit: nil, meter: meter)
                    )
                    counts.append(meter.current)
                }
                try inventory.endRound(at: .now)
                return counts
            }
            #expect(try await night("").map(\.unreadable) == [0, 0])
            let element = attributes.isEmpty ? " " : attributes
            #expect(try await night(element).map(\.unreadable) == [1, 1])
            let devices = try Nights.rows(inventory, .devices, "serial_number", "color", "removed_at")
            #expect(devices == ["A": ["RED", nil], "B": ["RED", nil]])
            #expect(try Nights.rows(inventory, .servers, "server_id", "server_name") == ["A": ["One"], "B": ["One"]])
            #expect(try Set(inventory.unreadableElements.map(\.dataset)) == ["devices", "servers"])
        }
    }

    @Test func coverageThatCannotBeReadAsAWholeIsKeptAndSaid() async throws {
        try await Nights.with(.with(devices: 200)) { nights in
            let fleet = nights.sandbox.fleet
            try await nights.run("[devices]")
            await nights.sandbox.setFaults([Fault(.nullRow, 1)])
            let run = try #require(try await nights.run("[coverage]", at: nights.night(2))["coverage"])
            #expect(run.status == .partial)
            let rows = try nights.rows(.everything, "serial_number", "coverage_state", "coverage_error")
            let records = try nights.rows(.coverage, "coverage_id")
            var expected = 0
            for device in nights.listed() {
                let truth = fleet.coverage(of: device.index)
                let row = try #require(rows[device.serial])
                // The first record is hidden.
                #expect(row[0] == (truth.isEmpty ? "none" : truth.count == 1 ? "unknown" : "covered"))
                #expect(
                    (row[1]?.contains("1 element that cannot be read: it is not an object") ?? false) == !truth.isEmpty
                )
                for record in truth.dropFirst() { #expect(records[record.id] != nil) }
                if !truth.isEmpty { expected += 1 }
            }
            #expect(expected > 10)
            #expect(run.counts.unknown == expected)
            #expect(try rejects(nights).count == expected)
            await nights.sandbox.setFaults([])
            let last = try #require(try await nights.run("[coverage]", at: nights.night(3))["coverage"])
            #expect(last.status == .done && last.counts.reasons[.unknown] == expected)
            #expect(try rejects(nights).isEmpty)
        }
    }

    @Test func eventsThatCannotBeReadMakeAListing() async throws {
        try await Nights.with(.with(devices: 1500)) { nights in
            let extract = "[devices: { changes: audit_events }]"
            try await nights.run(extract, at: nights.night(1))
            await nights.sandbox.advance(toNight: 2)
            await nights.sandbox.setFaults([Fault(.noID, 1)])
            // Of an event nobody needs the id.
            let second = try #require(try await nights.run(extract, at: nights.night(2))["devices"])
            #expect(second.counts.unreadable == 0)
            await nights.sandbox.advance(toNight: 3)
            await nights.sandbox.setFaults([Fault(.nullRow, 1)])
            let third = try #require(try await nights.run(extract, at: nights.night(3))["devices"])
            #expect(third.status == .partial)
            #expect(third.remarks.contains { $0.hasPrefix("1 element of the audit log cannot be read") })
            #expect(try rejects(nights).contains { $0.dataset == "audit_events" })
        }
    }

    @Test(arguments: ["devices", "servers", "coverage", "assignments", "devices: { changes: audit_events }"])
    func aListWithoutEndEndsTheStage(stage: String) async throws {
        try await Nights.with(.with(devices: 40)) { nights in
            try await nights.run("[devices: { changes: audit_events }, assignments]", at: nights.night(1))
            await nights.sandbox.setFaults([Fault(.endless, 1)])
            let before = await nights.sandbox.statistics.apiRequests
            let run: [String: StageReport]
            do {
                run = try await nights.run("[\(stage)]", at: nights.night(2))
            } catch let failure as Failure {
                #expect(failure.message.contains("the list does not end: it continues after 100 pages"))
                run = [:]
            }
            for failure in run.values.compactMap(\.failure) {
                #expect(failure.message.contains("the list does not end: it continues after 100 pages"))
            }
            let notes = run.values.flatMap(\.counts.notes)
            #expect(
                run.isEmpty || run.values.contains { $0.failure != nil } || notes.contains { $0.contains("100 pages") }
            )
            let requests = await nights.sandbox.statistics.apiRequests - before
            // A stage that asks device by device gives up after 20 of them.
            #expect((100...3000).contains(requests), "\(requests)")
        }
    }
}

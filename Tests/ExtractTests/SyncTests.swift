import Pipeline
import Records
import Sandbox
import Stages
import TestSupport
import Testing

@Suite struct SyncTests {
    @Test func aFirstRunHoldsWhatTheSandboxHas() async throws {
        try await Nights.with(.with { $0.devices = 2500 }) { nights in
            let stages = try await nights.run("[devices, servers, assignments]")
            let listed = nights.listed()
            let rows = try nights.rows(.everything, "serial_number", "server_id", "part_number")
            #expect(Set(rows.keys) == Set(listed.map(\.serial)))
            for device in listed {
                #expect(rows[device.serial]?[0] == device.serverID)
            }
            #expect(stages["devices"]?.counts.requests == 3)
            #expect(stages["devices"]?.counts.changed == listed.count)
            #expect(try nights.rows(.servers, "server_id").count == nights.sandbox.fleet.servers.count)
        }
    }

    @Test func aNightWithoutChangesFindsNone() async throws {
        try await Nights.with { nights in
            try await nights.run("[devices, assignments, coverage]")
            let stages = try await nights.run("[devices, assignments, coverage]")
            #expect(stages["devices"]?.counts.changed == 0)
            #expect(stages["devices"]?.counts.unchanged == nights.listed().count)
            #expect(stages["assignments"]?.counts.changed == 0)
            #expect(stages["coverage"]?.counts.requests == 0)
            #expect(try nights.rows(.changes, "seq").isEmpty)
        }
    }

    @Test func theNextNightBringsWhatHasChanged() async throws {
        try await Nights.with(.with { $0.devices = 2000 }) { nights in
            try await nights.run("[devices, assignments, coverage, details]")
            let before = Dictionary(uniqueKeysWithValues: nights.listed().map { ($0.serial, $0) })
            await nights.sandbox.advance(toNight: 2)
            let after = Dictionary(uniqueKeysWithValues: nights.listed().map { ($0.serial, $0) })
            let stages = try await nights.run("[devices, assignments, coverage, details]")

            let added = after.keys.filter { before[$0] == nil }
            let left = before.keys.filter { after[$0] == nil }
            let changed = after.filter { before[$0.key].map { $0.attributes } ?? [] != $0.value.attributes }
            #expect(!added.isEmpty && !left.isEmpty && changed.count > added.count)
            #expect(stages["devices"]?.counts.changed == changed.count)
            #expect(stages["devices"]?.counts.retired == left.count)
            #expect(stages["coverage"]?.counts.requests == added.count)
            #expect(stages["details"]?.counts.requests == left.count)

            let rows = try nights.rows(.everything, "serial_number", "removed_at", "released_from_org_at", "server_id")
            for serial in left {
                #expect(rows[serial]?[0] != nil, "removed_at")
                let index = try #require(nights.sandbox.fleet.index(ofSerial: serial))
                let device = try #require(nights.sandbox.fleet.device(at: index))
                #expect((rows[serial]?[1] != nil) == (device.presence == .released))
            }
            for device in after.values { #expect(rows[device.serial]?[2] == device.serverID) }
            let kinds = Set(try nights.rows(.changes, "seq", "kind").values.compactMap { $0[0] })
            #expect(kinds.isSuperset(of: ["added", "updated", "vanished", "reassigned", "released"]))
        }
    }

    @Test func coverageGoesOnWhereItsBudgetEnded() async throws {
        try await Nights.with(.with { $0.devices = 120 }) { nights in
            let total = nights.listed().count
            let first = try await nights.run("[devices, coverage: { max_requests: 50 }]")
            #expect(first["coverage"]?.counts.requests == 50)
            let second = try await nights.run("[devices, coverage]")
            #expect(second["coverage"]?.counts.requests == total - 50)
            let states = try nights.rows(.everything, "serial_number", "coverage_state").values.map { $0[0] }
            #expect(states.allSatisfy { $0 == "covered" || $0 == "none" })
        }
    }

    @Test func coverageRecordsAreThoseOfTheSandbox() async throws {
        try await Nights.with(.with { $0.devices = 200 }) { nights in
            try await nights.run("[devices, coverage]")
            let states = try nights.rows(.everything, "serial_number", "coverage_state")
            let records = try nights.rows(.coverage, "coverage_id", "serial_number", "description")
            for device in nights.listed() {
                let truth = nights.sandbox.fleet.coverage(of: device.index)
                #expect(states[device.serial]?[0] == (truth.isEmpty ? "none" : "covered"))
                for record in truth { #expect(records[record.id] != nil) }
            }
        }
    }

    @Test func aLimitReadsSoManyDevicesAndRetiresNone() async throws {
        try await Nights.with { nights in
            try await nights.run("[devices]")
            let stages = try await nights.run("[devices, coverage]", limit: 20)
            #expect(stages["devices"]?.counts.received == 20)
            #expect(stages["devices"]?.counts.retired == 0)
            #expect(stages["coverage"]?.counts.requests == 20)
        }
    }

    @Test func aRunAfterOneWithALimitMissesNothing() async throws {
        try await Nights.with(.with { $0.devices = 1500 }) { nights in
            try await nights.run("[devices]", limit: 20)
            let stages = try await nights.run("[devices]")
            #expect(stages["devices"]?.counts.retired == 0)
            #expect(try nights.rows(.devices, "serial_number").count == nights.listed().count)
        }
    }

    @Test func faultsChangeNothingInTheResult() async throws {
        let faults = try Fault.list(
            parsing:
                "500:0.05,503:0.03,reset:0.03,truncate:0.03,badjson:0.02,html:0.02,expire:0.02,repeat:0.5,cursor:0.05,nexthost:0.1"
        )
        try await Nights.with(
            .with {
                $0.devices = 3000
                $0.faults = faults
            }
        ) { nights in
            try await nights.run("[devices, assignments, coverage: { max_requests: 300 }]")
            let listed = nights.listed()
            let rows = try nights.rows(.everything, "serial_number", "server_id")
            #expect(Set(rows.keys) == Set(listed.map(\.serial)))
            for device in listed { #expect(rows[device.serial]?[0] == device.serverID) }
            #expect(await nights.sandbox.statistics.faults.count > 5)
        }
    }

    @Test func aDeviceThatAppleNoLongerKnowsStaysUnknownWithItsReason() async throws {
        try await Nights.with(
            .with {
                $0.devices = 60
                $0.faults = [Fault(.vanish, 0.3)]
            }
        ) { nights in
            let stages = try await nights.run("[devices, coverage]")
            #expect(stages["coverage"]?.status == .partial)
            let rows = try nights.rows(.everything, "serial_number", "coverage_state", "coverage_error")
            let unknown = rows.values.filter { $0[0] == "unknown" }
            #expect(unknown.count == stages["coverage"]?.counts.unknown)
            #expect(unknown.allSatisfy { $0[1]?.contains("404") == true })
        }
    }
}

import Inventory
import Pipeline
import Records
import Sandbox
import Stages
import TestSupport
import Testing

@Suite struct InquiryTests {
    private func count(_ stage: StageReport?, _ reason: AskReason) -> Int { stage?.counts.reasons[reason] ?? 0 }

    @Test func theSecondNightAsksForWhatIsNewDueAndItsShare() async throws {
        try await Nights.with(.with { $0.devices = 1500 }) { nights in
            let first = try await nights.run("[devices, coverage]", at: nights.night(1))
            let listed = nights.listed().count
            #expect(count(first["coverage"], .new) == listed)
            #expect(first["coverage"]?.counts.requests == listed)
            await nights.sandbox.advance(toNight: 2)
            let second = try await nights.run("[devices, coverage]", at: nights.night(2))
            let coverage = try #require(second["coverage"])
            #expect(count(coverage, .new) > 0)
            #expect(count(coverage, .due) > 0)
            let renewed = count(coverage, .due) + count(coverage, .changed) + count(coverage, .old)
            // A thirtieth of those that were known, give or take those that left.
            #expect((listed / 30 - 2...listed / 30 + 1).contains(renewed), "\(coverage.counts.reasons)")
            #expect(coverage.counts.requests == coverage.counts.asked)
            #expect(coverage.counts.heldBack == 0)
        }
    }

    @Test func whatFellDueIsRight() async throws {
        try await Nights.with(.with { $0.devices = 800 }) { nights in
            try await nights.run("[devices, coverage]", at: nights.night(1))
            let before = nights.sandbox.fleet
            await nights.sandbox.advance(toNight: 4)
            try await nights.run("[devices, coverage: { max_age: 10000d }]", at: nights.night(4))
            let rows = try nights.rows(.coverage, "coverage_id", "end_at", "status")
            var moved = 0
            for device in nights.listed() {
                let old = before.coverage(of: device.index)
                for (record, then) in zip(nights.sandbox.fleet.coverage(of: device.index), old)
                where record.id == then.id {
                    if record != then { moved += 1 }
                    let status = record.attributes.first { $0.name == "status" }?.value
                    guard case .text(let text) = status else { continue }
                    #expect(rows[record.id]?[1] == text, "\(record.id)")
                }
            }
            #expect(moved > 0)
        }
    }

    @Test func aBudgetHoldsTheRestBackAndTheNextRunGoesOn() async throws {
        try await Nights.with(.with { $0.devices = 120 }) { nights in
            let total = nights.listed().count
            let first = try await nights.run("[devices, coverage: { max_requests: 50 }]")
            #expect(first["coverage"]?.counts.heldBack == total - 50)
            #expect(first["coverage"]?.status == .done)
            #expect(
                first["coverage"]?.remarks == [
                    "asked for 50 new", "\(total - 50) devices wait for the next run",
                ]
            )
        }
    }

    @Test func timeIsABudgetToo() async throws {
        try await Nights.with(
            .with {
                $0.devices = 400
                $0.latencyMilliseconds = 100
            }
        ) { nights in
            let first = try await nights.run("[devices, coverage: { max_time: 1s }]")
            let coverage = try #require(first["coverage"])
            #expect(coverage.status == .done)
            #expect((4...100).contains(coverage.counts.requests), "\(coverage.counts.requests)")
            #expect(coverage.counts.heldBack == nights.listed().count - coverage.counts.requests)
            #expect(coverage.counts.seconds < 3)
        }
    }

    @Test func locksAreThoseOfTheSandbox() async throws {
        try await Nights.with(.with { $0.devices = 600 }) { nights in
            let stages = try await nights.run("[devices, activation_lock]")
            let rows = try nights.rows(
                .everything,
                "serial_number",
                "activation_lock_state",
                "activation_lock_type",
                "activation_lock_checked_at"
            )
            var unknown = 0
            for device in nights.listed() {
                let row = try #require(rows[device.serial])
                switch nights.sandbox.fleet.activationLock(of: device.index) {
                case nil:
                    unknown += 1
                    #expect(row == ["unknown", nil, nil])
                case "NONE"?: #expect(row.prefix(2) == ["unlocked", "none"] && row[2] != nil)
                case let type?: #expect(row.prefix(2) == ["locked", type.lowercased()] && row[2] != nil)
                }
            }
            #expect(unknown > 0)
            let lock = try #require(stages["activation_lock"])
            #expect(lock.status == .partial)
            #expect(lock.counts.unknown == unknown)
            // One more try for each, no more.
            #expect(lock.counts.requests == nights.listed().count + unknown)
        }
    }

    /// An inventory of this many devices, and what a stage does with it if Apple always gives the same answer.
    private func withDevices(
        _ count: Int,
        _ test: (Inventory, _ sync: (String, APIError) async throws -> StageCounts) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let inventory = try Inventory(path: "\(folder)/inventory.sqlite", identity: "test")
            defer { inventory.close() }
            let listing = try inventory.beginListing(at: .now)
            let devices = (0..<count).map { Resource(type: "orgDevices", id: "C\($0)", attributes: Array("{}".utf8)) }
            _ = try inventory.record(devices, in: listing, next: nil, at: .now)
            try await test(inventory) { extract, error in
                let meter = StageMeter()
                let stage = try #require(try Nights.stage(extract))
                let api = CannedAPI { (_, _) throws(APIError) in throw error }
                try await stage.sync(
                    SyncContext(api: api, inventory: inventory, startedAt: .now, limit: nil, meter: meter)
                )
                return meter.current
            }
        }
    }

    private let serverError = APIError(.unavailable, "HTTP 500", isServerError: true)

    @Test func someLockErrorsInARowAreNoSignThatAppleIsDown() async throws {
        try await withDevices(49) { _, sync in
            let first = try await sync("activation_lock", serverError)
            #expect(first.unknown == 49)
            // Devices that were unknown before are not a sign either, however many.
            let second = try await sync("activation_lock", serverError)
            #expect(second.unknown == 49)
            let stopped = await #expect(throws: APIError.self) { _ = try await sync("coverage", serverError) }
            #expect(stopped?.message.contains("20 requests in a row failed: HTTP 500") == true)
        }
    }

    @Test func manyLockErrorsInARowAreOne() async throws {
        try await withDevices(200) { _, sync in
            let stopped = await #expect(throws: APIError.self) { _ = try await sync("activation_lock", serverError) }
            #expect(stopped?.message == "50 requests in a row failed: HTTP 500")
        }
    }

    @Test(arguments: ["coverage", "activation_lock"])
    func aPathThatIsNotFoundIsNoAnswer(stage: String) async throws {
        try await withDevices(60) { inventory, sync in
            let stopped = await #expect(throws: APIError.self) {
                _ = try await sync(stage, APIError(.notFound, "HTTP 404"))
            }
            #expect(stopped?.message == "20 requests in a row failed: HTTP 404")
            let states = try Nights.rows(inventory, .everything, "serial_number", "coverage_state")
            #expect(Set(states.values.map { $0[0] }) == ["unknown"])
        }
    }

    @Test func whatAppleSaysItHasNotIsNone() async throws {
        try await withDevices(60) { inventory, sync in
            let counts = try await sync("coverage", APIError(.notFound, "HTTP 404", missing: "appleCareCoverage"))
            #expect(counts.received == 60)
            let states = try Nights.rows(inventory, .everything, "serial_number", "coverage_state", "coverage_error")
            #expect(Set(states.values) == [["none", nil]])
        }
    }

    @Test func aStageNeverSendsMoreThanItMay() async throws {
        try await Nights.with(
            .with {
                $0.devices = 200
                $0.faults = [Fault(.serverError, 0.3)]
            }
        ) { nights in
            for stage in ["coverage", "activation_lock"] {
                let counts = try #require(try await nights.run("[devices, \(stage): { max_requests: 60 }]")[stage])
                    .counts
                #expect(counts.requests == 60)
                #expect(counts.asked == counts.received + counts.unknown)
                #expect(counts.heldBack == nights.listed().count - counts.asked)
                #expect(counts.reasons.values.reduce(0, +) == counts.asked)
            }
        }
    }

    @Test func whatWaitsSaysSo() async throws {
        try await Nights.with(.with { $0.devices = 100 }) { nights in
            try await nights.run("[devices, coverage: { max_requests: 30 }]")
            let rows = try nights.rows(.everything, "serial_number", "coverage_state", "coverage_error")
            let waiting = rows.values.filter { $0[0] == "unknown" }
            #expect(waiting.count == nights.listed().count - 30)
            #expect(waiting.allSatisfy { $0[1] == "not asked yet" })
            #expect(rows.values.filter { $0[0] != "unknown" }.allSatisfy { $0[1] == nil })
        }
    }

    /// Waiting for a turn is time too.
    @Test func theTimeOfAStageIsKeptAlsoWhereAppleHoldsItBack() async throws {
        try await Nights.with(
            .with {
                $0.devices = 200
                $0.rate = 1
                $0.burst = 10
            }
        ) { nights in
            let coverage = try #require(try await nights.run("[devices, coverage: { max_time: 2s }]")["coverage"])
            #expect(coverage.status == .done)
            #expect(coverage.counts.seconds < 2.5, "\(coverage.counts.seconds) s")
            #expect(coverage.counts.heldBack == nights.listed().count - coverage.counts.received)
        }
    }

    @Test func aLockThatBecomesUnknownIsNotShownAsItWas() async throws {
        try await Nights.with(.with { $0.devices = 40 }) { nights in
            try await nights.run("[devices, activation_lock]", at: nights.night(1))
            await nights.sandbox.setFaults([Fault(.serverError, 1)])
            _ = try? await nights.run("[activation_lock: { max_age: 1h }]", attempts: 2, at: nights.night(2))
            let states = try nights.rows(.everything, "serial_number", "activation_lock_state", "activation_lock_type")
            #expect(Set(states.values.map { $0[0] }) == ["unknown"])
            #expect(states.values.allSatisfy { $0[1] == nil })
        }
    }
}

import Inventory
import Pipeline
import Records
import Stages
import TestSupport
import Testing

@Suite struct RunTests {
    let night: Night
    var desk: Desk { night.desk }

    init() throws { night = try Night() }

    private let plain = pipeline(load: "[desk: { name: a, columns: [serial_number, color] }]")

    @Test func rowsGoFromTheSourceToTheDestination() async throws {
        let report = try await night.run(plain)
        #expect(desk.rows("a") == ["C01 RED", "C02 BLUE", "C03 RED"])
        #expect(desk.load("a")?.end == .committed)
        #expect(desk.events == ["devices", "open a", "commit a"])
        #expect(report.code == .done)
        #expect(report.outcome == ["extract devices done", "load desk a done"])
        #expect(desk.api.closings == 1)
    }

    @Test func theReportHasTheNumbers() async throws {
        desk.when("coverage") { context in
            context.meter.update { $0.asked += 3 }
            (context.api as? FakeAPI)?.ask(5)
        }
        let report = try await night.run(
            pipeline(
                extract: "[devices, coverage]",
                transform: "[refuse: { column: color }, keep: C02]",
                load: "[desk: { name: a }, desk: { name: b }]"
            )
        )
        #expect(report.stage("coverage")?.counts.requests == 5)
        #expect(report.stage("devices")?.counts.requests == 0)
        #expect(report.stage("devices")?.counts.received == 3)
        #expect(report.stage("refuse")?.counts.rejected == 3)
        #expect(report.stage("refuse")?.counts.received == 3)
        #expect(report.stage("keep")?.counts.filtered == 2)
        #expect(report.stage("b")?.counts.received == 1)
        #expect(report.stage("b")?.counts.written == 1)
        #expect(report.rejects == [.checksum: 3])
        #expect(report.pipeline == "t.yaml")
        #expect(report.source == "sandbox-500-1")
        #expect(report.startedAt == now)
        #expect(report.runID.hasPrefix("20260101T000000Z-"))
        #expect(desk.load("b")?.context == [report.runID, "sandbox-500-1", now.description])
        #expect(report.seconds > 0)
    }

    @Test func manyBatchesStreamThroughOneChain() async throws {
        desk.lists(serials(2500))
        let report = try await night.run(
            pipeline(transform: "[add: { columns: [n] }]", load: "[desk: { name: a, columns: [n, serial_number] }]")
        )
        #expect(desk.rows("a").first == "1 C0000")
        #expect(desk.rows("a").last == "2500 C2499")
        #expect(report.stage("add")?.counts.received == 2500)
    }

    @Test func aPlanRunsAgainFromTheBeginning() async throws {
        let plan = try plan(
            "inventory: \(night.inventoryPath)\n" + pipeline(transform: "[add: { columns: [n] }]"),
            desk: desk
        )
        for _ in 1...2 {
            let api = desk.api
            _ = await plan.run(RunOptions(), startedAt: now, progress: RunProgress()) { _ in api }
        }
        #expect(desk.load("a")?.rows.map { $0.last ?? nil } == ["1", "2", "3", "1", "2", "3"])
    }

    @Test func devicesThatLeftComeApart() async throws {
        _ = try await night.run(plain)
        desk.lists([("C01", "RED"), ("C03", "RED")])
        let load = "[desk: { name: b, columns: [serial_number, removed_at] }]"
        let report = try await night.run(pipeline(load: load), at: Timestamp(seconds: 1_767_312_000))
        #expect(desk.rows("b") == ["C01 -", "C03 -"])
        #expect(desk.load("b")?.removedRows.map(joined) == ["C02 2026-01-02T00:00:00.000Z"])
        let counts = try #require(report.stage("b")).counts
        #expect([counts.received, counts.written, counts.filtered] == [3, 2, 1])
    }

    @Test func limitReachesTheStagesAndTheRows() async throws {
        let seen = Desk()
        desk.when("coverage") { context in seen.note("\(context.limit ?? 0)") }
        _ = try await night.run(
            pipeline(extract: "[devices, coverage]", load: "[desk: { name: a, columns: [serial_number] }]")
        ) {
            $0.limit = 2
        }
        #expect(seen.events == ["2"])
        #expect(desk.rows("a") == ["C01", "C02"])
    }

    @Test func progressCanBeReadMeanwhile() async throws {
        let progress = RunProgress()
        let seen = Desk()
        desk.when("devices") { context in
            context.meter.update { $0.received = 7 }
            let running = progress.stages
            seen.note("\(running.map(\.status)) \(running.map(\.counts.received)) \(running[0].counts.seconds > 0)")
        }
        _ = try await night.run(plain, progress: progress)
        #expect(seen.events == ["[Pipeline.StageReport.Status.running] [7] true"])
    }

    @Test func offlineAsksNothing() async throws {
        _ = try await night.run(plain)
        let load = "[desk: { name: b, columns: [serial_number] }]"
        let refuse: Connect = { _ in throw Failure(.credentialsRefused, "connected") }
        let report = try await night.run(pipeline(load: load), { $0.offline = true }, connect: refuse)
        #expect(report.code == .done)
        #expect(desk.rows("b") == ["C01", "C02", "C03"])
        #expect(report.outcome == ["load desk b done"])
    }

    @Test func offlineWithoutAnInventoryIsRefusedAndMakesNone() async throws {
        let report = try await night.run(plain) { $0.offline = true }
        #expect(report.code == .badData)
        #expect(
            report.failure?.message
                == "--offline: the inventory \(night.inventoryPath) has no complete list of devices"
        )
        #expect(desk.events.isEmpty)
        #expect(night.folder.names.isEmpty)
    }

    @Test func aPipelineWithoutTheStageDevicesNeedsTheListOfAnother() async throws {
        let other = pipeline(extract: "[coverage]", load: "[desk: { name: b }]")
        let refuse: Connect = { _ in throw Failure(.credentialsRefused, "connected") }
        let report = try await night.run(other, connect: refuse)
        #expect(report.code == .badData)
        let problem = "the inventory \(night.inventoryPath) has no complete list of devices"
        #expect(report.failure?.message == problem)
        #expect(report.failure?.advice?.hasPrefix("add the extract stage 'devices', or first run") == true)
        let offline = try await night.run(other) { $0.offline = true }
        #expect(offline.failure?.message == "--offline: \(problem)")
        #expect(offline.failure?.advice == report.failure?.advice)
        #expect(desk.events.isEmpty)
        // Other rows need no list.
        let servers = pipeline(extract: "[assignments]", load: "[desk: { name: c, from: servers }]")
        #expect(try await night.run(servers).code == .done)
        #expect(try await night.run(plain).code == .done)
        #expect(try await night.run(other).code == .done)
        #expect(desk.rows("b").count == 3)
    }

    @Test func offlineNeedsACompleteListing() async throws {
        desk.when("devices") { context in
            let listing = try context.inventory.beginListing(at: context.startedAt)
            _ = try context.inventory.record([], in: listing, next: "page 2", at: context.startedAt)
        }
        #expect(try await night.run(plain).code == .done)
        #expect(try await night.run(plain) { $0.offline = true }.code == .badData)
    }

    @Test func fullAsksForAllCoverageAgain() async throws {
        let seen = Desk()
        desk.when("coverage") { context in
            let (due, _) = try context.inventory.deviceRequests(
                .coverage,
                maxAge: 86_400,
                at: context.startedAt,
                limit: 10
            )
            _ = try context.inventory.record(
                due.map { ($0.id, .known(Array("[]".utf8))) },
                of: .coverage,
                at: context.startedAt
            )
            seen.note("\(due.count)")
        }
        for full in [false, false, true] {
            _ = try await night.run(pipeline(extract: "[devices, coverage]")) { $0.full = full }
        }
        #expect(seen.events == ["3", "0", "3"])
    }

    @Test(arguments: [(nil, true), (.forbidden, true), (.unavailable, false)] as [(APIError.Kind?, Bool)])
    func aRunIsGoneOnWithWhereAppleDidNotAnswer(failure: APIError.Kind?, isOver: Bool) async throws {
        let seen = Desk()
        desk.when("coverage") { context in
            let round = try context.inventory.round(at: context.startedAt)
            seen.note("\(round.beganAt == context.startedAt)")
            if let failure { throw APIError(failure, "no coverage") }
        }
        for minute in Int64(0)...1 {
            let moment = Timestamp(microseconds: now.microseconds + minute * 60_000_000)
            _ = try await night.run(pipeline(extract: "[devices, coverage]"), at: moment)
        }
        #expect(seen.events == ["true", "\(isOver)"])
    }

    @Test func anInventoryInUseIsSaid() async throws {
        let inventory = try night.inventory()
        let report = try await night.run(plain)
        #expect(report.code == .locked)
        #expect(report.failure?.message.hasPrefix("the inventory is in use by process") == true)
        inventory.close()
    }

    @Test func theInventoryIsGivenFree() async throws {
        _ = try await night.run(plain)
        try night.inventory().close()
    }
}

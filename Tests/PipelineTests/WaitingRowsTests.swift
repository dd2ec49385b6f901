import Inventory
import Pipeline
import Records
import Stages
import Testing

/// Rows that a transform keeps back until it has seen all.
@Suite struct WaitingRowsTests {
    let night: Night
    var desk: Desk { night.desk }

    init() throws { night = try Night() }

    private let columns = "columns: [serial_number]"
    private let three = ["C01", "C02", "C03"]

    @Test(arguments: ["[hold]", "[hold, hold]", "[add: { columns: [n] }, hold, refuse: { column: status }, hold]"])
    func theyReachEveryLoad(_ transform: String) async throws {
        desk.lists(serials(2500))
        let loads =
            "desk: { name: a, \(columns) }, desk: { name: b, \(columns) }, desk: { name: c, order: serial, \(columns) }"
        let report = try await night.run(pipeline(transform: transform, load: "[\(loads)]"))
        let expected = serials(2500).map(\.serial)
        for name in ["a", "b", "c"] {
            #expect(desk.rows(name) == expected, "\(name)")
            #expect(desk.load(name)?.end == .committed)
            #expect(report.stage(name)?.counts.received == 2500)
        }
        #expect(report.code == .done)
    }

    @Test(arguments: ["[hold]", "[hold, hold]"]) func theyReachTheLoadThatKeepsThem(_ own: String) async throws {
        let loads = "desk: { name: a, \(columns), transform: \(own) }, desk: { name: b, \(columns) }"
        let report = try await night.run(pipeline(load: "[\(loads)]"))
        #expect(desk.rows("a") == three)
        #expect(desk.rows("b") == three)
        #expect(report.stage("a")?.counts.received == 3)
        #expect(report.stage("a")?.counts.written == 3)
    }

    @Test func theyWaitInBothBranches() async throws {
        let load = "[desk: { name: a, \(columns), transform: [hold, keep: C02] }]"
        let report = try await night.run(pipeline(transform: "[hold]", load: load))
        #expect(desk.rows("a") == ["C02"])
        #expect(report.stages.filter { $0.name == "hold" }.map(\.counts.received) == [3, 3])
        #expect(report.stages.filter { $0.name == "hold" }.map(\.counts.filtered) == [0, 0])
        #expect(report.stage("keep")?.counts.filtered == 2)
    }

    @Test func theyAreNotCountedAsLeftOut() async throws {
        desk.lists(serials(2500))
        let report = try await night.run(pipeline(transform: "[keep: C0, hold, keep: C00, add: { columns: [n] }]"))
        let counts = report.stages.filter { $0.kind == .transform }.map(\.counts)
        #expect(counts.map(\.received) == [2500, 1000, 1000, 100])
        #expect(counts.map(\.filtered) == [1500, 0, 900, 0])
        #expect(desk.rows("a").count == 100)
    }

    @Test func stateOfLaterTransformsGoesOn() async throws {
        let load = "[desk: { name: a, columns: [serial_number, n] }]"
        _ = try await night.run(pipeline(transform: "[hold, add: { columns: [n] }]", load: load))
        #expect(desk.rows("a") == ["C01 1", "C02 2", "C03 3"])
    }

    @Test func devicesThatLeftStayApart() async throws {
        _ = try await night.run(pipeline())
        desk.lists([("C01", "RED"), ("C03", "RED")])
        let load = "[desk: { name: b, \(columns) }, desk: { name: c, \(columns), transform: [hold] }]"
        _ = try await night.run(pipeline(transform: "[hold]", load: load))
        for name in ["b", "c"] {
            #expect(desk.rows(name) == ["C01", "C03"])
            #expect(desk.load(name)?.removedRows.map(joined) == ["C02"])
        }
    }

    @Test func whatIsRefusedLateCounts() async throws {
        let refuse = "hold, refuse: { column: color }"
        let loads = "desk: { name: a, transform: [refuse: { column: updated_at }] }, desk: { name: b, order: serial }"
        let shared = try await night.run(pipeline(transform: "[\(refuse)]", load: "[\(loads)]"))
        #expect(shared.rejects == [.checksum: 3])
        #expect(shared.stage("refuse")?.counts.rejected == 3)
        let own = try await night.run(pipeline(load: "[desk: { name: c, transform: [\(refuse)] }]"))
        #expect(own.rejects == [.checksum: 3])
        #expect(own.stage("refuse")?.counts.rejected == 3)
    }

    @Test func aFailureWithTheLastRowsFailsThatLoad() async throws {
        let loads = "desk: { name: a, transform: [hold, break: { batch: 2 }] }, desk: { name: b, \(columns) }"
        let report = try await night.run(pipeline(load: "[\(loads)]"))
        #expect(desk.load("a")?.end == .rolledBack)
        #expect(report.stage("a")?.failure?.message == "break: batch 2 does not pass")
        #expect(desk.rows("b") == three)
        #expect(desk.load("b")?.end == .committed)
        #expect(report.code == .partial)
    }

    @Test func aFailureOfAllWithTheLastRowsTakesAllBack() async throws {
        let loads = "desk: { name: a }, desk: { name: b }"
        let report = try await night.run(pipeline(transform: "[hold, break: { batch: 2 }]", load: "[\(loads)]"))
        #expect(report.code == .badData)
        #expect(desk.load("a")?.end == .rolledBack)
        #expect(desk.load("b")?.end == .rolledBack)
    }

    private func preview(_ yaml: String, rows: Int) async throws -> [PreviewStep] {
        let inventory = try night.inventory()
        defer { inventory.close() }
        return try await plan(yaml, desk: desk).preview(inventory, rows: rows, startedAt: now)
    }

    @Test func aPreviewShowsThem() async throws {
        let yaml = pipeline(transform: "[hold, keep: C02]")
        _ = try await night.run(yaml)
        #expect(try await preview(yaml, rows: 10).map(\.batch.count) == [3, 3, 1, 1])
    }

    @Test(arguments: [("[hold]", ""), ("[]", ", transform: [hold]"), ("[hold, hold]", ", transform: [hold, hold]")])
    func aPreviewShowsWhatTheRunWrites(_ shared: String, _ own: String) async throws {
        _ = try await night.run(pipeline())
        desk.lists(serials(2500).filter { $0.serial != "C0002" })
        let loads = "desk: { name: b, \(columns) }, desk: { name: c, \(columns)\(own) }"
        let yaml = pipeline(transform: shared, load: "[\(loads)]")
        _ = try await night.run(yaml)
        let steps = try await preview(yaml, rows: 5000)
        for name in ["b", "c"] {
            let load = try #require(desk.load(name))
            let step = try #require(steps.first { $0.title == "desk \(name) would write" })
            let rows = (0..<step.batch.count).map { step.batch.display(step.batch[0, $0]) ?? "-" }
            #expect(rows == (load.rows + load.removedRows).map(joined), "\(name)")
            #expect(rows.count > 2500)
        }
    }

    @Test(arguments: ["[hold, refuse: { column: color }]", "[refuse: { column: color }, hold]"])
    func theCheckOfRejectsCountsAsTheRunDoes(_ own: String) async throws {
        desk.lists(serials(1500))
        let loads = "desk: { name: a, transform: \(own) }, desk: { name: b, transform: \(own) }"
        let yaml = pipeline(load: "[\(loads)]")
        // What two loads refuse for the same reason counts once.
        #expect(try await night.run(yaml).rejects == [.checksum: 1500])
        #expect(try await night.run(yaml) { $0.maxRejects = .values(1499) }.rejects == [.checksum: 1500])
        #expect(try await night.run(yaml) { $0.maxRejects = .values(1500) }.code == .done)
    }
}

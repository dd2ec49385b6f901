import Inventory
import Pipeline
import Records
import Stages
import Testing

@Suite struct LoadingTests {
    let night: Night
    var desk: Desk { night.desk }

    init() throws { night = try Night() }

    @Test(arguments: [Trouble.opening, .writing, .committing]) func oneLoadThatFailsLeavesTheOthersAlone(
        _ trouble: Trouble
    ) async throws {
        let loads = ["a", "b", "c"].map { "desk: { name: \($0), trouble: \($0 == "b" ? trouble.rawValue : "none") }" }
        let report = try await night.run(pipeline(load: "[\(loads.joined(separator: ", "))]"))
        // The one that fails in writing is refused by a guard.
        #expect(report.code == (trouble == .writing ? .badData : .partial))
        #expect(report.failure == nil)
        #expect(report.outcome.suffix(3) == ["load desk a done", "load desk b failed", "load desk c done"])
        #expect(desk.load("a")?.end == .committed)
        #expect(desk.load("b")?.end == (trouble == .opening ? nil : .rolledBack))
        #expect(desk.load("c")?.end == .committed)
        #expect(desk.rows("c").count == 3)
        #expect(report.stage("b")?.failure?.message.hasPrefix("b ") == true)
    }

    /// That of a guard only if nothing else failed.
    @Test func allLoadsThatFailGiveTheirCode() async throws {
        let report = try await night.run(
            pipeline(load: "[desk: { name: a, trouble: writing }, desk: { name: b, trouble: committing }]")
        )
        #expect(report.code == .destinationFailed)
        #expect(report.outcome.suffix(2) == ["load desk a failed", "load desk b failed"])
        #expect(desk.load("b")?.end == .rolledBack)
    }

    @Test func aTransformThatFailsTakesAllBack() async throws {
        desk.lists(serials(1500))
        let report = try await night.run(
            pipeline(transform: "[break: { batch: 2 }]", load: "[desk: { name: a }, desk: { name: b }]")
        )
        #expect(report.code == .badData)
        #expect(desk.load("a")?.rows.count == 500)
        #expect(desk.load("a")?.end == .rolledBack)
        #expect(desk.load("b")?.end == .rolledBack)
        #expect(report.stage("a")?.failure?.message == "break: batch 2 does not pass")
    }

    @Test func aTransformOfOneLoadFailsThatLoad() async throws {
        let report = try await night.run(
            pipeline(load: "[desk: { name: a, transform: [break: {}] }, desk: { name: b, transform: [keep: C02] }]")
        )
        #expect(report.code == .partial)
        #expect(desk.load("a")?.end == .rolledBack)
        #expect(desk.load("b")?.end == .committed)
        #expect(desk.rows("b").count == 1)
    }

    @Test func aRefusedLoadBesideOneWhoseTransformFailsIsPartial() async throws {
        let loads = ["name: a, transform: [break: {}]", "name: b, trouble: writing", "name: c"]
        let report = try await night.run(pipeline(load: "[\(loads.map { "desk: { \($0) }" }.joined(separator: ", "))]"))
        #expect(report.outcome.suffix(2) == ["load desk b failed", "load desk c done"])
        #expect(report.stage("a")?.failure?.message == "break: batch 1 does not pass")
        #expect(report.code == .partial)
    }

    @Test func aRefusedLoadIsPartialIfDataIsUnknownToo() async throws {
        desk.when("coverage") { context in context.meter.update { $0.unknown = 1 } }
        let loads = "desk: { name: a, trouble: writing }, desk: { name: b }"
        let report = try await night.run(pipeline(extract: "[devices, coverage]", load: "[\(loads)]"))
        #expect(report.stage("a")?.failure?.code == .badData)
        #expect(report.code == .partial)
    }

    @Test func loadsOfOtherDatasetsDoNotFailWithTheDevices() async throws {
        _ = try await night.run(pipeline())
        desk.lists([("C01", "RED")])
        let report = try await night.run(
            pipeline(
                transform: "[break: {}]",
                load: "[desk: { name: b }, desk: { name: c, from: changes, columns: [kind] }]"
            )
        )
        #expect(report.code == .partial)
        #expect(desk.load("b")?.end == .rolledBack)
        #expect(desk.load("c")?.end == .committed)
        #expect(desk.rows("c") == ["vanished", "vanished"])
    }

    @Test func loadsOfOneOrderShareAPass() async throws {
        desk.lists([("C03", "RED"), ("C01", "RED"), ("C02", "RED")])
        let column = "columns: [serial_number]"
        let report = try await night.run(
            pipeline(
                transform: "[keep: C0]",
                load:
                    "[desk: { name: a, \(column) }, desk: { name: b, order: serial, \(column) }, desk: { name: c, \(column) }]"
            )
        )
        #expect(desk.rows("a") == ["C03", "C01", "C02"])
        #expect(desk.rows("b") == ["C01", "C02", "C03"])
        #expect(desk.rows("c") == ["C03", "C01", "C02"])
        #expect(desk.events == ["devices", "open a", "open c", "commit a", "commit c", "open b", "commit b"])
        #expect(report.stages.count { $0.name == "keep" } == 1)
        #expect(report.stage("keep")?.counts.received == 3)
    }

    @Test func whatOneLoadDoesToTheRowsTheOthersDoNotSee() async throws {
        let columns = "columns: [serial_number, color]"
        _ = try await night.run(
            pipeline(
                load:
                    "[desk: { name: a, \(columns), transform: [keep: C03, refuse: { column: color }] }, desk: { name: b, \(columns) }]"
            )
        )
        #expect(desk.rows("a") == ["C03 -"])
        #expect(desk.rows("b") == ["C01 RED", "C02 BLUE", "C03 RED"])
    }

    @Test func otherDatasetsDoNotPassTheTransformsOfDevices() async throws {
        _ = try await night.run(pipeline())
        desk.lists([("C01", "RED"), ("C02", "BLUE"), ("C03", "GREEN")])
        let load = "[desk: { name: b, from: changes, columns: [serial_number, column, before, after] }]"
        _ = try await night.run(pipeline(transform: "[keep: X]", load: load))
        #expect(desk.rows("b") == ["C03 color RED GREEN"])
    }
}

import Inventory
import Pipeline
import Records
import Stages
import Testing

@Suite struct CancellationTests {
    let night: Night
    var desk: Desk { night.desk }

    init() throws { night = try Night() }

    /// In a separate task, so that only this one is canceled.
    private func run(_ yaml: String) async throws -> RunReport {
        let night = night
        return try await Task { try await night.run(yaml) }.value
    }

    @Test func whileExtractingNothingIsLoaded() async throws {
        desk.when("coverage") { _ in
            withUnsafeCurrentTask { $0?.cancel() }
            try Task.checkCancellation()
        }
        let report = try await run(pipeline(extract: "[devices, coverage, details]"))
        #expect(report.code == .interrupted)
        #expect(desk.events == ["devices", "coverage"])
        #expect(desk.api.closings == 1)
    }

    @Test func aStageThatDoesNotNoticeIsTheLastOne() async throws {
        desk.when("devices") { _ in withUnsafeCurrentTask { $0?.cancel() } }
        let report = try await run(pipeline(extract: "[devices, coverage]"))
        #expect(report.code == .interrupted)
        #expect(desk.events == ["devices"])
    }

    @Test func whileLoadingAllIsTakenBack() async throws {
        desk.lists(serials(2500))
        let report = try await run(
            pipeline(
                load:
                    "[desk: { name: a }, desk: { name: b, trouble: cancelled_writing }, desk: { name: c, order: serial }]"
            )
        )
        #expect(report.code == .interrupted)
        #expect(desk.load("a")?.end == .rolledBack)
        #expect(desk.load("b")?.end == .rolledBack)
        #expect(desk.load("c") == nil)
    }

    @Test func duringTheLastBatchAllIsTakenBackToo() async throws {
        let report = try await run(pipeline(load: "[desk: { name: a }, desk: { name: b, trouble: cancelled_writing }]"))
        #expect(report.code == .interrupted)
        #expect(desk.load("a")?.end == .rolledBack)
    }

    @Test func whatWasCommittedBeforeStaysAndTheRunIsInterrupted() async throws {
        let report = try await run(
            pipeline(load: "[desk: { name: a }, desk: { name: b, order: serial, trouble: cancelled_writing }]")
        )
        #expect(report.code == .interrupted)
        #expect(desk.load("a")?.end == .committed)
        #expect(desk.load("b")?.end == .rolledBack)
    }

    @Test func theInventoryIsKeptAndFree() async throws {
        desk.when("coverage") { _ in withUnsafeCurrentTask { $0?.cancel() } }
        _ = try await run(pipeline(extract: "[devices, coverage]"))
        let inventory = try night.inventory()
        #expect(try inventory.deviceCount == 3)
        inventory.close()
    }
}

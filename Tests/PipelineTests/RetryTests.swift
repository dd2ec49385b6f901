import Pipeline
import Records
import Stages
import Testing

/// Loads that fail for a reason that may pass.
@Suite struct RetryTests {
    let night: Night
    var desk: Desk { night.desk }

    init() throws { night = try Night() }

    private func flaky(_ trouble: Trouble, _ more: String = "", passing: Int = 2, retries: Int = 2) -> String {
        "desk: { name: b, trouble: \(trouble.rawValue), passing: \(passing), retries: \(retries)\(more) }"
    }

    @Test(arguments: [Trouble.opening, .writing, .committing]) func areTriedAgainAlone(_ trouble: Trouble) async throws
    {
        desk.lists(serials(2500))
        let loads = "[desk: { name: a }, \(flaky(trouble)), desk: { name: c, order: serial }]"
        let report = try await night.run(pipeline(load: loads))
        #expect(report.code == .done)
        #expect(desk.events.filter { $0.hasPrefix("open") } == ["open a", "open b", "open c", "open b", "open b"])
        #expect(desk.events.filter { $0.hasPrefix("commit") } == ["commit a", "commit c", "commit b"])
        #expect(desk.rows("b").count == 2500)
        #expect(report.outcome.suffix(3) == ["load desk a done", "load desk b done", "load desk c done"])
        #expect(report.stage("b")?.counts.received == 2500)
        #expect(report.stage("b")?.counts.written == 2500)
        #expect(report.stage("b")?.counts.notes.count == 2)
        #expect(report.stage("b")?.counts.notes.first?.hasPrefix("tried again 0 s after this: b ") == true)
        #expect(report.stage("b")?.counts.notes.allSatisfy { !$0.contains("run again") } == true)
        #expect(report.stage("a")?.counts.notes.isEmpty == true)
    }

    @Test func failAfterTheLastTry() async throws {
        let report = try await night.run(pipeline(load: "[desk: { name: a }, \(flaky(.committing, passing: 9))]"))
        #expect(report.code == .partial)
        #expect(desk.events.count { $0 == "open b" } == 3)
        #expect(report.stage("b")?.status == .failed)
        #expect(report.stage("b")?.failure?.message == "b does not commit (tried 3 times)")
        #expect(report.stage("b")?.counts.notes.isEmpty == true)
        #expect(desk.load("a")?.end == .committed)
    }

    @Test func whatDoesNotPassIsTriedOnce() async throws {
        let load = "desk: { name: b, trouble: committing, retries: 2 }"
        let report = try await night.run(pipeline(load: "[\(load)]"))
        #expect(report.code == .destinationFailed)
        #expect(desk.events.count { $0 == "open b" } == 1)
    }

    @Test(arguments: [Trouble.opening, .writing, .committing]) func countNoValueTwice(_ trouble: Trouble) async throws {
        desk.lists(serials(2500))
        let own = ", transform: [refuse: { column: color }, warn]"
        let report = try await night.run(
            pipeline(
                transform: "[refuse: { column: status }, warn]",
                load: "[\(flaky(trouble, own)), desk: { name: r, from: rejects, columns: [serial_number] }]"
            )
        )
        #expect(report.code == .done)
        #expect(report.rejects == [.checksum: 2500])
        #expect(report.warnings == [.checkDigitAdded: 5000])
        #expect(report.stages.filter { $0.name == "refuse" }.map(\.counts.received) == [2500, 2500])
        #expect(report.stages.filter { $0.name == "warn" }.allSatisfy { $0.status == .done })
        // They are all there for a load of them, though the other one has failed until then.
        #expect(desk.rows("r").count == 2500)
    }

    @Test func rowsThatATransformHeldBackComeAgain() async throws {
        let report = try await night.run(pipeline(load: "[\(flaky(.writing, ", transform: [hold, warn]"))]"))
        #expect(report.code == .done)
        #expect(desk.rows("b").count == 3)
        #expect(report.warnings == [.checkDigitAdded: 3])
    }

    @Test func anInterruptionEndsTheWaitAtOnce() async throws {
        desk.waits(.seconds(60))
        let (night, loads) = (night, "[desk: { name: a }, \(flaky(.committing))]")
        let run = Task { try await night.run(pipeline(load: loads)) }
        while desk.load("b")?.end == nil { try await Task.sleep(for: .milliseconds(5)) }
        let began = ContinuousClock.now
        run.cancel()
        let report = try await run.value
        #expect(ContinuousClock.now - began < .seconds(1))
        #expect(report.code == .interrupted)
        #expect(report.outcome.suffix(2) == ["load desk a done", "load desk b failed"])
    }

    private func shared(_ names: String..., passing: Int, from: String = "devices") -> String {
        names.map {
            """
            desk: { name: \($0), from: \(from), trouble: opening, passing: \(passing), retries: 2, place: attic }
            """
        }.joined(separator: ", ")
    }

    @Test func aPlaceThatIsOutOfReachIsTriedOnceForAll() async throws {
        let loads = "[\(shared("b", "c", passing: 9)), \(shared("d", passing: 9, from: "servers")), desk: { name: a }]"
        let report = try await night.run(pipeline(load: loads))
        #expect(report.code == .partial)
        #expect(desk.events.filter { $0.hasPrefix("open") } == ["open b", "open a", "open b", "open b"])
        let causes = report.stages.sharing { [$0.failure].compactMap(\.self) }
        #expect(causes.count == 1)
        #expect(causes.first?.text.message == "no way to attic (tried 3 times)")
        #expect(causes.first?.stages.names == "desk b, c, d (servers)")
        #expect(report.stages.sharing(\.remarks).isEmpty)
    }

    @Test func aPlaceThatComesBackTakesAll() async throws {
        let report = try await night.run(pipeline(load: "[\(shared("b", "c", passing: 1))]"))
        #expect(report.code == .done)
        #expect(desk.events.filter { $0.hasPrefix("open") } == ["open b", "open b", "open c", "open c"])
        #expect(desk.rows("b") == desk.rows("c"))
    }
}

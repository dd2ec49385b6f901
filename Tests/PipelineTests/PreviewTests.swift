import Inventory
import Pipeline
import Records
import Stages
import Testing

@Suite struct PreviewTests {
    let night: Night

    init() throws { night = try Night() }

    private func preview(_ yaml: String, rows: Int = 10) async throws -> [PreviewStep] {
        _ = try await night.run(yaml)
        let inventory = try night.inventory()
        defer { inventory.close() }
        return try await plan(yaml, desk: night.desk).preview(inventory, rows: rows, startedAt: now)
    }

    private func shown(_ step: PreviewStep) -> [String] { step.columns.map { step.schema.fields[$0].name } }

    @Test func everyStepIsShownWithWhatItChanged() async throws {
        let steps = try await preview(
            pipeline(
                transform: "[add: { columns: [n] }, refuse: { column: color }, keep: C02]",
                load: "[desk: { name: a, columns: [n, serial_number, eid] }]"
            )
        )
        #expect(
            steps.map(\.title) == [
                "devices, as Apple sent them", "after add", "after refuse", "after keep", "desk a would write",
            ]
        )
        #expect(shown(steps[0]) == ["serial_number", "color", "first_seen_at", "last_seen_at"])
        #expect(shown(steps[1]) == ["serial_number", "n"])
        #expect(shown(steps[2]) == ["serial_number", "color"])
        #expect(steps[2].rejects.count == 3)
        #expect(steps.map(\.batch.count) == [3, 3, 3, 1, 1])
        #expect(steps[3].rowsBefore == 3)
        #expect(shown(steps[4]) == ["n", "serial_number"])
    }

    @Test func onlySoManyRowsAreRead() async throws {
        #expect(try await preview(pipeline(), rows: 2).first?.batch.count == 2)
    }

    @Test func allBatchesAreShown() async throws {
        night.desk.lists(serials(2500))
        let load = "[desk: { name: a, columns: [serial_number] }, desk: { name: b, from: changes, transform: [hold] }]"
        _ = try await night.run(pipeline())
        night.desk.lists(serials(2500).map { ($0.serial, "BLUE") })
        let steps = try await preview(pipeline(transform: "[hold, add: { columns: [n] }]", load: load), rows: 2400)
        #expect(steps.map(\.batch.count) == [2400, 2400, 2400, 2400, 2400, 2400])
        let written = steps[3]
        #expect((0..<2400).map { written.batch.display(written.batch[0, $0]) } == serials(2400).map(\.serial))
    }

    @Test func aLoadOfAnotherDatasetHasItsRows() async throws {
        _ = try await night.run(pipeline())
        night.desk.lists([("C01", "RED")])
        let steps = try await preview(pipeline(load: "[desk: { name: a, from: changes, transform: [keep: C02] }]"))
        #expect(steps.last?.schema.name == "changes")
    }

    @Test func rejectsAreThoseOfTheLatestRun() async throws {
        let load = "[desk: { name: b }, desk: { name: a, from: rejects, columns: [serial_number, column] }]"
        let steps = try await preview(pipeline(transform: "[refuse: { column: color }]", load: load), rows: 1)
        #expect(steps.last?.title == "desk a (rejects) would write")
        #expect(steps.last?.batch.count == 1)
        let more = try await preview(pipeline(transform: "[refuse: { column: color }]", load: load))
        #expect(more.last?.batch.count == 3)
    }

    @Test func devicesAreShownWithoutALoadOfThem() async throws {
        let steps = try await preview(pipeline(transform: "[keep: C02]", load: "[desk: { name: a, from: changes }]"))
        #expect(steps.map(\.title) == ["devices, as Apple sent them", "after keep", "desk a (changes) would write"])
        #expect(steps.prefix(2).map(\.batch.count) == [3, 1])
    }

    @Test(arguments: ["[break: { batch: 1 }]", "[hold, break: { batch: 1 }]"])
    func aTransformThatFailsIsTold(_ transforms: String) async throws {
        _ = try await night.run(pipeline())
        for yaml in [
            pipeline(transform: transforms), pipeline(load: "[desk: { name: a, transform: \(transforms) }]"),
        ] {
            let failure = await #expect(throws: Failure.self) { try await preview(yaml) }
            #expect(failure?.message == "break: batch 1 does not pass")
            #expect(failure?.code == .badData)
        }
    }

    @Test func noDevicesAreNoError() async throws {
        night.desk.lists([])
        let steps = try await preview(pipeline(transform: "[keep: C0]"))
        #expect(steps.map(\.batch.count) == [0, 0, 0])
    }

    @Test func aFewDevicesCanBeSampled() async throws {
        let inventory = try night.inventory()
        let api = night.desk.api
        try await plan(pipeline(), desk: night.desk).sample(into: inventory, rows: 2, startedAt: now) { _ in api }
        #expect(try inventory.deviceCount == 3)
        #expect(api.closings == 1)
        inventory.close()
    }
}

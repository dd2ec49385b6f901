import Inventory
import Pipeline
import Records
import Stages
import Testing

@Suite struct RejectTests {
    let night: Night
    var desk: Desk { night.desk }

    init() throws { night = try Night() }

    private let refuse = "[refuse: { column: color }]"
    private let rejects = "from: rejects, columns: [serial_number, column, code, value, stage]"

    @Test func aPassOverTheSameRowsCountsThemOnce() async throws {
        let report = try await night.run(
            pipeline(
                transform: refuse,
                load:
                    "[desk: { name: a }, desk: { name: b, order: serial }, desk: { name: c }, desk: { name: r, \(rejects) }]"
            )
        )
        #expect(report.rejects == [.checksum: 3])
        #expect(
            desk.rows("r") == [
                "C01 color checksum RED refuse", "C02 color checksum BLUE refuse", "C03 color checksum RED refuse",
            ]
        )
    }

    @Test(arguments: ["opening", "writing", "committing"]) func aFirstPassThatFailsLosesNone(_ trouble: String)
        async throws
    {
        desk.lists(serials(1500))
        let load = "[desk: { name: a, trouble: \(trouble) }, desk: { name: b, order: serial }]"
        let report = try await night.run(pipeline(transform: refuse, load: load))
        #expect(report.rejects == [.checksum: 1500])
        #expect(report.stage("refuse")?.counts.received == 1500)
        #expect(desk.load("b")?.end == .committed)
    }

    @Test func whatALoadRefusesItselfIsCountedToo() async throws {
        let own = "transform: [refuse: { column: color }]"
        let report = try await night.run(
            pipeline(
                transform: "[refuse: { column: status }]",
                load: "[desk: { name: a }, desk: { name: b, order: serial, \(own) }, desk: { name: r, \(rejects) }]"
            )
        )
        #expect(report.rejects == [.checksum: 3])
        #expect(desk.rows("r").count == 3)
    }

    @Test func whatADestinationHasNoRoomForIsCountedOnceAndListed() async throws {
        let report = try await night.run(
            pipeline(
                load:
                    "[desk: { name: a, trouble: unfit }, desk: { name: b, trouble: unfit }, desk: { name: r, \(rejects) }]"
            )
        )
        #expect(report.rejects == [.doesNotFit: 1])
        #expect(report.stage("a")?.counts.rejected == 1)
        #expect(desk.rows("r") == ["C01 serial_number does_not_fit C01 desk"])
        #expect(report.code == .done)
    }

    @Test func aLoadOfRejectsSeesThoseOfThisRunWhereverItStands() async throws {
        let yaml = pipeline(transform: refuse, load: "[desk: { name: r, \(rejects) }, desk: { name: a }]")
        _ = try await night.run(yaml)
        #expect(desk.rows("r").count == 3)
        desk.lists([("C01", "GREEN")])
        _ = try await night.run(yaml)
        // The color of one device has changed, and the others have left.
        #expect(desk.rows("r").dropFirst(3) == ["C01 color checksum GREEN refuse"])
    }

    @Test func whatALoadOfRejectsRefusesIsNotReadAgain() async throws {
        let load = "[desk: { name: r, from: rejects, transform: [refuse: { column: value }] }, desk: { name: a }]"
        let report = try await night.run(pipeline(transform: refuse, load: load))
        #expect(desk.rows("r").count == 3)
        #expect(report.code == .done)
    }

    @Test func valuesThatDoNotFitTheirColumnAreRejects() async throws {
        desk.when("devices") { context in
            let device = Resource(type: "orgDevices", id: "C01", attributes: Array(#"{"eid":7}"#.utf8))
            let listing = try context.inventory.beginListing(at: context.startedAt)
            _ = try context.inventory.record([device], in: listing, next: nil, at: context.startedAt)
            _ = try context.inventory.complete(listing, at: context.startedAt)
        }
        let report = try await night.run(pipeline(load: "[desk: { name: a }, desk: { name: r, \(rejects) }]"))
        #expect(report.rejects == [.type: 1])
        #expect(desk.rows("r") == ["C01 eid type 7 devices"])
    }

    @Test func theRunIsNamed() async throws {
        let report = try await night.run(
            pipeline(transform: refuse, load: "[desk: { name: a }, desk: { name: r, from: rejects }]")
        )
        #expect(Set(desk.load("r")?.rows.map { $0[0] } ?? []) == [report.runID])
    }
}

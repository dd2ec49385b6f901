import Inventory
import Pipeline
import Records
import Stages
import Testing

/// A run that loads nothing when too many values are refused.
@Suite struct MaxRejectsTests {
    let night: Night
    var desk: Desk { night.desk }

    init() throws { night = try Night() }

    private let refuse = "[refuse: { column: color }]"
    private let rejects = "[desk: { name: r, from: rejects, columns: [serial_number, column, code, stage] }]"

    private func run(_ limit: String, _ yaml: String, offline: Bool = false) async throws -> RunReport {
        try await night.run(yaml) {
            $0.maxRejects = RejectLimit(limit)
            $0.offline = offline
        }
    }

    @Test(arguments: [
        ("0", RejectLimit.values(0)), ("100", .values(100)), ("0%", .share(Percentage(percent: 0))),
        ("2.5%", .share(Percentage(percent: 2.5))), ("100%", .share(Percentage(percent: 100))),
    ])
    func aLimitIsANumberOrAShare(_ text: String, _ limit: RejectLimit) {
        #expect(RejectLimit(text) == limit)
        #expect("\(limit)" == (text.hasSuffix("%") ? "\(text) of the rows" : text))
    }

    @Test(arguments: ["", "-1", "1.5", "%", "5 %", "101%", "-1%", "nan%", "five", "5%%"])
    func anythingElseIsNoLimit(_ text: String) {
        #expect(RejectLimit(text) == nil)
    }

    @Test(arguments: ["3", "4", "100%"]) func asManyAsAllowedPass(_ limit: String) async throws {
        let report = try await run(limit, pipeline(transform: refuse))
        #expect(report.code == .done)
        #expect(report.rejects == [.checksum: 3])
        #expect(desk.load("a")?.end == .committed)
        #expect(report.stage("refuse")?.counts.received == 3)
    }

    @Test(arguments: [("25%", true), ("24.9%", false), ("1", true), ("0", false)])
    func aShareIsOneOfTheRows(_ limit: String, _ passes: Bool) async throws {
        desk.lists([("C01", ""), ("C02", ""), ("C03", "RED"), ("C04", "")])
        let report = try await run(limit, pipeline(transform: "[refuse: { column: color }, keep: C02]"))
        #expect(report.rejects == [.checksum: 1])
        #expect(report.code == (passes ? .done : .partial))
        #expect((desk.load("a")?.end == .committed) == passes)
    }

    @Test func tooManyLoadNothing() async throws {
        let loads = "[desk: { name: a }, desk: { name: b, order: serial }]"
        let report = try await run("2", pipeline(transform: refuse, load: loads))
        #expect(report.code == .partial)
        #expect(
            report.failure?.message
                == "3 values of 3 rows were rejected, more than --max-rejects 2; nothing was loaded"
        )
        #expect(report.rejects == [.checksum: 3])
        #expect(desk.events == ["devices"])
        #expect(desk.load("a") == nil)
        #expect(report.outcome == ["extract devices done"])
    }

    @Test func theRefusedValuesCanBeRead() async throws {
        _ = try await run("2", pipeline(transform: refuse))
        let report = try await run("2", pipeline(load: rejects), offline: true)
        #expect(report.code == .done)
        #expect(desk.rows("r") == ["C01", "C02", "C03"].map { "\($0) color checksum refuse" })
    }

    @Test func theyAreThereOnceWhenTheyMayPass() async throws {
        let load = "desk: { name: a, transform: \(refuse) }"
        _ = try await run("9", pipeline(load: "[\(load), \(rejects.dropFirst().dropLast())]"))
        #expect(desk.rows("r").count == 3)
    }

    @Test func transformsOfALoadCountToo() async throws {
        let loads =
            """
            desk: { name: a }, desk: { name: b, transform: \(refuse) }, desk: { name: c, transform: \(refuse) }, \
            desk: { name: d, transform: [refuse: { column: serial_number }] }
            """
        // What two loads refuse for the same reason counts once.
        let report = try await run("5", pipeline(load: "[\(loads)]"))
        #expect(report.code == .partial)
        #expect(report.rejects == [.checksum: 6])
        #expect(desk.load("a") == nil)
        #expect(try await run("6", pipeline(load: "[\(loads)]")).rejects == [.checksum: 6])
        #expect(desk.load("c")?.end == .committed)
    }

    @Test func rowsThatWaitCountToo() async throws {
        #expect(try await run("2", pipeline(transform: "[hold, refuse: { column: color }]")).code == .partial)
        let own = "[desk: { name: a, transform: [hold, refuse: { column: color }] }]"
        #expect(try await run("2", pipeline(load: own)).code == .partial)
        #expect(try await run("3", pipeline(load: own)).code == .done)
    }

    @Test func otherDatasetsCountToo() async throws {
        _ = try await night.run(pipeline())
        desk.lists([("C01", "GREEN")])
        _ = try await night.run(pipeline())
        let load = "desk: { name: c, from: changes, transform: [refuse: { column: kind }] }"
        let report = try await run("2", pipeline(load: "[\(load)]"), offline: true)
        #expect(report.code == .partial)
        #expect(report.rejects == [.checksum: 3])
    }

    @Test func withoutDevicesTheyAreThereOnceToo() async throws {
        _ = try await night.run(pipeline())
        desk.lists([("C01", "GREEN")])
        _ = try await night.run(pipeline())
        let load = "desk: { name: c, from: changes, transform: [refuse: { column: kind }] }"
        let yaml = pipeline(load: "[\(load), \(rejects.dropFirst().dropLast())]")
        #expect(try await run("3", yaml, offline: true).code == .done)
        #expect(desk.rows("r").count == 3)
    }
}

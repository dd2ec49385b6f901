import Inventory
import Pipeline
import Records
import Stages
import Testing

/// What becomes of a reject in the nights after the one that found it: a run replaces only what it judged.
@Suite struct RejectNightsTests {
    let night: Night
    var desk: Desk { night.desk }

    init() throws { night = try Night() }

    private let refuse = "refuse: { column: color }"
    private let rejects = "desk: { name: r, from: rejects, columns: [run_id, serial_number, column, value, stage] }"

    private func file(_ transform: String, _ loads: String = "desk: { name: a }", name: String = "nightly") -> String {
        "name: \(name)\n" + pipeline(transform: "[\(transform)]", load: "[\(loads), \(rejects)]")
    }

    /// A run, and the dataset `rejects` after it, with the number of its run.
    private func run(
        _ yaml: String,
        _ ids: inout [String],
        _ change: (inout RunOptions) -> Void = { _ in }
    ) async throws -> [String] {
        desk.update("r") { $0.rows = [] }
        ids.append(try await night.run(yaml, change).runID)
        return try rows(ids)
    }

    private func rows(_ ids: [String]) throws -> [String] {
        (desk.load("r")?.rows ?? []).map { row in
            let number = ids.firstIndex(of: row[0] ?? "").map { $0 + 1 }
            return joined(["\(number ?? 0)"] + row.dropFirst())
        }
    }

    private let three = ["1 C01 color RED refuse", "1 C02 color BLUE refuse", "1 C03 color RED refuse"]

    @Test func anUnchangedNightChangesNone() async throws {
        var ids: [String] = []
        for change in [{ _ in }, { _ in }, { $0.offline = true }] as [(inout RunOptions) -> Void] {
            #expect(try await run(file(refuse), &ids, change) == three)
        }
    }

    @Test func aChangedValueIsANewOne() async throws {
        var ids: [String] = []
        _ = try await run(file(refuse), &ids)
        desk.lists([("C01", "RED"), ("C02", "GREEN"), ("C03", "")])
        #expect(try await run(file(refuse), &ids) == ["1 C01 color RED refuse", "2 C02 color GREEN refuse"])
    }

    @Test func aRunOfAFewDevicesLeavesTheRest() async throws {
        var ids: [String] = []
        _ = try await run(file(refuse), &ids)
        desk.lists(["C01", "C02", "C03"].map { ($0, "GREEN") })
        let few = try await run(file(refuse), &ids) { $0.limit = 1 }
        #expect(few == ["1 C02 color BLUE refuse", "1 C03 color RED refuse", "2 C01 color GREEN refuse"])
        let all = try await run(file(refuse), &ids)
        #expect(all == ["2 C01 color GREEN refuse", "3 C02 color GREEN refuse", "3 C03 color GREEN refuse"])
    }

    @Test(arguments: [false, true]) func rowsThatDoNotReachTheStageKeepTheirs(isOfALoad: Bool) async throws {
        func file(_ stages: String) -> String {
            isOfALoad ? self.file("", "desk: { name: a, transform: [\(stages)] }") : self.file(stages)
        }
        var ids: [String] = []
        _ = try await run(file(refuse), &ids)
        desk.lists(["C01", "C02", "C03"].map { ($0, "") })
        #expect(try await run(file("keep: C01, \(refuse)"), &ids) == Array(three.dropFirst()))
        // Rows that wait reach it later.
        #expect(try await run(file("hold, keep: C02, \(refuse)"), &ids) == [three[2]])
        #expect(try await run(file(refuse), &ids) == [])
    }

    @Test func aStageThatLeftTheFileTakesItsValuesAlong() async throws {
        var ids: [String] = []
        _ = try await run(file(refuse), &ids)
        #expect(try await run(file("keep: C"), &ids) == [])
    }

    @Test func anotherPipelineLeavesThemAlone() async throws {
        var ids: [String] = []
        _ = try await run(file(refuse), &ids)
        #expect(try await run(file("", name: "hourly"), &ids) == [])
        #expect(try await run(file(refuse, name: "weekly"), &ids).map { $0.prefix(5) } == ["3 C01", "3 C02", "3 C03"])
        #expect(try await run(file(refuse), &ids) == three)
    }

    @Test func aPipelineThatJudgesNothingGetsThoseOfAll() async throws {
        var ids: [String] = []
        _ = try await run(file(refuse), &ids)
        _ = try await run(file(refuse, name: "hourly"), &ids)
        let all = try await run("name: list\n" + pipeline(load: "[\(rejects)]"), &ids)
        #expect(all == three + three.map { "2" + $0.dropFirst() })
    }

    @Test func whatTwoLoadsRejectAlikeIsThereOnce() async throws {
        let loads =
            "desk: { name: a, transform: [\(refuse)] }, desk: { name: b, order: serial, transform: [\(refuse)] }"
        var ids: [String] = []
        for _ in 1...2 { #expect(try await run(file("", loads), &ids) == three) }
    }

    @Test func stagesWithoutASerialNumberJudgeAllRowsTogether() async throws {
        let load = "desk: { name: a, transform: [drop: serial_number, \(refuse)] }"
        var ids: [String] = []
        let found = ["1 - color RED refuse", "1 - color BLUE refuse"]
        for _ in 1...2 { #expect(try await run(file("", load), &ids) == found) }
        desk.lists([("C01", "BLUE"), ("C02", ""), ("C03", "")])
        #expect(try await run(file("", load), &ids) { $0.limit = 1 } == found)
        #expect(try await run(file("", load), &ids) == [found[1]])
        // The same stage where it sees the serial numbers, and back.
        desk.lists([("C01", "RED")])
        #expect(try await run(file(refuse), &ids) == ["5 C01 color RED refuse"])
        #expect(try await run(file("", load), &ids) == ["6 - color RED refuse"])
    }

    @Test(arguments: [Trouble.opening, .writing, .committing]) func aLoadThatFailsJudgesNothing(_ trouble: Trouble)
        async throws
    {
        func loads(_ trouble: Trouble) -> String {
            "desk: { name: a }, desk: { name: b, trouble: \(trouble.rawValue) }"
        }
        var ids: [String] = []
        let first = try await run(file("", loads(.unfit)), &ids)
        #expect(first == ["1 C01 serial_number C01 desk"])
        #expect(try await run(file("", loads(trouble)), &ids) == first)
        #expect(try await run(file("", loads(.none)), &ids) == [])
    }

    @Test(arguments: [Trouble.opening, .writing, .committing]) func aRetriedLoadJudges(_ trouble: Trouble) async throws
    {
        var ids: [String] = []
        #expect(try await run(file("", "desk: { name: b, trouble: unfit }"), &ids).count == 1)
        let flaky = "desk: { name: c, trouble: \(trouble.rawValue), passing: 1, retries: 1 }"
        #expect(try await run(file("", flaky), &ids) == [])
    }

    @Test func anInterruptedRunLeavesThemAsTheyWere() async throws {
        var ids: [String] = []
        _ = try await run(file(refuse), &ids)
        desk.lists([("C01", "GREEN")])
        let (night, yaml) = (night, file(refuse, "desk: { name: a, trouble: cancelled_writing }"))
        let report = try await Task { try await night.run(yaml) }.value
        #expect(report.code == .interrupted)
        #expect(try await run("name: list\n" + pipeline(load: "[\(rejects)]"), &ids) { $0.offline = true } == three)
        #expect(try await run(file(refuse), &ids) == ["3 C01 color GREEN refuse"])
    }

    @Test func aRunThatRejectsTooManyKeepsWhatItFound() async throws {
        let unfit = "desk: { name: a, trouble: unfit }"
        var ids: [String] = []
        _ = try await run(file("", unfit), &ids)
        let refused = try await night.run(file(refuse, unfit)) { $0.maxRejects = .values(2) }
        #expect(refused.code == .partial)
        ids.append(refused.runID)
        let list = "name: list\n" + pipeline(load: "[\(rejects)]")
        // The destination has judged nothing.
        let found = ["1 C01 serial_number C01 desk"] + three.map { "2" + $0.dropFirst() }
        #expect(try await run(list, &ids) == found)
        let most: (inout RunOptions) -> Void = { $0.maxRejects = .values(3) }
        #expect(try await run(file(refuse), &ids, most) == Array(found.dropFirst()))
    }

    @Test func aPlanJudgesOnACopy() async throws {
        var ids: [String] = []
        _ = try await run(file(refuse), &ids)
        desk.lists([("C01", "GREEN")])
        _ = try await run("name: other\n" + pipeline(), &ids)
        let plan = try plan("inventory: \(night.inventoryPath)\n\(file(refuse))", desk: desk)
        desk.update("r") { $0.rows = [] }
        _ = try await plan.outlook(at: now)
        #expect(try rows(ids) == ["0 C01 color GREEN refuse"])
        #expect(try await run("name: list\n" + pipeline(load: "[\(rejects)]"), &ids) == three)
    }

    @Test func theHistoryOfTheRunsIsNoChange() async throws {
        _ = try await night.run(pipeline())
        func outlook(_ load: String) async throws -> Outlook {
            let yaml = "inventory: \(night.inventoryPath)\n" + pipeline(load: "[\(load)]")
            return try await plan(yaml, desk: desk).outlook(at: now)
        }
        let history = try await outlook("desk: { name: h, from: runs }")
        #expect(history.loads?.map(\.counts.written) == [1])
        #expect(!history.changesAnything)
        #expect(try await outlook("desk: { name: h, from: runs }, desk: { name: a }").changesAnything)
    }
}

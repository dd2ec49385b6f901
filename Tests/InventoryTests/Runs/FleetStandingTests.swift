import Inventory
import Records
import TestSupport
import Testing

@Suite struct FleetStandingTests {
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func standing() throws -> FleetStanding {
        try Inventory.standing(at: folder.file("inventory.sqlite"))
    }

    private func phone(_ number: Int, _ status: String) -> Resource {
        device(serial(number), #"{"productFamily":"iPhone","status":"\#(status)"}"#)
    }

    @Test func devicesAreCountedByFamilyAndStatusWithoutThoseThatLeft() throws {
        let inventory = try openInventory(folder)
        let odd = device(serial(9), #"{"productFamily":7,"status":["a"]}"#)
        try inventory.list([phone(1, "ASSIGNED"), phone(2, "ASSIGNED"), phone(3, "UNASSIGNED"), odd], at: firstNight)
        try inventory.list([phone(1, "ASSIGNED"), phone(2, "ASSIGNED"), odd, device(serial(4), "{}")], at: secondNight)
        // While it is held.
        let found = try standing()
        #expect(
            found.groups.map { "\($0.family) \($0.status) \($0.count)" } == ["iPhone ASSIGNED 2", "  1", "7 [\"a\"] 1"]
        )
        #expect(found.listedAt == secondNight)
        #expect(found.known.isEmpty)
    }

    @Test func theAgesOfAnswersAreThoseOfTheOldestOfMostAndOfTheMiddle() throws {
        let inventory = try openInventory(folder)
        try inventory.list((0..<24).map { phone($0, "ASSIGNED") }, at: firstNight)
        for number in 0..<20 {
            try inventory.cover([serial(number)], with: ["[]"], at: firstNight.adding(seconds: Int64(number)))
        }
        let known = try #require(try standing().known.first)
        #expect(known.facet == .coverage && known.known == 20 && known.unknown == 4)
        let moments = [known.oldest, known.tenth, known.median]
        #expect(moments == [0, 2, 10].map { firstNight.adding(seconds: $0) })
    }

    @Test func theLatestSuccessOfAPipelineAndSource() throws {
        let path = folder.file("inventory.sqlite")
        func latest(_ pipeline: String = "nightly", _ source: String = "acme") throws -> RunSuccess? {
            try Inventory.lastSuccess(of: pipeline, source: source, at: path, asOf: thirdNight.adding(days: 1))
        }
        let inventory = try openInventory(folder)
        #expect(try latest() == nil)
        for (id, pipeline, night, code) in [
            ("a", "nightly", firstNight, Outcome.done), ("b", "nightly", secondNight, .partial),
            ("c", "weekly", thirdNight, .done), ("d", "offline", thirdNight, .done),
        ] {
            var counts = RunCounts()
            counts.requests = pipeline == "offline" ? 0 : 7
            let run = RunRecord(
                id: id,
                pipeline: pipeline,
                source: "acme",
                startedAt: night,
                endedAt: night.adding(seconds: 9),
                seconds: 9,
                exitCode: code.rawValue,
                status: RunStatus(code),
                counts: counts
            )
            try inventory.begin(run)
        }
        #expect(try latest() == RunSuccess(endedAt: firstNight.adding(seconds: 9), seconds: 9))
        #expect(try latest("weekly")?.endedAt == thirdNight.adding(seconds: 9))
        #expect(try latest("nightly", "other") == nil)
        #expect(try latest("offline") == nil, "it asked Apple nothing")
    }
}

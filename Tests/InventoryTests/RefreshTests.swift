import Inventory
import Records
import TestSupport
import Testing

@Suite struct RefreshTests {
    let folder: ScratchFolder
    let inventory: Inventory

    init() throws {
        folder = try ScratchFolder()
        inventory = try openInventory(folder)
    }

    private let day: Int64 = 86_400

    private func night(_ number: Int64, hours: Int64 = 0) -> Timestamp {
        firstNight.adding(days: number, seconds: hours * 3600)
    }

    private func fill(_ count: Int) throws {
        try inventory.list((0..<count).map { device(String(10_000 + $0)) }, at: firstNight)
    }

    /// A night of a run with this budget: asks, and gets the same answer for every device.
    @discardableResult
    private func run(
        _ facet: Facet = .coverage,
        maxAge days: Int64 = 30,
        at now: Timestamp,
        limit: Int = .max,
        answer: DeviceAnswer = .known(Array("[]".utf8))
    ) throws -> [DeviceRequest] {
        let (requests, _) = try inventory.deviceRequests(facet, maxAge: days * day, at: now, limit: limit)
        for request in requests { _ = try inventory.record([(request.id, answer)], of: facet, at: now) }
        return requests
    }

    private func counts(_ requests: [DeviceRequest]) -> [AskReason: Int] {
        Dictionary(requests.map { ($0.reason, 1) }) { $0 + $1 }
    }

    @Test func everyNightRenewsItsShareAndNoNightIsACliff() throws {
        try fill(300)
        #expect(try run(at: night(0)).count == 300)
        var renewed: Set<Int64> = []
        for number in Int64(1)...30 {
            let requests = try run(at: night(number))
            #expect(counts(requests) == [.old: 10], "night \(number)")
            renewed.formUnion(requests.map(\.id))
        }
        #expect(renewed.count == 300)
    }

    @Test func theOldestComeFirst() throws {
        try fill(30)
        try run(at: night(0), limit: 20)
        try run(at: night(1), limit: 10)
        let asked = try run(at: night(6)).map(\.id)
        #expect(asked == [1, 2, 3, 4, 5])
    }

    @Test func missedNightsAreMadeUpFor() throws {
        try fill(300)
        try run(at: night(0))
        #expect(try run(at: night(1)).count == 10)
        #expect(try run(at: night(5)).count == 40)
        #expect(try run(at: night(6)).count == 10)
    }

    @Test func aLateNightAndAnEarlyOneShareTheWork() throws {
        try fill(300)
        try run(at: night(0))
        #expect(try run(at: night(1, hours: 12)).count == 15)
        #expect(try run(at: night(2)).count == 5)
        #expect(try run(at: night(2)).isEmpty)
    }

    @Test func whatABudgetLeftIsOwedTheNextNight() throws {
        try fill(300)
        try run(at: night(0))
        #expect(try run(at: night(1), limit: 4).count == 4)
        #expect(try run(at: night(2)).count == 16)
    }

    @Test func aRunThatIsKilledGoesOnWithoutAskingTwice() throws {
        try fill(300)
        try run(at: night(0))
        let (planned, _) = try inventory.deviceRequests(.coverage, maxAge: 30 * day, at: night(1), limit: 100)
        for request in planned.prefix(7) {
            _ = try inventory.record([(request.id, .known(Array("[]".utf8)))], of: .coverage, at: night(1))
        }
        let rest = try run(at: night(1).adding(seconds: 60))
        #expect(rest.map(\.id) == planned.dropFirst(7).map(\.id))
    }

    @Test func aFirstRunThatIsKilledOwesNothingMore() throws {
        try fill(300)
        for hour in Int64(0)..<10 { try run(at: night(0, hours: hour), limit: 30) }
        let night = try run(at: night(1))
        #expect(Set(night.map(\.reason)) == [.old])
        #expect((5...12).contains(night.count), "\(night.count)")
    }

    @Test func whatIsOverAgeIsAskedEvenWhenNothingIsOwed() throws {
        try fill(300)
        try run(at: night(0))
        #expect(try run(maxAge: 2, at: night(3)).count == 300)
    }

    @Test func renewalsForOtherReasonsCountForTheShare() throws {
        try fill(300)
        let records = #"[{"id":"a","attributes":{"endDateTime":"2026-01-02T00:00:00Z"}}]"#
        try run(at: night(0), limit: 6, answer: .known(Array(records.utf8)))
        try run(at: night(0))
        #expect(counts(try run(at: night(1))) == [.due: 6, .old: 4])
    }

    @Test func theMostUrgentComeFirstAndTheBudgetCutsTheRest() throws {
        try fill(40)
        let records = #"[{"id":"a","attributes":{"endDateTime":"2026-01-02T00:00:00Z"}}]"#
        try run(at: night(0), limit: 3, answer: .known(Array(records.utf8)))
        try run(at: night(0), limit: 2, answer: .unknown("HTTP 503"))
        // Those two are asked for again, so it takes a look past them to answer more.
        let (rest, _) = try inventory.deviceRequests(.coverage, maxAge: 30 * day, at: night(0), limit: 100)
        for request in rest where request.reason == .new && request.id <= 36 {
            _ = try inventory.record([(request.id, .known(Array("[]".utf8)))], of: .coverage, at: night(0))
        }
        let (requests, need) = try inventory.deviceRequests(.coverage, maxAge: 30 * day, at: night(6), limit: 8)
        #expect(requests.map(\.reason) == [.new, .new, .new, .new, .unknown, .unknown, .due, .due])
        #expect(need.counts == [.new: 4, .unknown: 2, .due: 3, .old: 1])
        #expect(need.within(8).counts == [.new: 4, .unknown: 2, .due: 2])
        #expect(try inventory.refreshNeed(.coverage, maxAge: 30 * day, at: night(6)) == need)
    }

    @Test func oneThatKeepsFailingIsAskedLessOften() throws {
        try fill(1)
        var asked: [Int64] = []
        for number in Int64(0)..<20 {
            if try !run(at: night(number), answer: .unknown("HTTP 500")).isEmpty { asked.append(number) }
        }
        #expect(asked == [0, 1, 2, 4, 8, 16])
        try inventory.forgetAges()
        #expect(try run(at: night(20)).count == 1)
        #expect(try run(at: night(21)).map(\.reason) == [])
    }

    @Test func lookingChangesNothing() throws {
        try fill(300)
        try run(at: night(0))
        for _ in 0..<3 { #expect(try inventory.refreshNeed(.coverage, maxAge: 30 * day, at: night(3)).total == 30) }
        #expect(try run(at: night(3)).count == 30)
    }

    @Test func facetsHaveTheirOwnAccounts() throws {
        try fill(300)
        try run(at: night(0))
        try run(.activationLock, maxAge: 3, at: night(0), answer: .known(Array(#"{"isLocked":false}"#.utf8)))
        #expect(try run(at: night(1)).count == 10)
        #expect(try run(.activationLock, maxAge: 3, at: night(1)).count == 100)
    }

    @Test func aDeviceThatReturnsIsAskedForAgain() throws {
        try inventory.list([device("C01"), device("C02")], at: night(0))
        try run(at: night(0))
        try inventory.list([device("C02")], at: night(1))
        try inventory.list([device("C01"), device("C02")], at: night(2))
        #expect(try run(at: night(2)).map { "\($0.serial) \($0.reason)" } == ["C01 changed"])
    }
}

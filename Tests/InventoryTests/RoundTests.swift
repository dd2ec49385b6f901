import Inventory
import Records
import TestSupport
import Testing

@Suite struct RoundTests {
    let folder: ScratchFolder
    let inventory: Inventory

    init() throws {
        folder = try ScratchFolder()
        inventory = try openInventory(folder)
    }

    @Test func aRunThatDidNotEndIsGoneOnWithForSomeHours() throws {
        #expect(try inventory.round(at: firstNight).beganAt == firstNight)
        inventory.close()
        let again = try openInventory(folder)
        #expect(try again.round(at: firstNight.adding(seconds: 6 * 3600 - 1)).beganAt == firstNight)
        let late = firstNight.adding(seconds: 6 * 3600)
        #expect(try again.round(at: late).number == 2)
    }

    @Test func theNextRunAfterOneThatEndedBeginsAnew() throws {
        _ = try inventory.round(at: firstNight)
        try inventory.endRound(at: firstNight)
        #expect(try inventory.round(at: firstNight.adding(seconds: 60)).number == 2)
    }

    @Test func aClockThatWasSetBackBeginsAnew() throws {
        _ = try inventory.round(at: secondNight)
        #expect(try inventory.round(at: firstNight).number == 2)
    }

    @Test func whatIsDoneIsToldByTheRoundAndNotByTheClock() throws {
        let ahead = try inventory.round(at: thirdNight)
        try inventory.list([device("C01")], at: thirdNight)
        #expect(try inventory.isDone(.devices, in: ahead))
        let back = try inventory.round(at: firstNight)
        #expect(try !inventory.isDone(.devices, in: back))
        try inventory.list([device("C01")], at: firstNight)
        #expect(try inventory.isDone(.devices, in: back))
        #expect(try inventory.lastCompleteListing == firstNight)
    }

    @Test func forgettingAgesBeginsAnew() throws {
        _ = try inventory.round(at: firstNight)
        try inventory.recordHeard([DeviceEvent(.added, id: "1", serial: "C01", time: firstNight)])
        try inventory.forgetAges()
        #expect(try inventory.latestEvent == nil)
        #expect(try inventory.round(at: firstNight.adding(seconds: 60)).number == 2)
    }
}

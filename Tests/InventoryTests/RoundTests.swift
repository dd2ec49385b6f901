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
        #expect(try inventory.round(at: firstNight) == firstNight)
        inventory.close()
        let again = try openInventory(folder)
        #expect(try again.round(at: firstNight.adding(seconds: 6 * 3600 - 1)) == firstNight)
        let late = firstNight.adding(seconds: 6 * 3600)
        #expect(try again.round(at: late) == late)
    }

    @Test func theNextRunAfterOneThatEndedBeginsAnew() throws {
        _ = try inventory.round(at: firstNight)
        try inventory.endRound(at: firstNight)
        #expect(try inventory.round(at: firstNight.adding(seconds: 60)) == firstNight.adding(seconds: 60))
    }

    @Test func aClockThatWasSetBackBeginsAnew() throws {
        _ = try inventory.round(at: secondNight)
        #expect(try inventory.round(at: firstNight) == firstNight)
    }

    @Test func forgettingAgesBeginsAnew() throws {
        _ = try inventory.round(at: firstNight)
        try inventory.recordHeard(until: firstNight)
        try inventory.forgetAges()
        #expect(try inventory.heardUntil == nil)
        #expect(try inventory.round(at: firstNight.adding(seconds: 60)) == firstNight.adding(seconds: 60))
    }
}

import Inventory
import Records
import TestSupport
import Testing

@Suite struct ListingTests {
    let folder: ScratchFolder
    let inventory: Inventory

    init() throws {
        folder = try ScratchFolder()
        inventory = try openInventory(folder)
    }

    @Test func theFirstListingIsNoChange() throws {
        #expect(try inventory.beginListing(at: firstNight).isFirst)
        let (outcome, removed) = try inventory.list([device("C01"), device("C02")], at: firstNight)
        #expect(outcome == PageOutcome(added: 2))
        #expect(removed == 0)
        #expect(try inventory.changes.isEmpty)
        #expect(try inventory.deviceCount == 2)
    }

    @Test func onlyACompleteListingCounts() throws {
        let listing = try inventory.beginListing(at: firstNight)
        _ = try inventory.record([device("C01")], in: listing, next: "page 2", at: firstNight)
        #expect(try inventory.lastCompleteListing == nil)
        _ = try inventory.complete(listing, at: firstNight.adding(seconds: 5))
        #expect(try inventory.lastCompleteListing == firstNight.adding(seconds: 5))
        #expect(try !inventory.beginListing(at: secondNight).isFirst)
    }

    @Test func anInterruptedListingGoesOnWhereItStopped() throws {
        try inventory.list((1...5).map { device("C0\($0)") }, at: firstNight)
        let begun = try inventory.beginListing(at: secondNight)
        #expect(begun.next == nil)
        _ = try inventory.record([device("C01"), device("C02")], in: begun, next: "page 2", at: secondNight)

        let resumed = try inventory.beginListing(at: secondNight.adding(seconds: 3599))
        #expect(resumed.id == begun.id)
        #expect(resumed.next == "page 2")
        let outcome = try inventory.record(
            [device("C02"), device("C03"), device("C06")],
            in: resumed,
            next: nil,
            at: secondNight.adding(seconds: 3599)
        )
        #expect(outcome == PageOutcome(added: 1, changed: 0, unchanged: 1, repeated: 1))
        #expect(try inventory.missing(from: resumed).missing == 2)
        #expect(try inventory.complete(resumed, at: secondNight.adding(seconds: 3599)) == 2)
        #expect(try Reading(inventory, .devices)["serial_number"] == ["C01", "C02", "C03", "C06", "C04", "C05"])
    }

    @Test func anOldInterruptedListingBeginsAnew() throws {
        let begun = try inventory.beginListing(at: firstNight)
        _ = try inventory.record([device("C01")], in: begun, next: "page 2", at: firstNight)
        let later = try inventory.beginListing(at: firstNight.adding(seconds: 3600))
        #expect(later.id != begun.id)
        #expect(later.next == nil)
        // Both are started; the younger one continues.
        _ = try inventory.record([device("C01")], in: later, next: "page 3", at: firstNight.adding(seconds: 3600))
        let now = firstNight.adding(seconds: 3600)
        #expect(try inventory.beginListing(at: now, resumeWithin: 7200).next == "page 3")
    }

    @Test func aListingThatEndedWithoutItsVerdictBeginsAnew() throws {
        try inventory.list([device("C01"), device("C02")], at: firstNight)
        let refused = try inventory.beginListing(at: secondNight)
        _ = try inventory.record([device("C01")], in: refused, next: nil, at: secondNight)
        let again = try inventory.beginListing(at: secondNight)
        #expect(again.id != refused.id)
        #expect(try inventory.deviceCount == 2)
        // Its marks are not taken for those of the new listing.
        _ = try inventory.record([device("C02")], in: again, next: nil, at: secondNight)
        #expect(try inventory.missing(from: again).missing == 1)
    }

    @Test func whatAPageHoldsAndWhereItGoesOnAreStoredTogether() throws {
        let listing = try inventory.beginListing(at: firstNight)
        let broken = Resource(type: "orgDevices", id: "C02", attributes: Array("{".utf8))
        _ = try inventory.record([device("C02")], in: listing, next: "page 2", at: firstNight)
        #expect(throws: (any Error).self) {
            _ = try inventory.record([device("C01"), broken], in: listing, next: "page 3", at: firstNight)
        }
        #expect(try inventory.deviceCount == 1)
        #expect(try inventory.beginListing(at: firstNight).next == "page 2")
    }

    @Test func aRepeatWithNewerAttributesIsStored() throws {
        try inventory.list([device("C01")], at: firstNight)
        let page = [device("C01"), device("C01", #"{"color":"BLUE"}"#)]
        #expect(try inventory.list(page, at: secondNight).outcome == PageOutcome(unchanged: 1, repeated: 1))
        #expect(try Reading(inventory, .devices)["color"] == ["BLUE"])
        #expect(try inventory.changes == ["C01 updated color RED BLUE"])
    }

    @Test func missingDevicesAreRemovedAsOfTheListing() throws {
        try inventory.list([device("C01"), device("C02")], at: firstNight)
        #expect(try inventory.list([device("C02")], at: secondNight).removed == 1)
        #expect(try inventory.list([device("C02")], at: thirdNight).removed == 0)
        #expect(
            try Reading(inventory, .devices).rows("serial_number", "last_seen_at", "removed_at") == [
                "C02 2026-01-03T00:00:00.000Z -", "C01 2026-01-01T00:00:00.000Z 2026-01-02T00:00:00.000Z",
            ]
        )
        #expect(try inventory.deviceCount == 1)
    }

    @Test func newDevicesDoNotHideMissingOnes() throws {
        try inventory.list((1...20).map { device("OLD\($0)") }, at: firstNight)
        let listing = try inventory.beginListing(at: secondNight)
        _ = try inventory.record((1...500).map { device("NEW\($0)") }, in: listing, next: nil, at: secondNight)
        let (known, missing) = try inventory.missing(from: listing)
        #expect(known == 20)
        #expect(missing == 20)
    }

    @Test func aDeviceMayReturn() throws {
        try inventory.list([device("C01"), device("C02")], at: firstNight)
        try inventory.list([device("C02")], at: secondNight)
        let outcome = try inventory.list([device("C01"), device("C02")], at: thirdNight).outcome
        #expect(outcome == PageOutcome(changed: 1, unchanged: 1))
        let rows = try Reading(inventory, .devices).rows("serial_number", "first_seen_at", "removed_at")
        #expect(rows == ["C01 2026-01-01T00:00:00.000Z -", "C02 2026-01-01T00:00:00.000Z -"])
    }

    @Test func anUnchangedNightWritesNoDevice() throws {
        try inventory.list([device("C01"), device("C02")], at: firstNight)
        inventory.close()
        try sqlite(folder, "CREATE TRIGGER t BEFORE UPDATE ON device BEGIN SELECT RAISE(ABORT, 'written'); END")
        let again = try openInventory(folder)
        let outcome = try again.list([device("C02"), device("C01")], at: secondNight).outcome
        #expect(outcome == PageOutcome(unchanged: 2))
        #expect(
            try Reading(again, .devices)["last_seen_at"] == ["2026-01-02T00:00:00.000Z", "2026-01-02T00:00:00.000Z"]
        )
        #expect(throws: (any Error).self) { try again.list([device("C01", "{}"), device("C02")], at: thirdNight) }
    }

    @Test func devicesThatLeftAreReadOnce() throws {
        try inventory.list([device("C01"), device("C02"), device("C03")], at: firstNight)
        #expect(try inventory.devicesToDetail(limit: 10).isEmpty)
        try inventory.list([device("C03")], at: secondNight)
        #expect(try inventory.devicesToDetail(limit: 10) == ["C01", "C02"])
        #expect(try inventory.devicesToDetail(limit: 1) == ["C01"])
        try inventory.recordDetails(nil, serial: "C01", at: secondNight)
        let released = device("C02", #"{"color":"RED","releasedFromOrgDateTime":"2026-01-01T12:00:00Z"}"#)
        try inventory.recordDetails(released, serial: "C02", at: secondNight)
        #expect(try inventory.devicesToDetail(limit: 10).isEmpty)
        #expect(try Reading(inventory, .devices)["released_from_org_at"] == [nil, nil, "2026-01-01T12:00:00.000Z"])

        // One that comes back and leaves again is read again.
        try inventory.list([device("C02"), device("C03")], at: thirdNight)
        try inventory.list([device("C03")], at: thirdNight.adding(days: 1))
        #expect(try inventory.devicesToDetail(limit: 10) == ["C02"])
    }
}

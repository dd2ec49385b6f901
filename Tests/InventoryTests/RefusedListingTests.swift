import Inventory
import Records
import TestSupport
import Testing

/// What a refused listing leaves behind, and what a person may accept of it.
@Suite struct RefusedListingTests {
    let folder: ScratchFolder
    let inventory: Inventory

    init() throws {
        folder = try ScratchFolder()
        inventory = try openInventory(folder)
    }

    private func devices(_ numbers: Range<Int>) -> [Resource] { numbers.map { device("C\(1000 + $0)") } }

    /// Reads a whole listing that a guard then refuses.
    @discardableResult
    private func refuse(_ numbers: Range<Int>, at now: Timestamp) throws -> RefusedListing {
        let listing = try inventory.beginListing(at: now)
        _ = try inventory.record(devices(numbers), in: listing, next: nil, at: now)
        return try inventory.refuse(listing, at: now)
    }

    private func missing(_ numbers: Range<Int>, at now: Timestamp) throws -> [Int] {
        let listing = try inventory.beginListing(at: now)
        _ = try inventory.record(devices(numbers), in: listing, next: nil, at: now)
        let (known, missing) = try inventory.missing(from: listing)
        return [known, missing]
    }

    @Test func whatARefusedListingBringsIsNotWhatTheNextIsMeasuredBy() throws {
        try inventory.list(devices(0..<100), at: firstNight)
        let refused = try refuse(20..<400, at: secondNight)
        #expect(refused.known == 100 && refused.missing == 20)
        #expect(refused.description == "first refused on 2026-01-02, lacks 20 of 100 known devices")
        #expect(try inventory.deviceCount == 400)
        #expect(try missing(20..<400, at: thirdNight) == [100, 20])
        // Nor is what a listing brought that never came to its end.
        #expect(try missing(20..<900, at: thirdNight.adding(days: 1)) == [100, 20])
    }

    @Test func aBrokenListingDoesNotRaiseWhatIsKnownEither() throws {
        try inventory.list(devices(0..<100), at: firstNight)
        let broken = try inventory.beginListing(at: secondNight)
        _ = try inventory.record(devices(50..<600), in: broken, next: "page 2", at: secondNight)
        #expect(try missing(20..<400, at: thirdNight)[0] == 100)
    }

    @Test func devicesThatReturnDoNotRaiseItEither() throws {
        try inventory.list(devices(0..<200), at: firstNight)
        try inventory.list(devices(0..<20), at: secondNight)
        #expect(try missing(12..<200, at: thirdNight) == [20, 12])
    }

    @Test func theFirstDateStaysAndTheLatestListCounts() throws {
        try inventory.list(devices(0..<2000), at: firstNight)
        try refuse(200..<2000, at: secondNight)
        let later = try refuse(150..<2500, at: thirdNight)
        #expect(later.description == "first refused on 2026-01-02, lacks 150 of 2,000 known devices")
        #expect(try inventory.refusedListing == later)
        // A complete listing ends it, and the next one is measured by what is there then.
        try inventory.list(devices(5..<2500), at: thirdNight.adding(days: 1))
        #expect(try inventory.refusedListing == nil)
        #expect(try missing(5..<2500, at: thirdNight.adding(days: 2)) == [2495, 0])
    }

    @Test func withoutAnyCompleteListingTheFirstRefusedOneIsTheMeasureToo() throws {
        let begun = try inventory.beginListing(at: firstNight)
        _ = try inventory.record(devices(0..<50), in: begun, next: "page 2", at: firstNight)
        #expect(try refuse(25..<300, at: secondNight).known == 50)
        #expect(try missing(25..<300, at: thirdNight) == [50, 25])
    }

    @Test func acceptingRetiresWhatTheRefusedListLackedAndNothingElse() throws {
        try inventory.list(devices(0..<100), at: firstNight)
        #expect(try inventory.recordAssignments(["C1000": "S1", "C1050": "S1"], at: firstNight).changed == 2)
        try refuse(20..<120, at: secondNight)
        #expect(try inventory.acceptRefusedListing(atMost: 19, loads: ["a"], at: thirdNight) == nil)
        #expect(try inventory.deviceCount == 120)
        #expect(try inventory.acceptRefusedListing(atMost: 20, loads: ["a", "b"], at: thirdNight) == 20)
        #expect(try inventory.refusedListing == nil)
        #expect(try inventory.deviceCount == 100)
        #expect(try inventory.changes.count { $0.hasSuffix(" vanished") || $0.contains(" vanished ") } == 20)
        #expect(try inventory.isOwed("a") && inventory.isOwed("b") && !inventory.isOwed("c"))
        // The next is judged by what is left.
        #expect(try missing(40..<120, at: thirdNight.adding(days: 1)) == [100, 20])
        #expect(try inventory.acceptRefusedListing(atMost: 100, loads: ["a"], at: thirdNight) == nil)
    }

    @Test func whatWasSeenSinceIsNotAccepted() throws {
        try inventory.list(devices(0..<100), at: firstNight)
        try refuse(20..<100, at: secondNight)
        // One is read alone, and a listing that breaks off holds three.
        _ = try inventory.record(device("C1019"), at: thirdNight)
        let broken = try inventory.beginListing(at: thirdNight)
        _ = try inventory.record(devices(0..<3), in: broken, next: "page 2", at: thirdNight)
        #expect(try inventory.refusedListing?.missing == 16)
        #expect(try inventory.acceptRefusedListing(atMost: 16, loads: [], at: thirdNight) == 16)
        #expect(try inventory.deviceCount == 84)
    }

    @Test func aLoadReadsAcceptedDevicesAsTheyLastWereUntilItIsDone() throws {
        try inventory.list(devices(0..<30), at: firstNight)
        _ = try inventory.recordAssignments(["C1000": "S1"], at: firstNight)
        try inventory.recordServers(
            [Resource(type: "mdmServers", id: "S1", attributes: Array(#"{"serverName":"Jamf"}"#.utf8))],
            at: firstNight
        )
        try refuse(2..<30, at: secondNight)
        _ = try inventory.acceptRefusedListing(atMost: 2, loads: ["a"], at: secondNight)
        let released = device("C1000", #"{"color":"BLUE","releasedFromOrgDateTime":"2026-01-01T12:00:00Z"}"#)
        try inventory.recordDetails(released, serial: "C1000", at: secondNight)
        func rows(_ load: String) throws -> [String] {
            let schema = Schema.allColumns
            var reader = DatasetReader(inventory, .devices, schema: schema, order: .firstSeen, acceptedFor: load)
            var (rejects, rows): ([Reject], [String]) = ([], [])
            while let batch = try reader.next(rejects: &rejects) {
                #expect(!batch.isRemoved)
                for row in 0..<batch.count {
                    let names = ["serial_number", "color", "server_name", "removed_at", "released_from_org_at"]
                    rows.append(
                        names.map { schema.index(of: $0).flatMap { batch.display(batch[$0, row]) } ?? "-" }
                            .joined(separator: " ")
                    )
                }
            }
            return rows
        }
        #expect(try rows("a") == ["C1000 RED Jamf - -", "C1001 RED - - -"])
        #expect(try rows("b").isEmpty)
        // Another file's load may be given the same.
        #expect(try inventory.oweAccepted(atMost: 1, to: ["b"]) == 0)
        #expect(try inventory.oweAccepted(atMost: 2, to: ["b"]) == 2)
        // A device that returns is no longer among them.
        try inventory.list(devices(1..<30), at: thirdNight)
        #expect(try rows("b") == ["C1000 RED Jamf - -"])
        try inventory.settle("a")
        #expect(try rows("a").isEmpty && !inventory.isOwed("a") && inventory.isOwed("b"))
    }

    @Test func twoAcceptancesAreOwedEachForItself() throws {
        try inventory.list(devices(0..<100), at: firstNight)
        try refuse(10..<100, at: secondNight)
        _ = try inventory.acceptRefusedListing(atMost: 10, loads: ["a", "b"], at: secondNight)
        try inventory.settle("a")
        try refuse(30..<100, at: thirdNight)
        _ = try inventory.acceptRefusedListing(atMost: 20, loads: ["a", "b"], at: thirdNight)
        func count(_ load: String) throws -> Int {
            var reader = DatasetReader(inventory, .devices, order: .serial, acceptedFor: load)
            var rejects: [Reject] = []
            var count = 0
            while let batch = try reader.next(rejects: &rejects) { count += batch.count }
            return count
        }
        #expect(try count("a") == 20)
        #expect(try count("b") == 30)
    }

    @Test func devicesOfARefusedListKeepTheirService() throws {
        try inventory.list(devices(0..<20), at: firstNight)
        let all = Dictionary(uniqueKeysWithValues: (0..<20).map { ("C\(1000 + $0)", "S1") })
        _ = try inventory.recordAssignments(all, at: firstNight)
        try refuse(15..<20, at: secondNight)
        let some = all.filter { $0.key >= "C1016" }
        #expect(try inventory.recordAssignments(some, at: secondNight).changed == 1)
        // Once it no longer stands, they have the service that the lists say.
        try inventory.list(devices(0..<20), at: thirdNight)
        #expect(try inventory.recordAssignments(some, at: thirdNight).changed == 15)
    }

    @Test func aRefusalOutlivesTheProcess() throws {
        try inventory.list(devices(0..<100), at: firstNight)
        let refused = try refuse(20..<400, at: secondNight)
        inventory.close()
        let again = try openInventory(folder)
        #expect(try again.refusedListing == refused)
        try again.forgetAges()
        #expect(try again.refusedListing == refused)
    }
}

import Inventory
import Pipeline
import Records
import Stages
import Synchronization
import TestSupport
import Testing

@testable import Extract

@Suite struct DevicesTests {
    private func page(_ numbers: Range<Int>, cursor: String? = nil) -> String {
        let data = numbers.map { #"{"type":"orgDevices","id":"SERIAL\#($0)","attributes":{}}"# }.joined(separator: ",")
        let paging = cursor.map { #"{"paging":{"nextCursor":"\#($0)"}}"# } ?? "{}"
        return #"{"data":[\#(data)],"links":{},"meta":\#(paging)}"#
    }

    private func sync(
        _ inventory: Inventory,
        _ api: CannedAPI,
        maxRemoved percent: Double = 20,
        limit: Int? = nil
    ) async throws -> StageCounts {
        let meter = StageMeter()
        let context = SyncContext(
            api: api,
            inventory: inventory,
            startedAt: .now,
            limit: limit,
            meter: meter
        )
        try await Devices(maxRemoved: Percentage(percent: percent), changes: .listing, fullEvery: .days(7)).sync(
            context
        )
        try inventory.endRound(at: .now)
        return meter.current
    }

    private func withInventory(_ test: (Inventory) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let inventory = try Inventory(path: "\(folder)/inventory.sqlite", identity: "test")
            defer { inventory.close() }
            try await test(inventory)
        }
    }

    /// 10 devices in pages of 2.
    private func page(after cursor: String?) -> String {
        let first = cursor.flatMap { Int($0) } ?? 0
        return page(first..<first + 2, cursor: first < 8 ? "\(first + 2)" : nil)
    }

    @Test(arguments: [(2, 1), (3, 2), (4, 2), (10, 5), (11, 5)])
    func nothingIsAskedForBeyondALimit(limit: Int, requests: Int) async throws {
        try await withInventory { inventory in
            let api = CannedAPI { (_, cursor) throws(APIError) in page(after: cursor) }
            let counts = try await sync(inventory, api, limit: limit)
            #expect(counts.received == min(10, limit))
            #expect(api.requestCount == requests)
            #expect(try inventory.deviceCount == min(10, limit))
            #expect(try (inventory.lastCompleteListing != nil) == (limit >= 10))
        }
    }

    /// The second page begins with the last device of the first.
    @Test func repeatsDoNotCountTowardsALimit() async throws {
        try await withInventory { inventory in
            let api = CannedAPI { (_, cursor) throws(APIError) in
                let first = cursor.flatMap { Int($0) } ?? 0
                return page(first..<first + 2, cursor: first == 0 ? "1" : "\(first + 2)")
            }
            let counts = try await sync(inventory, api, limit: 4)
            #expect(counts.received == 4)
            #expect(api.requests == ["/v1/orgDevices", "/v1/orgDevices 1", "/v1/orgDevices 3"])
            #expect(try inventory.deviceCount == 4)
        }
    }

    /// The page before it is stored while this one is on its way.
    @Test func aPageThatIsNotAnsweredLosesNoneBeforeIt() async throws {
        try await withInventory { inventory in
            let broken = CannedAPI { (_, cursor) throws(APIError) in
                if cursor == "6" { throw APIError(.unavailable, "gone") }
                return page(after: cursor)
            }
            await #expect(throws: APIError.self) { try await sync(inventory, broken) }
            #expect(try inventory.deviceCount == 6)
            let api = CannedAPI { (_, cursor) throws(APIError) in page(after: cursor) }
            let counts = try await sync(inventory, api)
            #expect(counts.received == 4)
            #expect(api.requests == ["/v1/orgDevices 6", "/v1/orgDevices 8"])
            #expect(try inventory.deviceCount == 10)
        }
    }

    @Test func aListThatShrankTooMuchIsRefused() async throws {
        try await withInventory { inventory in
            _ = try await sync(inventory, CannedAPI { (_, _) throws(APIError) in page(0..<100) })
            let failure = await #expect(throws: Failure.self) {
                try await sync(inventory, CannedAPI { (_, _) throws(APIError) in page(0..<70) })
            }
            #expect(failure?.code == .badData)
            #expect(failure?.message.contains("30 of 100") == true)
            #expect(try inventory.deviceCount == 100)
            let counts = try await sync(inventory, CannedAPI { (_, _) throws(APIError) in page(0..<80) })
            #expect(counts.retired == 20)
            #expect(try inventory.deviceCount == 80)
        }
    }

    @Test func aSmallOrganizationMayLoseAFewDevicesButNotAll() async throws {
        try await withInventory { inventory in
            _ = try await sync(inventory, CannedAPI { (_, _) throws(APIError) in page(0..<5) })
            let failure = await #expect(throws: Failure.self) {
                try await sync(inventory, CannedAPI { (_, _) throws(APIError) in page(0..<0) })
            }
            #expect(failure?.code == .badData)
            _ = try await sync(inventory, CannedAPI { (_, _) throws(APIError) in page(0..<4) })
            #expect(try inventory.deviceCount == 4)
        }
    }

    @Test(arguments: [(300, 15, 16), (40, 10, 11), (11, 10, 11), (3, 2, 3)])
    func aTwentiethMayLeaveOrTenDevicesButNotAll(known: Int, allowed: Int, refused: Int) async throws {
        try await withInventory { inventory in
            _ = try await sync(inventory, CannedAPI { (_, _) throws(APIError) in page(0..<known) })
            let short = CannedAPI { (_, _) throws(APIError) in page(refused..<known) }
            let failure = await #expect(throws: Failure.self) { try await sync(inventory, short, maxRemoved: 5) }
            #expect(failure?.message.hasSuffix("more than 5%; no device was retired") == true)
            #expect(failure?.refusal?.limit == "5%")
            #expect(try inventory.deviceCount == known)
            let enough = CannedAPI { (_, _) throws(APIError) in page(allowed..<known) }
            #expect(try await sync(inventory, enough, maxRemoved: 5).retired == allowed)
        }
    }

    @Test func aRefusedListStillBringsWhatIsNew() async throws {
        try await withInventory { inventory in
            _ = try await sync(inventory, CannedAPI { (_, _) throws(APIError) in page(0..<100) })
            let odd = CannedAPI { (_, _) throws(APIError) in page(50..<120) }
            await #expect(throws: Failure.self) { try await sync(inventory, odd, maxRemoved: 5) }
            #expect(try inventory.deviceCount == 120)
        }
    }

    @Test func repeatsOnTheEdgeOfPagesAreMerged() async throws {
        try await withInventory { inventory in
            let counts = try await sync(
                inventory,
                CannedAPI { (_, cursor) throws(APIError) in
                    cursor == nil ? page(0..<10, cursor: "c1") : page(9..<20)
                }
            )
            #expect(counts.received == 20)
            #expect(try inventory.deviceCount == 20)
        }
    }

    @Test func aCursorThatExpiresBeginsTheListingAgainAndRetiresNobody() async throws {
        try await withInventory { inventory in
            _ = try await sync(inventory, CannedAPI { (_, _) throws(APIError) in page(0..<30) })
            let asked = Mutex(0)
            let api = CannedAPI { (_, cursor) throws(APIError) in
                let number = asked.withLock { count in
                    count += 1
                    return count
                }
                if number == 3 { throw APIError(.badRequest, "cursor expired") }
                switch cursor {
                case "c1": return page(10..<20, cursor: "c2")
                case "c2": return page(20..<30)
                default: return page(0..<10, cursor: "c1")
                }
            }
            let counts = try await sync(inventory, api)
            #expect(api.requests.count == 6)
            #expect(counts.received == 30 && counts.retired == 0)
            #expect(try inventory.deviceCount == 30)
        }
    }

    @Test func anEmptyListRetiresNobody() async throws {
        try await withInventory { inventory in
            _ = try await sync(inventory, CannedAPI { (_, _) throws(APIError) in page(0..<100) })
            await #expect(throws: Failure.self) {
                try await sync(inventory, CannedAPI { (_, _) throws(APIError) in page(0..<0) })
            }
            #expect(try inventory.deviceCount == 100)
        }
    }

    @Test func aListingThatBrokeOffGoesOnWhereItStood() async throws {
        try await withInventory { inventory in
            let broken = CannedAPI { (_, cursor) throws(APIError) in
                if cursor == "c2" { throw APIError(.unavailable, "down") }
                return cursor == nil ? page(0..<10, cursor: "c1") : page(10..<20, cursor: "c2")
            }
            await #expect(throws: APIError.self) { try await sync(inventory, broken) }
            #expect(try inventory.deviceCount == 20)
            let healthy = CannedAPI { (_, cursor) throws(APIError) in
                cursor == "c2" ? page(20..<30) : page(0..<10, cursor: "c1")
            }
            _ = try await sync(inventory, healthy)
            #expect(healthy.requests == ["/v1/orgDevices c2"])
            #expect(try inventory.deviceCount == 30)
        }
    }
}

import Inventory
import Pipeline
import Records
import TestSupport
import Testing

@testable import Extract

@Suite struct DevicesTests {
    private func page(_ numbers: Range<Int>, cursor: String? = nil) -> String {
        let data = numbers.map { #"{"type":"orgDevices","id":"SERIAL\#($0)","attributes":{}}"# }.joined(separator: ",")
        let paging = cursor.map { #"{"paging":{"nextCursor":"\#($0)"}}"# } ?? "{}"
        return #"{"data":[\#(data)],"links":{},"meta":\#(paging)}"#
    }

    private func sync(_ inventory: Inventory, _ api: CannedAPI) async throws -> StageCounts {
        let meter = StageMeter()
        let context = SyncContext(
            api: api,
            inventory: inventory,
            startedAt: .now,
            limit: nil,
            meter: meter
        )
        try await Devices(maxRemoved: Percentage(percent: 20), changes: .listing, fullEvery: .days(7)).sync(context)
        try inventory.endRound()
        return meter.current
    }

    private func withInventory(_ test: (Inventory) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let inventory = try Inventory(path: "\(folder)/inventory.sqlite", identity: "test")
            defer { inventory.close() }
            try await test(inventory)
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

    @Test func aSmallOrganisationMayLoseAFewDevicesButNotAll() async throws {
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

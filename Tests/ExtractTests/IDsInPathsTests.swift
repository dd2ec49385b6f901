import Inventory
import Pipeline
import Records
import Stages
import TestSupport
import Testing

@testable import Extract

/// An id is one segment of a path, whatever Apple puts into it.
@Suite struct IDsInPathsTests {
    private let odd = "A/../B?c=d#é%2F"
    private let encoded = "A%2F..%2FB%3Fc%3Dd%23%C3%A9%252F"

    @Test(arguments: [
        ("coverage", "/appleCareCoverage"), ("activation_lock", "/activationLockStatus"), ("details", ""),
    ])
    func ofDevices(stage name: String, end: String) async throws {
        try await withTemporaryFolder { folder in
            let inventory = try Inventory(path: "\(folder)/inventory.sqlite", identity: "test")
            defer { inventory.close() }
            for devices in name == "details" ? [[odd, "C01"], ["C01"]] : [[odd]] {
                let listing = try inventory.beginListing(at: .now)
                let page = devices.map { Resource(type: "orgDevices", id: $0, attributes: Array("{}".utf8)) }
                _ = try inventory.record(page, in: listing, next: nil, at: .now)
                _ = try inventory.complete(listing, at: .now)
            }
            let api = CannedAPI { (_, _) throws(APIError) in #"{"data":[]}"# }
            let stage = try #require(try Nights.stage(name))
            try await stage.sync(
                SyncContext(api: api, inventory: inventory, startedAt: .now, limit: nil, meter: StageMeter())
            )
            #expect(api.requests == ["/v1/orgDevices/\(encoded)\(end)"])
        }
    }

    @Test func ofServers() async throws {
        try await withTemporaryFolder { folder in
            let inventory = try Inventory(path: "\(folder)/inventory.sqlite", identity: "test")
            defer { inventory.close() }
            let api = CannedAPI { [odd] (path, _) throws(APIError) in
                let service = #"{"type":"mdmServers","id":"\#(odd)","attributes":{}}"#
                return path == "/v1/mdmServers" ? #"{"data":[\#(service)]}"# : #"{"data":[]}"#
            }
            let stage = try #require(try Nights.stage("assignments"))
            try await stage.sync(
                SyncContext(api: api, inventory: inventory, startedAt: .now, limit: nil, meter: StageMeter())
            )
            #expect(api.requests.last == "/v1/mdmServers/\(encoded)/relationships/devices")
        }
    }
}

import Inventory
import Pipeline
import Records
import Stages
import TestSupport
import Testing

@testable import Extract

/// An answer is stored only for the device that it is about, and only if it is one.
@Suite struct OtherDeviceTests {
    private let serial = "A/1"

    private func sync(_ stage: String, _ answer: String) async throws -> (counts: StageCounts, row: [String?]) {
        try await withTemporaryFolder { folder in
            let inventory = try Inventory(path: "\(folder)/inventory.sqlite", identity: "test")
            defer { inventory.close() }
            let listing = try inventory.beginListing(at: .now)
            let device = Resource(type: "orgDevices", id: serial, attributes: Array("{}".utf8))
            _ = try inventory.record([device], in: listing, next: nil, at: .now)
            let meter = StageMeter()
            let extractor = try #require(try Nights.stage(stage))
            let api = CannedAPI { (_, _) throws(APIError) in answer }
            try await extractor.sync(
                SyncContext(api: api, inventory: inventory, startedAt: .now, limit: nil, meter: meter)
            )
            let columns = ["coverage_state", "coverage_error", "activation_lock_state"]
            let rows = try Nights.rows(inventory, .everything, "serial_number", columns[0], columns[1], columns[2])
            return (meter.current, try #require(rows[serial]))
        }
    }

    private static let addresses = [
        ("https://api.example/v1/orgDevices/B/x", true), (#"https:\/\/api.example\/v1\/orgDevices\/B\/x"#, true),
        ("/v1/orgDevices/B?limit=1", true), ("https://api.example/v1/orgDevices/A%2F1/x", false),
        ("https://api.example/v1/orgDevices/%41%2f1", false), ("https://api.example/v1/orgDevices", false),
        ("https://api.example/v1/mdmServers/B", false),
    ]

    @Test(arguments: Self.addresses)
    func theAddressOfAnAnswerNamesItsDevice(_ address: String, isOther: Bool) async throws {
        let links = #""links":{"self":"\#(address)"}"#
        let coverage = try await sync("coverage", #"{"data":[],\#(links)}"#)
        #expect(coverage.counts.unknown == (isOther ? 1 : 0))
        #expect(coverage.row[0] == (isOther ? "unknown" : "none"))
        #expect(coverage.row[1]?.hasSuffix(": the answer is about another device") == (isOther ? true : nil))
        let status = #"{"type":"activationLockStatus","id":"A/1","attributes":{"isLocked":true}}"#
        let lock = try await sync("activation_lock", #"{"data":\#(status),\#(links)}"#)
        #expect(lock.counts.unknown == (isOther ? 1 : 0))
        #expect(lock.row[2] == (isOther ? "unknown" : "locked"))
        let service = Array(#"{"data":{"type":"mdmServers","id":"S1"},\#(links)}"#.utf8)
        let read = AssignedService.read(.success(service), of: serial)
        #expect((try? read.get()) == (isOther ? nil : "S1"))
        let device = #"{"type":"orgDevices","id":"A/1","attributes":{}}"#
        let api = CannedAPI { (_, _) throws(APIError) in #"{"data":\#(device),\#(links)}"# }
        if isOther {
            await #expect(throws: APIError.self) { _ = try await SingleDevice(serial, api) }
        } else {
            _ = try await SingleDevice(serial, api)
        }
    }

    @Test(arguments: [("", "locked"), ("A/1", "locked"), ("B", "unknown")])
    func aLockHasTheSerialNumberAsItsID(_ id: String, state: String) async throws {
        let status = #"{"type":"activationLockStatus","id":"\#(id)","attributes":{"isLocked":true}}"#
        let lock = try await sync("activation_lock", #"{"data":\#(status)}"#)
        #expect(lock.row[2] == state)
    }

    @Test func coverageOfAnotherTypeIsUnreadable() async throws {
        let coverage = try await sync("coverage", #"{"data":[{"type":"mdmServers","id":"B","attributes":{}}]}"#)
        #expect(coverage.counts.unknown == 1)
        #expect(coverage.row[1]?.contains("its type is not appleCareCoverage") == true)
    }

    @Test func anAnswerWithErrorsIsNone() async throws {
        let errors = #""errors":[{"status":"500","code":"UNEXPECTED_ERROR"}]"#
        let coverage = try await sync("coverage", #"{"data":[],\#(errors)}"#)
        #expect(coverage.counts.unknown == 1 && coverage.row[0] == "unknown")
        let linkage = AssignedService.read(.success(Array(#"{"data":null,\#(errors)}"#.utf8)), of: serial)
        #expect(throws: APIError.self) { try linkage.get() }
    }
}

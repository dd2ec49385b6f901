import Inventory
import TestSupport
import Testing

@Suite struct LearnedRateTests {
    @Test func itIsKeptBetweenRunsAndForgotten() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/inventory.sqlite"
            let first = try Inventory(path: path, identity: "acme")
            #expect(try first.learnedRate == nil)
            try first.record(learnedRate: 0.333)
            try first.record(learnedRate: 6.25)
            first.close()
            let second = try Inventory(path: path, identity: "acme")
            #expect(try second.learnedRate == 6.25)
            try second.record(learnedRate: nil)
            #expect(try second.learnedRate == nil)
            second.close()
        }
    }
}

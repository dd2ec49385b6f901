import Stages
import Testing

@testable import Load

@Suite struct RemovalGuardTests {
    /// So many rows are enough for the removal, and fewer are not, but for a rounded one.
    @Test(arguments: [0.1, 1, 5, 7.5, 33.3, 50, 99.9, 100]) func theLeastTotalIsTheBoundary(percent: Double) throws {
        let limit = RemovalGuard(most: Percentage(percent: percent), allowance: 10)
        for count in 11...400 {
            let least = try #require(limit.leastTotal(allowing: count))
            #expect(!limit.refuses(removing: count, of: least))
            #expect(limit.refuses(removing: count, of: least - 2))
        }
    }

    @Test func nothingIsEnoughIfNoneMayBeRemoved() {
        #expect(RemovalGuard(most: Percentage(percent: 0), allowance: 10).leastTotal(allowing: 11) == nil)
    }
}

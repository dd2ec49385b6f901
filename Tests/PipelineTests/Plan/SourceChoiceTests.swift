import Testing

@testable import Pipeline
@testable import Stages

@Suite struct SourceChoiceTests {
    /// Values of the FNV-1a reference implementation: other machines and other versions must agree.
    @Test(
        arguments: [
            ("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8),
        ] as [(String, UInt64)]
    )
    func theHashIsFNV1a(text: String, hash: UInt64) {
        #expect(Shard.hash(text) == hash)
    }

    @Test func theShardsTogetherHoldEverySourceOnce() throws {
        let names = (0..<200).map { "tenant-\($0)" }
        let shards = try (1...7).map { try #require(Shard("\($0)/7")) }
        for name in names { #expect(shards.count { $0.holds(name) } == 1) }
        for shard in shards { #expect(names.count(where: shard.holds) > 10) }
    }

    @Test(arguments: ["0/3", "4/3", "1", "1/0", "a/b", "-1/3", "1/3/5", "", "1/"]) func otherTextsAreNoShard(
        text: String
    ) {
        #expect(Shard(text) == nil)
    }

    @Test func namesAndShardBothHold() throws {
        let shard = try #require(Shard("1/1"))
        #expect(SourceChoice(names: ["a"], shard: shard).takes("a"))
        #expect(!SourceChoice(names: ["a"], shard: shard).takes("b"))
        #expect(SourceChoice().takes("b"))
    }
}

import Records
import Stages
import Testing

/// How `sort` takes and gives batches.
@Suite struct SortBatchesTests {
    private static let things = Schema(
        "things",
        "What is sorted.",
        key: [],
        [Field("name", .text, ""), Field("size", .integer, ""), Field("place", .integer, "")]
    )

    private func things(_ rows: [(name: Value, size: Value)]) -> Table {
        Table(
            Self.things,
            rows.enumerated().map { ["name": $1.name, "size": $1.size, "place": .integer(Int64($0))] }
        )
    }

    /// Every batch that comes out, after all of these went in.
    private func sorted(_ yaml: String, _ tables: [Table]) throws -> [Table] {
        var bound = try bind(yaml, to: Self.things)
        var findings = Findings()
        for table in tables {
            var batch = table.batch
            try bound.apply(&batch, findings: &findings)
            #expect(batch.count == 0)
        }
        var results: [Table] = []
        while let batch = try bound.next() {
            var result = Table(bound.output, [])
            result.batch = batch
            results.append(result)
        }
        #expect(try bound.next() == nil)
        return results
    }

    @Test func manyBatchesComeOutInBatchesOfFiveHundred() throws {
        var dice = Dice(seed: 4)
        let numbers = (0..<2500).map { Int64($0) }.shuffled(using: &dice)
        let tables = [numbers[..<1000], numbers[1000..<1001], numbers[1001...]].map { part in
            things(part.map { ("", .integer($0)) })
        }
        let results = try sorted("sort: [size]", tables)
        #expect(results.map(\.batch.count) == [500, 500, 500, 500, 500])
        let expected: [Value] = (0..<2500).map { .integer($0) }
        #expect(results.flatMap { $0.column("size") } == expected)
        #expect(results.allSatisfy { !$0.batch.isRemoved })
    }

    @Test func equalRowsKeepTheirOrder() throws {
        let table = things((0..<3000).map { ("", .integer(Int64($0 % 3))) })
        let places = try sorted("sort: [size]", [table]).flatMap { $0.column("place") }
        var expected: [Value] = []
        for rest in 0..<3 {
            for place in stride(from: rest, to: 3000, by: 3) { expected.append(.integer(Int64(place))) }
        }
        #expect(places == expected)
    }

    @Test func removedRowsComeLastAndApart() throws {
        var gone = things([("b", 4), ("a", 5)])
        gone.batch.isRemoved = true
        let results = try sorted("sort: [name]", [things([("c", 1)]), gone, things([("d", 2), ("a", 3)])])
        #expect(results.map(\.batch.isRemoved) == [false, true])
        #expect(results.map { $0.column("size") } == [[3, 1, 2], [5, 4]])
        #expect(try sorted("sort: [name]", [gone]).map(\.batch.isRemoved) == [true])
    }

    @Test func noRowsGiveNone() throws {
        #expect(try sorted("sort: [name]", []).isEmpty)
        #expect(try sorted("sort: [name]", [things([])]).isEmpty)
    }

    @Test func eachRunSortsItsOwnRows() throws {
        let bound = try bind("sort: [name]", to: Self.things)
        var findings = Findings()
        for name in ["a", "b"] as [Value] {
            var run = bound
            var batch = things([(name, 1)]).batch
            try run.apply(&batch, findings: &findings)
            let first = try #require(try run.next())
            #expect(first.count == 1)
        }
    }
}

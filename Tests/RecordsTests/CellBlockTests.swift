import Testing

@testable import Records

@Suite struct CellBlockTests {
    /// One after another, some left out, backwards, and again.
    @Test(arguments: [Array(0..<70), [0, 5, 31, 32, 64, 69], [69, 40, 3, 2, 1], [33, 33, 0, 33]])
    func rowsAreWhole(rows: [Int]) {
        var batch = Batch(width: 3)
        for row in 0..<70 {
            batch.appendRow()
            batch[0, row] = .integer(Int64(row))
            batch[2, row] = .integer(Int64(1000 + row))
        }
        var cells = CellBlock(batch)
        for row in rows {
            let start = cells.start(of: row)
            #expect(cells[start] == .integer(Int64(row)))
            #expect(cells[start + 1].isNull)
            #expect(cells[start + 2] == .integer(Int64(1000 + row)))
        }
    }
}

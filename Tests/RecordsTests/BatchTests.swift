import Records
import Testing

@Suite struct BatchTests {
    /// Rows `(name, number)`.
    private func batch(_ rows: (String, Int64)...) -> Batch {
        var batch = Batch(width: 2)
        for (row, (name, number)) in rows.enumerated() {
            batch.appendRow()
            batch[0, row] = batch.text(name)
            batch[1, row] = .integer(number)
        }
        return batch
    }

    private func texts(_ batch: Batch, column: Int = 0) -> [String?] {
        (0..<batch.count).map { batch.display(batch[column, $0]) }
    }

    @Test func aNewRowIsNull() {
        var batch = Batch(width: 3)
        batch.appendRow()
        #expect(batch.count == 1)
        #expect(batch.columns == [[.null], [.null], [.null]])
    }

    @Test(arguments: 0...4) func roomThatNoRowTakesIsTakenBack(rows: Int) {
        var batch = Batch(width: 2, room: 3)
        for row in 0..<rows {
            batch.appendRow()
            batch[0, row] = .integer(Int64(row))
        }
        batch.trim()
        #expect(batch.count == rows)
        #expect(batch.columns == [(0..<rows).map { .integer(Int64($0)) }, Array(repeating: .null, count: rows)])
        var other = batch
        other.append(batch)
        #expect(texts(other) == (0..<rows).map(String.init) + (0..<rows).map(String.init))
    }

    @Test func rowsAreSelected() {
        var batch = batch(("a", 1), ("b", 2), ("c", 3))
        batch.select(rows: [0, 2])
        #expect(batch.count == 2)
        #expect(texts(batch) == ["a", "c"])
        #expect(texts(batch, column: 1) == ["1", "3"])
    }

    @Test func aCopyOfRowsMayRepeatThem() {
        var source = batch(("a", 1), ("b", 2))
        source.isRemoved = true
        let copy = source.rows([1, 0, 1])
        #expect(texts(copy) == ["b", "a", "b"])
        #expect(copy.isRemoved)
        #expect(source.count == 2)
    }

    @Test func columnsAreSelectedMovedAndRepeated() {
        var batch = batch(("a", 1))
        batch.select(columns: [1, 0, 0])
        #expect(batch.columns.count == 3)
        #expect([texts(batch), texts(batch, column: 1), texts(batch, column: 2)] == [["1"], ["a"], ["a"]])
    }

    @Test func noRowsLeaveTheColumns() {
        var batch = batch(("a", 1))
        batch.select(rows: [])
        #expect(batch.count == 0)
        #expect(batch.columns == [[], []])
    }

    @Test func aNewColumnIsNullInEveryRow() {
        var batch = batch(("a", 1), ("b", 2))
        batch.appendColumn()
        #expect(batch.columns[2] == [.null, .null])
    }

    @Test func textsStandBesideEachOther() {
        var batch = Batch(width: 1)
        let cells = ["", "é🍎", "b"].map { batch.text($0) }
        #expect(cells.map { batch.string($0) } == ["", "é🍎", "b"])
        #expect(batch.string(.integer(1)) == nil)
        #expect(
            cells.map { cell in if case .text(let range) = cell { batch.withText(range) { $0.count } } else { -1 } }
                == [0, 6, 1]
        )
    }

    @Test(
        arguments: [
            (.null, nil), (.integer(-1), "-1"), (.real(1.5), "1.5"), (.boolean(true), "true"),
            (.timestamp(1_746_050_714_192_000), "2025-04-30T22:05:14.192Z"), (.date(20_208), "2025-04-30"),
        ] as [(Cell, String?)]
    )
    func cellsAreShown(_ cell: Cell, _ text: String?) {
        #expect(Batch(width: 0).display(cell) == text)
    }

    @Test func onlyNullIsNull() {
        #expect(Cell.null.isNull)
        #expect(!Cell.integer(0).isNull)
    }
}

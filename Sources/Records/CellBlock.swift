/// The cells of a batch, for code that reads it row by row: some rows at a time are laid out with each row in one piece.
///
/// A batch keeps its cells by column, so that the next cell of a row is hardly ever in the cache.
package struct CellBlock {
    private let columns: [[Cell]]
    private let count: Int
    private var rows = 0..<0
    @usableFromInline var cells: [Cell]

    /// Few enough to stay in the fastest cache with 60 columns.
    private static let most = 32

    package init(_ batch: Batch) {
        columns = batch.columns
        count = batch.count
        cells = Array(repeating: .null, count: columns.count * Self.most)
    }

    /// Where the cells of a row begin, until it is called for another row.
    package mutating func start(of row: Int) -> Int {
        if !rows.contains(row) { gather(from: row) }
        return (row - rows.lowerBound) * columns.count
    }

    @inlinable package subscript(place: Int) -> Cell { cells[place] }

    private mutating func gather(from row: Int) {
        rows = row..<min(row + Self.most, count)
        for (column, all) in columns.enumerated() {
            var place = column
            for row in rows {
                cells[place] = all[row]
                place += columns.count
            }
        }
    }
}

import Records

/// Compares the rows of a new list with those of the old one. Of each row it keeps marks only, so that memory does not
/// hold the lists: 128 bits, by a hash that nobody can know.
struct ListDifferences {
    private struct Mark: Hashable {
        let first, second: Int

        init(_ bytes: [UInt8]) {
            var hashers = (Hasher(), Hasher())
            hashers.0.combine(0)
            hashers.1.combine(1)
            bytes.withUnsafeBytes {
                hashers.0.combine(bytes: $0)
                hashers.1.combine(bytes: $0)
            }
            (first, second) = (hashers.0.finalize(), hashers.1.finalize())
        }
    }

    /// The marks of a list's rows by the marks of their keys. Several rows may have one key.
    private struct Marks {
        private var contents: [Mark: [Mark]] = [:]

        mutating func add(_ row: ListedRow) { contents[Mark(row.key), default: []].append(Mark(row.text)) }
        func contents(of row: ListedRow) -> [Mark]? { contents[Mark(row.key)] }
    }

    private var old = Marks()
    private var new = Marks()
    /// What the file of changes has told and consumers have not taken yet.
    private var told: [Mark: RowChange] = [:]

    mutating func addOld(_ row: ListedRow) { old.add(row) }
    mutating func addNew(_ row: ListedRow) { new.add(row) }
    mutating func addTold(_ row: ListedRow) { told[Mark(row.key)] = row.change }

    /// What consumers must be told of a row of the new list; nil if they have it.
    func change(ofNew row: ListedRow) -> RowChange? {
        let told = told[Mark(row.key)]
        guard let before = old.contents(of: row) else { return .new }
        if before == new.contents(of: row) { return told == .gone ? .new : told }
        // Who has not got it yet, or was told that it is gone, gets it as new.
        return told == nil || told == .changed ? .changed : .new
    }

    /// Whether a row of the old list, or one that was told, is not in the new list.
    func isGone(_ row: ListedRow) -> Bool { new.contents(of: row) == nil }
    func isInOldList(_ row: ListedRow) -> Bool { old.contents(of: row) != nil }
}

/// The records of a CSV (RFC 4180), without the blanks around cells.
package struct CSVRecords: Sequence, IteratorProtocol {
    private var rest: Substring
    private let separator: Character

    package init(_ text: some StringProtocol, separator: Character = ",") {
        rest = Substring(text)
        self.separator = separator
    }

    package mutating func next() -> [String]? {
        if rest.isEmpty { return nil }
        var cells = [""]
        var isQuoted = false
        while let character = rest.popFirst() {
            switch character {
            case "\"":
                // Two quotes within a quoted cell are one quote.
                if isQuoted, rest.first == "\"" {
                    rest.removeFirst()
                    cells[cells.count - 1].append("\"")
                } else {
                    isQuoted.toggle()
                }
            case separator where !isQuoted: cells.append("")
            case _ where character.isNewline && !isQuoted: return cells.map(\.withoutOuterBlanks)
            default: cells[cells.count - 1].append(character)
            }
        }
        return cells.map(\.withoutOuterBlanks)
    }
}

/// The records of a CSV (RFC 4180), without the blanks around cells.
struct CSVRecords: Sequence, IteratorProtocol {
    private var rest: Substring.SubSequence

    init(_ text: String) { rest = text[...] }

    mutating func next() -> [String]? {
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
            case "," where !isQuoted: cells.append("")
            case _ where character.isNewline && !isQuoted: return cells.map(\.withoutOuterBlanks)
            default: cells[cells.count - 1].append(character)
            }
        }
        return cells.map(\.withoutOuterBlanks)
    }
}

extension String {
    fileprivate var withoutOuterBlanks: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

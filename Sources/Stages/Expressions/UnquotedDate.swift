import Records

/// A date without quotes. SQLite takes it for a subtraction, and a comparison with it would silently select other rows.
struct UnquotedDate {
    /// As a text that columns can be compared with.
    private let text: String
    private let hasTime: Bool
    /// The position of its first token, and the one after its last.
    private let tokens: Range<Int>

    /// - Throws: for the first such date.
    static func check(_ tokens: [SQLToken]) throws(SQLFormProblem) {
        for start in tokens.indices {
            guard let date = UnquotedDate(tokens, at: start) else { continue }
            // YAML would take the quotes around a whole expression for its own.
            let isAll = date.tokens.count == tokens.count
            let subtraction = "\(date.text) without quotes is a subtraction"
            throw SQLFormProblem(
                message: date.hasTime ? "a date with a time needs quotes" : subtraction,
                hint: isAll ? "write \"'\(date.text)'\"" : "write '\(date.text)'",
                offset: tokens[start].range.lowerBound
            )
        }
    }

    /// `2024-01-01`, and `2024-01-01T06:00:00Z` or `2024-01-01 06:00`; nil if none of these begins there.
    private init?(_ tokens: [SQLToken], at start: Int) {
        var end = start + 5
        guard end <= tokens.count, tokens[start].isDigits(4), tokens[start + 2].isDigits(2),
            tokens[start + 1].isSymbol("-"), tokens[start + 3].isSymbol("-"),
            (start + 1..<end).allSatisfy({ tokens[$0].follows(tokens[$0 - 1]) })
        else { return nil }
        let day = tokens[end - 1]
        var text = tokens[start..<end].map(\.value).joined()
        var hasTime = false
        if day.isDigits(2) {
            if end + 1 < tokens.count, tokens[end].isDigits(2), tokens[end + 1].isSymbol(":") {
                hasTime = true
                text += "T\(tokens[end].value)"
                end += 1
            }
        } else {
            guard day.kind == .number, day.value.wholeMatch(of: /[0-9]{2}T[0-9].*/) != nil else { return nil }
            hasTime = true
        }
        while hasTime, end < tokens.count, tokens[end].follows(tokens[end - 1]), tokens[end].isPartOfTime {
            text += tokens[end].value
            end += 1
        }
        self.text = text
        self.hasTime = hasTime
        self.tokens = start..<end
    }
}

extension SQLToken {
    fileprivate func isDigits(_ count: Int) -> Bool {
        kind == .number && value.utf8.count == count && value.utf8.allSatisfy { $0.decimalDigit != nil }
    }

    /// Whether nothing is between the two.
    fileprivate func follows(_ token: SQLToken) -> Bool { token.range.upperBound == range.lowerBound }

    fileprivate var isPartOfTime: Bool { kind == .number || isSymbol(":") || isSymbol("+") || isSymbol("-") }
}

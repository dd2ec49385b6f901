/// Column values that earlier versions spelled differently. A comparison with the old spelling would silently match
/// nothing.
struct FormerSpelling {
    let column: String
    let former: String
    let current: String

    private static let all = [FormerSpelling(column: "sale_type", former: "personalised", current: "personalized")]

    /// - Throws: for the first comparison with an old spelling, in an expression that uses its column.
    static func check(_ tokens: [SQLToken]) throws(SQLFormProblem) {
        for spelling in all where tokens.contains(where: spelling.isColumn) {
            for index in tokens.indices where spelling.isFormer(tokens[index]) && isCompared(index, tokens) {
                throw SQLFormProblem(
                    message: "\(spelling.column) no longer has the value '\(spelling.former)'",
                    hint: "write '\(spelling.current)'",
                    offset: tokens[index].range.lowerBound
                )
            }
        }
    }

    private func isColumn(_ token: SQLToken) -> Bool {
        (token.kind == .word || token.kind == .quotedName) && token.value.lowercased() == column
    }

    private func isFormer(_ token: SQLToken) -> Bool { token.kind == .text && token.value.lowercased() == former }

    /// Whether a text is compared with something, rather than a result of `CASE` or an argument of a function.
    private static func isCompared(_ index: Int, _ tokens: [SQLToken]) -> Bool {
        if index + 1 < tokens.count, tokens[index + 1].isComparison { return true }
        var before = index - 1
        while before >= 0, tokens[before].kind == .text || tokens[before].isSymbol(",") { before -= 1 }
        guard before >= 0 else { return false }
        if tokens[before].isSymbol("(") { return before > 0 && tokens[before - 1].isWord("IN") }
        return before == index - 1 && tokens[before].isComparison
    }
}

extension SQLToken {
    fileprivate var isComparison: Bool {
        isSymbol("=") || isSymbol("<") || isSymbol(">") || isWord("IS", "NOT", "FROM", "LIKE", "GLOB", "WHEN", "IN")
    }
}

import Records

/// The form of an expression, judged by its words and parentheses.
struct SQLForm {
    let tokens: [SQLToken]

    /// - Parameter knowsMoment: whether expressions see `run_date` and `run_time`.
    init(_ sql: [UInt8], knowsMoment: Bool = true) throws(SQLFormProblem) {
        tokens = try SQLToken.read(sql)
        if tokens.isEmpty { throw SQLFormProblem(message: "expected an expression", offset: 0) }
        try checkSize()
        try checkParentheses()
        try checkLists()
        try UnquotedDate.check(tokens)
        if let problem = OtherDialect(tokens, knowsMoment: knowsMoment).problem { throw problem }
        try checkDates(knowsMoment)
        try FormerSpelling.check(tokens)
    }

    /// The column, if the expression is only its name. SQLite ignores case in names.
    func columnName(in schema: Schema) -> Int? {
        guard tokens.count == 1, tokens[0].kind == .word || tokens[0].kind == .quotedName else { return nil }
        let name = tokens[0].value.lowercased()
        return schema.fields.firstIndex { $0.name.lowercased() == name }
    }

    /// `CAST(… AS INTEGER)` and `CAST(… AS REAL)` around the whole give a number. A function that creates JSON gives
    /// JSON. Everything else is text.
    var resultType: ValueType {
        guard tokens.count >= 3, tokens[1].isSymbol("("), closing(of: 1) == tokens.count - 1 else { return .text }
        if tokens[0].isWord("JSON", "JSON_ARRAY", "JSON_OBJECT", "JSON_PATCH") { return .json }
        guard tokens.count >= 6, tokens[0].isWord("CAST"), tokens[tokens.count - 3].isWord("AS") else { return .text }
        let type = tokens[tokens.count - 2]
        if type.isWord("INTEGER", "INT", "BIGINT") { return .integer }
        return type.isWord("REAL", "DOUBLE", "FLOAT") ? .real : .text
    }

    /// A list after `IN` with only texts, and enough of them to store it as a table.
    struct LongList {
        /// With its parentheses, as bytes of the expression.
        let range: Range<Int>
        let values: [String]
    }

    static let longListLength = 50
    /// Maximum number of words and signs in an expression, not counting its texts. This many function calls on the
    /// longest text take less than a minute.
    static let size = 2000

    /// The long lists, in order. Other lists are left to SQLite.
    var longLists: [LongList] {
        var lists: [LongList] = []
        for index in tokens.indices.dropLast() where tokens[index].isWord("IN") {
            var values: [String] = []
            var next = index + 2
            while next < tokens.count - 1, tokens[next].kind == .text {
                values.append(tokens[next].value)
                if !tokens[next + 1].isSymbol(",") { break }
                next += 2
            }
            guard values.count > Self.longListLength, tokens[next].kind == .text, tokens[next + 1].isSymbol(")") else {
                continue
            }
            lists.append(
                LongList(
                    range: tokens[index + 1].range.lowerBound..<tokens[next + 1].range.upperBound,
                    values: values
                )
            )
        }
        return lists
    }

    private func checkSize() throws(SQLFormProblem) {
        let counted = tokens.lazy.filter { $0.kind != .text && !$0.isSymbol(",") }
        guard let first = counted.dropFirst(Self.size).first else { return }
        throw SQLFormProblem(
            message: """
                the expression has more than \(Self.size) words and signs, not counting its texts
                """,
            hint: "a list of texts after IN may have any length",
            offset: first.range.lowerBound
        )
    }

    /// `IN` must be followed by a list; the name of a table would be a query.
    private func checkLists() throws(SQLFormProblem) {
        for index in tokens.indices where tokens[index].isWord("IN") {
            guard index + 1 < tokens.count, !tokens[index + 1].isSymbol("(") else { continue }
            throw SQLFormProblem(
                message: "a query inside an expression is not allowed",
                offset: tokens[index].range.lowerBound
            )
        }
    }

    /// Whether it compares values, so that its result is one of a few.
    var compares: Bool {
        tokens.contains {
            $0.isSymbol("=") || $0.isSymbol("<") || $0.isSymbol(">")
                || $0.isWord("IN", "BETWEEN", "LIKE", "GLOB", "IS", "ISNULL", "NOTNULL", "CASE")
        }
    }

    /// The word that begins a query, or `IN` if only the name of a table follows.
    var queryOffset: Int? {
        let word = tokens.first { $0.isWord("WITH", "SELECT", "VALUES") } ?? tokens.first { $0.isWord("IN") }
        return word?.range.lowerBound
    }

    /// The first word or name that matches this one.
    func offset(of name: String) -> Int? {
        tokens.first { $0.kind != .text && $0.value.lowercased() == name.lowercased() }?.range.lowerBound
    }

    private func closing(of opening: Int) -> Int? {
        var depth = 0
        for index in opening..<tokens.count {
            if tokens[index].isSymbol("(") { depth += 1 }
            if tokens[index].isSymbol(")") { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }

    private func checkParentheses() throws(SQLFormProblem) {
        var open: [Int] = []
        for token in tokens {
            if token.isSymbol(";") {
                throw SQLFormProblem(message: "an expression must not contain ';'", offset: token.range.lowerBound)
            }
            if token.isSymbol("(") { open.append(token.range.lowerBound) }
            if token.isSymbol(")"), open.popLast() == nil {
                throw SQLFormProblem(message: "')' without '('", offset: token.range.lowerBound)
            }
        }
        if let offset = open.last { throw SQLFormProblem(message: "'(' without ')'", offset: offset) }
    }

    /// A transform must not read the clock or the time zone: all rows of a run see the same time.
    private func checkDates(_ knowsMoment: Bool) throws(SQLFormProblem) {
        for index in tokens.indices.dropLast() where tokens[index].kind == .word || tokens[index].kind == .quotedName {
            let name = tokens[index].value.lowercased()
            guard
                let before = ExpressionFunction.dateFunctions[name], tokens[index + 1].isSymbol("("),
                let end = closing(of: index + 1)
            else { continue }
            let arguments = tokens[index + 2..<end]
            if argumentCount(arguments) <= before {
                throw SQLFormProblem(
                    message: "\(name)() without a date-time reads the clock",
                    hint: knowsMoment ? "add a date-time, such as run_time" : "add a date-time",
                    offset: tokens[index].range.lowerBound
                )
            }
            for token in arguments where token.kind == .text {
                let offset = token.range.lowerBound
                switch token.value.lowercased() {
                case "now":
                    throw SQLFormProblem(
                        message: "'now' reads the clock",
                        hint: knowsMoment ? "write run_time, without quotes" : "write the date",
                        offset: offset
                    )
                case "localtime", "utc":
                    throw SQLFormProblem(
                        message: "'\(token.value)' depends on the time zone of the machine",
                        offset: offset
                    )
                default: break
                }
            }
        }
    }

    private func argumentCount(_ tokens: ArraySlice<SQLToken>) -> Int {
        var depth = 0
        var count = tokens.isEmpty ? 0 : 1
        for token in tokens {
            if token.isSymbol("(") { depth += 1 }
            if token.isSymbol(")") { depth -= 1 }
            if token.isSymbol(","), depth == 0 { count += 1 }
        }
        return count
    }
}

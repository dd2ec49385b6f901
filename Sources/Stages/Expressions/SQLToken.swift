import Records

/// A word, literal, or symbol of a SQL expression. Parsed separately for what SQLite does not report: where a
/// parenthesis is missing, whether a function reads the clock, which type a cast has.
struct SQLToken {
    enum Kind { case word, quotedName, text, number, symbol }

    let kind: Kind
    /// Its bytes in the expression.
    let range: Range<Int>
    /// Without quotes; a word is in capitals.
    let value: String
}

/// What is wrong with the form of an expression.
struct SQLFormProblem: Error {
    let message: String
    var hint: String?
    /// A byte of the expression.
    let offset: Int
}

extension SQLToken {
    static func read(_ sql: [UInt8]) throws(SQLFormProblem) -> [SQLToken] {
        var scanner = Scanner(sql: sql)
        var tokens: [SQLToken] = []
        while let token = try scanner.next() { tokens.append(token) }
        return tokens
    }

    func isSymbol(_ symbol: Character) -> Bool { kind == .symbol && value.first == symbol }

    func isWord(_ words: String...) -> Bool { kind == .word && words.contains(value) }

    private struct Scanner {
        let sql: [UInt8]
        private var position = 0

        init(sql: [UInt8]) { self.sql = sql }

        private func byte(_ offset: Int = 0) -> UInt8? {
            position + offset < sql.count ? sql[position + offset] : nil
        }

        mutating func next() throws(SQLFormProblem) -> SQLToken? {
            try skipBlanksAndComments()
            guard let first = byte() else { return nil }
            let start = position
            switch first {
            case 0: throw SQLFormProblem(message: "an expression must not contain U+0000", offset: start)
            case UInt8(ascii: "'"): return try quoted(.text, closing: first)
            case UInt8(ascii: "\""), UInt8(ascii: "`"): return try quoted(.quotedName, closing: first)
            case UInt8(ascii: "["): return try quoted(.quotedName, closing: UInt8(ascii: "]"))
            case let byte where byte.decimalDigit != nil:
                return token(.number) { $0.isWordPart || $0 == UInt8(ascii: ".") }
            case let byte where byte.isWordPart: return token(.word) { $0.isWordPart }
            default:
                position += 1
                return token(.symbol, from: start, String(decoding: sql[start..<position], as: UTF8.self))
            }
        }

        private mutating func skipBlanksAndComments() throws(SQLFormProblem) {
            while let first = byte() {
                if (0x09...0x0D).contains(first) || first == UInt8(ascii: " ") {
                    position += 1
                } else if first == UInt8(ascii: "-"), byte(1) == UInt8(ascii: "-") {
                    while let next = byte(), next != UInt8(ascii: "\n") { position += 1 }
                } else if first == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "*") {
                    let start = position
                    position += 2
                    while byte() != UInt8(ascii: "*") || byte(1) != UInt8(ascii: "/") {
                        guard byte() != nil else { throw SQLFormProblem(message: "'/*' without '*/'", offset: start) }
                        position += 1
                    }
                    position += 2
                } else {
                    return
                }
            }
        }

        private mutating func token(_ kind: Kind, while isPart: (UInt8) -> Bool) -> SQLToken {
            let start = position
            while let next = byte(), isPart(next) { position += 1 }
            return token(kind, from: start, String(decoding: sql[start..<position], as: UTF8.self).uppercased())
        }

        private func token(_ kind: Kind, from start: Int, _ value: String) -> SQLToken {
            SQLToken(kind: kind, range: start..<position, value: value)
        }

        /// Two quotes in a row stand for one, except in brackets.
        private mutating func quoted(_ kind: Kind, closing: UInt8) throws(SQLFormProblem) -> SQLToken {
            let start = position
            var value: [UInt8] = []
            position += 1
            while let next = byte() {
                position += 1
                if next != closing {
                    value.append(next)
                } else if byte() == closing, closing != UInt8(ascii: "]") {
                    value.append(next)
                    position += 1
                } else {
                    return token(kind, from: start, String(decoding: value, as: UTF8.self))
                }
            }
            let quote = String(decoding: sql[start...start], as: UTF8.self)
            throw SQLFormProblem(
                message: "\(quote) is not closed",
                hint:
                    "close it; if ` #` is part of the text, put the whole expression in quotes, or YAML ends it there",
                offset: start
            )
        }
    }
}

extension UInt8 {
    fileprivate var isWordPart: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...: true
        default: false
        }
    }
}

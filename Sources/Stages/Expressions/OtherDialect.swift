import Records

/// Forms of other databases' SQL that SQLite does not have, with its own form as advice.
struct OtherDialect {
    private let tokens: [SQLToken]
    private let knowsMoment: Bool

    /// - Parameter knowsMoment: whether expressions see `run_date` and `run_time`.
    init(_ tokens: [SQLToken], knowsMoment: Bool) {
        self.tokens = tokens
        self.knowsMoment = knowsMoment
    }

    /// The first such form; nil if there is none.
    var problem: SQLFormProblem? {
        for index in tokens.indices {
            if let problem = clock(index) ?? cast(index) ?? sign(index) ?? word(index) ?? call(index) ?? sum(index) {
                return SQLFormProblem(
                    message: problem.message,
                    hint: problem.hint,
                    offset: tokens[index].range.lowerBound
                )
            }
        }
        return nil
    }

    private static let clocks: Set = [
        "NOW", "GETDATE", "SYSDATE", "CURDATE", "CURRENT_DATE", "CURRENT_TIMESTAMP", "CURRENT_TIME", "LOCALTIMESTAMP",
        "STATEMENT_TIMESTAMP", "CLOCK_TIMESTAMP", "TODAY", "UTC_TIMESTAMP", "LOCALTIME",
    ]

    private func clock(_ index: Int) -> Problem? {
        let token = tokens[index]
        guard token.kind == .word, Self.clocks.contains(token.value) else { return nil }
        let isCall = next(index, is: "(")
        // A column may have the name of a function.
        guard isCall || token.value.contains("CURRENT") || token.value.hasPrefix("LOCALTIME") else { return nil }
        let name = token.value.lowercased() + (isCall ? "()" : "")
        guard knowsMoment else {
            return Problem("\(name) reads the clock", hint: "write the date, such as '2026-01-31'")
        }
        let advice =
            switch token.value {
            case "CURDATE", "CURRENT_DATE", "TODAY": "run_date"
            case "CURRENT_TIME", "LOCALTIME": "time(run_time)"
            default: "run_time"
            }
        return Problem("\(name) reads the clock, and all rows of a run see the same time", hint: "write \(advice)")
    }

    /// `column::type`.
    private func cast(_ index: Int) -> Problem? {
        guard tokens[index].isSymbol(":"), next(index, is: ":"), index + 2 < tokens.count else { return nil }
        let operand = index > 0 && tokens[index - 1].kind == .word ? tokens[index - 1].value.lowercased() : "…"
        let type = tokens[index + 2].value
        let hint =
            switch type {
            case "DATE": "write date(\(operand))"
            case "INT", "INTEGER", "BIGINT", "SMALLINT", "INT4", "INT8": "write CAST(\(operand) AS INTEGER)"
            case "REAL", "FLOAT", "NUMERIC", "DECIMAL", "DOUBLE", "FLOAT8": "write CAST(\(operand) AS REAL)"
            default: "write CAST(\(operand) AS TEXT)"
            }
        return Problem("SQLite has no '::'", hint: hint)
    }

    private func sign(_ index: Int) -> Problem? {
        let token = tokens[index]
        guard token.kind == .symbol else { return nil }
        let follows = index > 0 && !tokens[index - 1].isOperator
        switch token.value {
        case "&" where next(index, is: "&"): return Problem("SQLite has no '&&'", hint: "write AND")
        case "!" where !next(index, is: "=") && next(index, is: "~"): return Self.pattern("!~", "NOT LIKE")
        case "!" where !next(index, is: "="): return Problem("SQLite has no '!'", hint: "write NOT")
        case "~" where follows: return Self.pattern("~", "LIKE")
        case "@" where follows: return Problem("SQLite has no '@'", hint: "look into JSON with ->>, as in imeis ->> 0")
        default: return nil
        }
    }

    private static func pattern(_ sign: String, _ word: String) -> Problem {
        Problem(
            "SQLite has no operator \(sign)",
            hint: "use \(word), as in device_model \(word) 'iPad%', or GLOB"
        )
    }

    private func word(_ index: Int) -> Problem? {
        let token = tokens[index]
        switch token.kind {
        case .word:
            switch token.value {
            case "ILIKE": return Problem("SQLite has no ILIKE", hint: "write LIKE, which ignores the case of A to Z")
            case "SIMILAR" where index + 1 < tokens.count && tokens[index + 1].isWord("TO"):
                return Self.pattern("SIMILAR TO", "LIKE")
            case "RLIKE": return Self.pattern("RLIKE", "LIKE")
            case "DIV" where index > 0 && !tokens[index - 1].isOperator:
                return Problem("SQLite has no DIV", hint: "write /, which divides whole numbers")
            case "INTERVAL" where index + 1 < tokens.count && [.text, .number].contains(tokens[index + 1].kind):
                return Problem("SQLite has no INTERVAL", hint: "write date(ordered_at, '+90 days')")
            case "ANY" where next(index, is: "("), "SOME" where next(index, is: "("):
                return Problem("SQLite has no \(token.value)", hint: "write IN ('iPhone', 'iPad')")
            case "E" where isPrefix(index), "N" where isPrefix(index):
                return Problem("SQLite has no \(token.value)'…'", hint: "write the text in single quotes alone")
            default: return nil
            }
        case .quotedName where index > 0 && token.value.allSatisfy(\.isNumber) && !tokens[index - 1].isOperator:
            return Problem("SQLite has no list[\(token.value)]", hint: "write ->> \(token.value), as in imeis ->> 0")
        default: return nil
        }
    }

    /// Whether a text follows at once, as in `E'a'`.
    private func isPrefix(_ index: Int) -> Bool {
        guard index + 1 < tokens.count, tokens[index + 1].kind == .text else { return false }
        return tokens[index + 1].range.lowerBound == tokens[index].range.upperBound
    }

    private func call(_ index: Int) -> Problem? {
        guard tokens[index].kind == .word, next(index, is: "(") else { return nil }
        let name = tokens[index].value.lowercased()
        return Self.functions[name].map { Problem("expressions have no \(name)()", hint: "write \($0)") }
    }

    /// `'APL-' + serial_number`: numbers only.
    private func sum(_ index: Int) -> Problem? {
        guard tokens[index].isSymbol("+") else { return nil }
        let sides = [index - 1, index + 1].filter(tokens.indices.contains).map { tokens[$0] }
        guard sides.contains(where: { $0.kind == .text && Double($0.value) == nil }) else { return nil }
        return Problem("'+' adds numbers, and one side is a text", hint: "write || to join texts")
    }

    private func next(_ index: Int, is symbol: Character) -> Bool {
        index + 1 < tokens.count && tokens[index + 1].isSymbol(symbol)
    }

    private static let functions = [
        "if": "iif(status = 'ASSIGNED', 1, 0)", "left": "substr(serial_number, 1, 3)",
        "right": "substr(serial_number, -3)", "mid": "substr(serial_number, 2, 3)",
        "concat": "'A-' || serial_number", "concat_ws": "device_model || ' ' || color",
        "nvl": "ifnull(color, '')", "isnull": "ifnull(color, '')", "len": "length(serial_number)",
        "char_length": "length(serial_number)", "character_length": "length(serial_number)",
        "ucase": "upper(color)", "lcase": "lower(color)",
        "strpos": "instr(serial_number, 'C')", "position": "instr(serial_number, 'C')",
        "charindex": "instr(serial_number, 'C')", "locate": "instr(serial_number, 'C')",
        "lpad": "format('%8s', color)", "rpad": "format('%-8s', color)",
        "greatest": "max(ordered_at, updated_at)", "least": "min(ordered_at, updated_at)",
        "date_trunc": "strftime('%Y-%m-01', ordered_at)", "date_part": "strftime('%Y', ordered_at)",
        "datepart": "strftime('%Y', ordered_at)", "extract": "strftime('%Y', ordered_at)",
        "year": "strftime('%Y', ordered_at)", "month": "strftime('%m', ordered_at)",
        "day": "strftime('%d', ordered_at)",
        "to_char": "strftime('%d/%m/%Y', ordered_at)", "date_format": "strftime('%d/%m/%Y', ordered_at)",
        "to_date": "date(ordered_at)", "to_timestamp": "datetime(ordered_at)",
        "date_add": "date(ordered_at, '+90 days')", "dateadd": "date(ordered_at, '+90 days')",
        "date_sub": "date(ordered_at, '-90 days')", "make_interval": "date(ordered_at, '+90 days')",
        "datediff": "julianday(updated_at) - julianday(ordered_at)",
        "age": "julianday(updated_at) - julianday(ordered_at)",
        "regexp_replace": "replace(device_model, 'iPad', 'Tablet')", "regexp_like": "device_model LIKE 'iPad%'",
        "regexp_matches": "device_model LIKE 'iPad%'", "convert": "CAST(serial_number AS TEXT)",
        "try_cast": "CAST(serial_number AS TEXT)", "array_length": "json_array_length(imeis)",
        "cardinality": "json_array_length(imeis)", "jsonb_array_length": "json_array_length(imeis)",
        "json_extract_path_text": "json_extract(extra, '$.name')",
        "starts_with": "device_model LIKE 'iPad%'", "btrim": "trim(color)", "chr": "char(10)",
        "ascii": "unicode(color)",
    ]
}

extension SQLToken {
    /// Whether another operand must follow.
    fileprivate var isOperator: Bool {
        switch kind {
        case .symbol: !isSymbol(")")
        case .word:
            isWord("AND", "OR", "NOT", "IN", "LIKE", "GLOB", "BETWEEN", "IS", "WHEN", "THEN", "ELSE", "CASE", "AS")
        case .quotedName, .text, .number: false
        }
    }
}

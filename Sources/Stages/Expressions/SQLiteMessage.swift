import Records

/// SQLite's message, reworded for a pipeline file.
struct SQLiteMessage {
    private let problem: Problem
    private let offset: Int?
    private(set) var column: (name: String, schema: Schema)?
    /// Whether the message is about the bracket that we put around the expression.
    private let isAboutBracket: Bool
    private static let query = Problem("a query inside an expression is not allowed")

    init(_ failure: LockedConnection.PrepareFailure, offset: Int?, form: SQLForm, input: Schema) {
        isAboutBracket = failure.message.hasPrefix("near \")\"")
        switch failure.denial {
        case .query:
            (problem, self.offset) = (Self.query, offset ?? form.queryOffset)
        case .function(let name):
            (problem, self.offset) = (ExpressionFunction.refusal(of: name), form.offset(of: name) ?? offset)
        case .column(let name):
            (problem, self.offset) = (Problem("no column '\(name.lowercased())'"), form.offset(of: name) ?? offset)
        case .action:
            (problem, self.offset) = (Problem("this is not allowed in an expression"), offset)
        case nil where Self.isAboutAQuery(failure.message):
            (problem, self.offset) = (Self.query, form.queryOffset)
        case nil:
            let collation = failure.message.after("no such collation sequence: ")
            self.offset = offset ?? collation.flatMap(form.offset(of:))
            if let name = failure.message.after("no such column: ") {
                let isQuoted = form.tokens.contains { $0.kind == .quotedName && $0.range.lowerBound == offset }
                problem = Problem("no column '\(name)'", hint: "put text in single quotes: '\(name)'")
                // Apple's words have capitals, such as iPhone and ASSIGNED, and its columns have none.
                let isText = isQuoted || name != name.lowercased()
                if !isText || nearestName(to: name, in: input.fields.map(\.name)) != nil { column = (name, input) }
            } else {
                problem = Self.translate(failure.message)
            }
        }
    }

    private static func isAboutAQuery(_ message: String) -> Bool {
        message.hasPrefix("sub-select returns") || message.hasPrefix("no such table: ")
    }

    private static func translate(_ message: String) -> Problem {
        if let name = message.after("no such function: ") { return ExpressionFunction.refusal(of: name) }
        if let name = message.after("misuse of aggregate function ") ?? message.after("misuse of aggregate: ") {
            return ExpressionFunction.aggregate(name)
        }
        if let name = message.after("misuse of window function ") {
            return ExpressionFunction.aggregate(name)
        }
        if message == "row value misused" {
            return Problem("one value is expected here, not several", hint: "remove the comma")
        }
        if message.contains("SQL variables") || message.hasPrefix("variable number") {
            return Problem("parameters such as ?1 and :name have no meaning here")
        }
        if message == "string or blob too big" || message == "out of memory" || message == "statement too long" {
            return Problem("the expression is too long")
        }
        if message.hasPrefix("Expression tree is too large") || message.hasPrefix("parser stack overflow") {
            return Problem("the expression is nested too deeply")
        }
        if let text = message.after("near \"")?.before("\": syntax error")
            ?? message.after("unrecognized token: \"")?.before("\"")
        {
            return Problem("unexpected '\(text)'", hint: "check the operators, commas, and parentheses before it")
        }
        if let name = message.after("wrong number of arguments to function ") {
            return Problem("\(name) has the wrong number of arguments")
        }
        if let name = message.after("no such collation sequence: ") {
            return Problem("no collation '\(name)'", hint: "use BINARY, NOCASE, or RTRIM")
        }
        return Problem(message)
    }

    func diagnostic(_ expression: Expression, count: Int) -> Diagnostic {
        if let column, let offset {
            return column.schema.unknownColumn(column.name, at: expression.location(ofByte: offset))
        }
        if let offset, offset >= count, isAboutBracket {
            return Diagnostic("the expression is not complete", at: expression.location(ofByte: count))
        }
        return Diagnostic(problem, at: expression.location(ofByte: min(max(offset ?? 0, 0), count)))
    }
}

extension String {
    fileprivate func after(_ prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
    fileprivate func before(_ suffix: String) -> String? { hasSuffix(suffix) ? String(dropLast(suffix.count)) : nil }
}

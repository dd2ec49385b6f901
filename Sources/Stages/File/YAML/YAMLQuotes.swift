import Records
import Yams

/// Slips with quotes and brackets.
extension YAMLFault {
    private var value: YAMLValue { YAMLValue(lines[mark.line], at: mark.column) }

    /// `{ url: ${env:X} }`: YAML takes the bracket of the reference as its own.
    var reference: Diagnostic? {
        guard lines.character(mark.line, mark.column) == "{", lines.character(mark.line, mark.column - 1) == "$" else {
            return nil
        }
        let value = YAMLValue(lines[mark.line], at: mark.column - 1)
        return diagnostic(
            "a reference between brackets needs quotes",
            hint: "write \(value.quoted)",
            mark.line,
            value.start
        )
    }

    /// A quote without its end, or with the beginning of the next text as its end.
    var openQuote: Diagnostic? {
        if problem.contains("unexpected end of stream") || problem.contains("unexpected document indicator"), let start,
            let quote = lines.character(start.line, start.column), quote == "'" || quote == "\""
        {
            return open(quote, start.line, start.column)
        }
        if problem == "found unknown escape character" {
            return diagnostic(
                "in double quotes, '\\' begins an escape",
                hint: "write '\\\\', or put the text in single quotes",
                mark.line,
                mark.column
            )
        }
        guard let quote = lines.character(mark.line, mark.column - 1), quote == "'" || quote == "\"",
            value.text.first == quote, value.start == mark.column - 1
        else { return nil }
        // The text before the mark ended here, so it began on a line above.
        for line in (1..<mark.line).reversed() where lines[line].count(where: { $0 == quote }) % 2 == 1 {
            guard let column = lines[line].lastIndex(of: quote) else { continue }
            return open(quote, line, column + 1)
        }
        return nil
    }

    private func open(_ quote: Character, _ line: Int, _ column: Int) -> Diagnostic {
        diagnostic("the quote \(quote) is not closed", hint: "add \(quote) at the end of the text", line, column)
    }

    /// A bracket without its end, or an end without a bracket.
    var openBracket: Diagnostic? {
        let found = lines.character(mark.line, mark.column)
        if let start, let bracket = lines.character(start.line, start.column), "{[".contains(bracket) {
            let end = bracket == "{" ? "}" : "]"
            if mark.line > start.line || found == "}" || found == "]" || found == nil {
                return diagnostic(
                    "'\(bracket)' is not closed",
                    hint: "add '\(end)' where the \(bracket == "{" ? "map" : "list") ends",
                    start.line,
                    start.column
                )
            }
            return nil
        }
        guard let found, "}]".contains(found) else { return nil }
        return diagnostic("'\(found)' closes no bracket", hint: "remove '\(found)'", mark.line, mark.column)
    }

    /// `tag: 'APL-' || serial_number`: YAML ends the text at its closing quote.
    var textAfterQuote: Diagnostic? {
        let value = value
        guard let quote = value.text.first, quote == "'" || quote == "\"", value.start < mark.column - 1,
            value.text.last != quote || value.text.dropFirst().dropLast().contains(quote)
        else { return nil }
        return quoting("the text goes on after its closing quote", value)
    }

    /// A value that begins with a character of YAML's own.
    var firstCharacter: Diagnostic? {
        let value = value
        if lines.character(mark.line, 1) == "%" {
            return diagnostic("a line must not begin with '%'", hint: "remove the line", mark.line, 1)
        }
        // After the sign of a block of text, the library reads on.
        let reach = value.text.first == ">" || value.text.first == "|" ? 2 : 1
        guard let first = value.text.first, "%@`*&!?|>".contains(first), abs(value.start - mark.column) <= reach else {
            return nil
        }
        return quoting("a text that begins with '\(first)' needs quotes", value)
    }

    /// `where: color = 'a: b'`.
    var colon: Diagnostic? {
        guard lines.character(mark.line, mark.column) == ":" || lines.character(mark.line, mark.column - 1) == ":",
            missingCommaName == nil
        else { return nil }
        let value = value
        guard value.text.contains(": "), value.start < mark.column, value.start != lines.indentation(mark.line) else {
            return nil
        }
        return quoting("a text with ': ' in it needs quotes", value)
    }

    private func quoting(_ message: String, _ value: YAMLValue) -> Diagnostic {
        diagnostic(message, hint: "write \(value.quoted)", mark.line, value.start)
    }

    private var missingCommaName: Substring? {
        guard let start, let bracket = lines.character(start.line, start.column), "{[".contains(bracket) else {
            return nil
        }
        let before = lines.text(mark.line, 1..<max(mark.column, 1))
        return before.firstMatch(of: /[^\s,{\[]\s+([a-z_]+)$/)?.output.1
    }

    /// `{ file: x columns: [a] }`.
    var missingComma: Diagnostic? {
        guard lines.character(mark.line, mark.column) == ":", let name = missingCommaName else { return nil }
        return diagnostic(
            "a comma is missing before '\(name)'",
            hint: "write ', \(name)'",
            mark.line,
            mark.column - name.count
        )
    }
}

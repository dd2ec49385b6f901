/// Text in roff.
enum ManualText {
    static func bold(_ word: String) -> String { "\\fB\(escaped(word, isCode: true))\\fR" }

    static func italic(_ word: String) -> String { "\\fI\(escaped(word, isCode: true))\\fR" }

    /// A macro's argument, in quotes.
    static func argument(_ text: String) -> String { "\"\(escaped(text, isCode: false))\"" }

    /// A verbatim line.
    static func literalLine(_ row: String) -> String {
        let row = escaped(row, isCode: true)
        return row.hasPrefix(".") || row.hasPrefix("'") ? "\\&\(row)" : row
    }

    /// Markdown in a paragraph: code and strong text become bold, links become their words.
    static func inline(_ markdown: String) -> String {
        var result = ""
        var rest = markdown[...]
        while let character = rest.first {
            if character == "`", let code = quoted(&rest, "`") {
                result += bold(code)
            } else if rest.hasPrefix("**"), let strong = quoted(&rest, "**") {
                result += bold(strong)
            } else if character == "[", let words = link(&rest) {
                result += inline(words)
            } else {
                result += escaped(String(rest.removeFirst()), isCode: false)
            }
        }
        return result
    }

    /// Lines of at most 78 characters, unless a word is longer.
    static func wrapped(_ roff: String) -> [String] {
        var lines: [String] = []
        for word in roff.split(whereSeparator: \.isWhitespace) {
            if let last = lines.last, last.count + word.count < 78 {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    /// The text between two marks, if the rest begins with one.
    private static func quoted(_ rest: inout Substring, _ mark: String) -> String? {
        let inner = rest.dropFirst(mark.count)
        guard let end = inner.firstRange(of: mark), end.lowerBound > inner.startIndex else { return nil }
        rest = inner[end.upperBound...]
        return String(inner[..<end.lowerBound])
    }

    /// The words of `[words](target)`.
    private static func link(_ rest: inout Substring) -> String? {
        guard let middle = rest.firstRange(of: "]("), !rest[..<middle.lowerBound].dropFirst().contains("["),
            let end = rest[middle.upperBound...].firstIndex(of: ")")
        else { return nil }
        defer { rest = rest[rest.index(after: end)...] }
        return String(rest[..<middle.lowerBound].dropFirst())
    }

    /// - Parameter isCode: whether people type the text, so that its hyphens become minus signs and its quotes stay
    ///   straight.
    private static func escaped(_ text: String, isCode: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            case "\"": result += "\\(dq"
            case "~": result += "\\(ti"
            case "^": result += "\\(ha"
            case "`": result += "\\(ga"
            case "-" where isCode: result += "\\-"
            case "'" where isCode: result += "\\(aq"
            case _ where scalar.isASCII: result.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
            }
        }
        return result
    }
}

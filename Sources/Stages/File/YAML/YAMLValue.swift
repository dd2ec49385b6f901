/// A value on one line of a YAML text, with the brackets around it.
struct YAMLValue {
    /// Columns, counted from 1.
    let start: Int
    let text: String
    /// Whether it is between brackets.
    let isInBrackets: Bool

    /// The value that a column is part of: after the nearest `: `, `- `, bracket or comma that begins one.
    init(_ line: [Character], at column: Int) {
        var depth = 0
        var start = 0
        var index = 0
        var quote: Character?
        var isFresh = true
        let end = min(max(column - 1, 0), line.count)
        var hasKey = false
        while index < end {
            let character = line[index]
            let next = index + 1 < line.count ? line[index + 1] : " "
            if let open = quote {
                if character == open { quote = nil }
            } else if isFresh, character == "'" || character == "\"" {
                quote = character
                isFresh = false
            } else if "{[".contains(character), isFresh {
                depth += 1
                (start, hasKey) = (index + 1, false)
            } else if depth > 0, character == "," {
                (start, hasKey, isFresh) = (index + 1, false, true)
            } else if depth > 0, "}]".contains(character) {
                depth -= 1
            } else if character == ":" || (character == "-" && isFresh && depth == 0), next == " ", !hasKey {
                (start, hasKey, isFresh) = (index + 1, character == ":", true)
            } else if character != " " {
                isFresh = false
            }
            index += 1
        }
        while start < line.count, line[start] == " " { start += 1 }
        self.start = start + 1
        isInBrackets = depth > 0
        text = Self.value(line[min(start, line.count)...], isInBrackets: depth > 0)
    }

    /// The value as people mean it: in brackets it ends at a comma or bracket that is neither quoted nor part of a
    /// reference.
    private static func value(_ rest: ArraySlice<Character>, isInBrackets: Bool) -> String {
        var text = ""
        var quote: Character?
        var open = 0
        for character in rest {
            if let mark = quote {
                if character == mark { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if isInBrackets, "{[(".contains(character) {
                open += 1
            } else if isInBrackets, "}])".contains(character), open > 0 {
                open -= 1
            } else if isInBrackets, open == 0, ",}]".contains(character) {
                break
            }
            text.append(character)
        }
        while text.last == " " { text.removeLast() }
        return text
    }

    /// The value in quotes.
    var quoted: String {
        text.contains("\"") || text.contains("\\") ? "'\(text.replacing("'", with: "''"))'" : "\"\(text)\""
    }
}

/// The lines of a YAML text, by the library's count: lines and columns from 1, columns in Unicode scalars.
struct YAMLLines {
    private let lines: [[Character]]

    init(_ yaml: String) {
        lines = yaml.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line in
            line.unicodeScalars.map(Character.init)
        }
    }

    subscript(line: Int) -> [Character] { lines.indices.contains(line - 1) ? lines[line - 1] : [] }

    func character(_ line: Int, _ column: Int) -> Character? {
        let text = self[line]
        return text.indices.contains(column - 1) ? text[column - 1] : nil
    }

    /// A part of a line, between two columns.
    func text(_ line: Int, _ columns: Range<Int>) -> String {
        String(self[line].dropFirst(columns.lowerBound - 1).prefix(columns.count))
    }

    /// The column of the first character that is not white space; nil if there is none.
    func indentation(_ line: Int) -> Int? { self[line].firstIndex { !$0.isWhitespace }.map { $0 + 1 } }

    func isComment(_ line: Int) -> Bool { indentation(line).map { character(line, $0) == "#" } ?? true }

    /// The nearest line above with something on it.
    func above(_ line: Int) -> Int? { (1..<max(line, 1)).last { !isComment($0) } }

    func hasTabIndentation(_ line: Int) -> Bool {
        indentation(line) != nil && self[line].prefix { $0.isWhitespace }.contains("\t")
    }

    /// Every tab in an indentation, the first one of each line.
    func tabs(from line: Int) -> [(line: Int, column: Int)] {
        guard line <= lines.count else { return [] }
        return (line...lines.count).filter(hasTabIndentation).compactMap { line in
            self[line].firstIndex(of: "\t").map { (line, $0 + 1) }
        }
    }

    /// The places of a key in the map that begins at a mark.
    func places(ofKey name: String, from mark: (line: Int, column: Int)) -> [(line: Int, column: Int)] {
        let isBlock = character(mark.line, mark.column) != "{"
        var places: [(line: Int, column: Int)] = []
        for line in mark.line...max(lines.count, mark.line) {
            if isBlock, line > mark.line, let column = indentation(line), column < mark.column, !isComment(line) {
                break
            }
            let text = self[line]
            for start in text.indices where text[start...].starts(with: name) {
                let rest = text[(start + name.count)...].drop { $0 == "\"" || $0 == "'" }
                let isWhole = start == 0 || !(text[start - 1].isLetter || text[start - 1] == "_")
                guard rest.first == ":", isWhole,
                    isBlock ? start + 1 == mark.column : start + 1 > mark.column || line > mark.line
                else { continue }
                places.append((line, start + 1))
            }
        }
        return places
    }
}

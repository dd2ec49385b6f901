/// A page that Markdown is written to.
protocol MarkdownPage {
    mutating func section(_ title: String)
    mutating func subsection(_ title: String)
    mutating func paragraph(_ markdown: String)
    /// Verbatim text, such as an example.
    mutating func literal(_ rows: [String])
    /// A name with details in brackets, such as a setting's type, and its meaning; all in Markdown.
    mutating func entry(_ name: String, _ details: [String], _ meaning: String)
    mutating func bullet(_ markdown: String)
}

extension MarkdownPage {
    /// Adds the parts of Markdown that help and the generated pages use: headings, paragraphs, code, tables, lists. In
    /// help, indented lines are code, and two blanks in a line separate a term from its meaning.
    mutating func add(markdown: String) {
        var reader = MarkdownReader(page: self)
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) { reader.read(line) }
        reader.end()
        self = reader.page
    }
}

/// Reads Markdown line by line into a page.
private struct MarkdownReader<Page: MarkdownPage> {
    var page: Page
    private var paragraph: [String] = []
    private var code: [String] = []
    private var isFenced = false
    private var isTableBody = false

    init(page: Page) { self.page = page }

    mutating func read(_ line: Substring) {
        if line.hasPrefix("```") {
            end()
            isFenced.toggle()
        } else if isFenced {
            code.append(String(line))
        } else {
            read(MarkdownLine(line))
        }
    }

    private mutating func read(_ line: MarkdownLine) {
        switch line {
        case .text(let text):
            if !code.isEmpty { end() }
            paragraph.append(text)
            return
        case .code(let text):
            if !paragraph.isEmpty { end() }
            code.append(text)
            return
        default: end()
        }
        switch line {
        case .tableRule: isTableBody = true
        case .tableRow(let cells):
            if isTableBody { add(row: cells) }
        default: isTableBody = false
        }
        switch line {
        case .section(let title): page.section(title)
        case .subsection(let title): page.subsection(title)
        case .term(let name, let meaning): page.entry("`\(name)`", [], meaning)
        case .bullet(let text): page.bullet(text)
        default: break
        }
    }

    /// Writes the open paragraph and the open code block.
    mutating func end() {
        if !paragraph.isEmpty { page.paragraph(paragraph.joined(separator: " ")) }
        if !code.isEmpty { page.literal(code) }
        paragraph = []
        code = []
    }

    /// A setting: its name, its type and default, and its meaning.
    private mutating func add(row cells: [String]) {
        guard let name = cells.first, let meaning = cells.last else { return }
        page.entry(name, cells.dropFirst().dropLast().filter { !$0.isEmpty }, meaning)
    }
}

/// The kind of a Markdown line.
private enum MarkdownLine {
    /// An empty line, the title of a page, or a comment.
    case nothing
    case section(String)
    case subsection(String)
    case tableRow([String])
    case tableRule
    case bullet(String)
    case term(String, meaning: String)
    case code(String)
    case text(String)

    init(_ line: Substring) {
        let words = line.drop { $0 == " " }
        if words.isEmpty || line.hasPrefix("# ") || line.hasPrefix("<!--") {
            self = .nothing
        } else if line.hasPrefix("## ") {
            self = .section(line.dropFirst(3).filter { $0 != "`" })
        } else if line.hasPrefix("### ") {
            self = .subsection(line.dropFirst(4).filter { $0 != "`" })
        } else if line.hasPrefix("| ---") {
            self = .tableRule
        } else if line.hasPrefix("| ") {
            self = .tableRow(Self.cells(line))
        } else if line.hasPrefix("- ") {
            self = .bullet(String(line.dropFirst(2)))
        } else if let gap = words.firstRange(of: "  "), !words.hasPrefix("$") {
            self = .term(String(words[..<gap.lowerBound]), meaning: String(words[gap.upperBound...].drop { $0 == " " }))
        } else if line.hasPrefix("  ") {
            self = .code(String(words))
        } else {
            self = .text(String(line))
        }
    }

    private static func cells(_ line: Substring) -> [String] {
        let bar = "\u{0}"
        return line.replacing("\\|", with: bar).split(separator: "|", omittingEmptySubsequences: false)
            .dropFirst().dropLast()
            .map { cell in
                let trimmed = cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
                return String(trimmed).replacing(bar, with: "|")
            }
    }
}

/// Markdown as text for a screen, without its marks.
struct ScreenPage: MarkdownPage {
    private let columns: Int?
    private var blocks: [String] = []
    /// The list that the last block is part of; its next part follows without an empty line.
    private var list: List?

    private enum List { case entries, bullets }

    /// - Parameter columns: nil keeps each paragraph on one line.
    init(_ markdown: String, columns: Int?) {
        self.columns = columns
        add(markdown: markdown)
    }

    var text: String { blocks.joined(separator: "\n") }

    mutating func section(_ title: String) { add(title.uppercased()) }

    mutating func subsection(_ title: String) { add(title) }

    mutating func paragraph(_ markdown: String) { add(flowing(markdown, margin: 0)) }

    mutating func literal(_ rows: [String]) { add(rows.map { "    \($0)" }.joined(separator: "\n")) }

    mutating func entry(_ name: String, _ details: [String], _ meaning: String) {
        let kind = details.isEmpty ? "" : " (\(details.map(Self.plain).joined(separator: "; ")))"
        let head = flowing(name + kind, margin: 2)
        add(meaning.isEmpty ? head : "\(head)\n\(flowing(meaning, margin: 6))", to: .entries)
    }

    mutating func bullet(_ markdown: String) {
        let text = flowing(markdown, margin: 4)
        add("  -" + text.dropFirst(3), to: .bullets)
    }

    private mutating func add(_ block: String, to list: List? = nil) {
        let follows = blocks.isEmpty || (list != nil && list == self.list)
        blocks.append(follows ? block : "\n\(block)")
        self.list = list
    }

    private func flowing(_ markdown: String, margin: Int) -> String {
        let indent = String(repeating: " ", count: margin)
        let plain = Self.plain(markdown)
        let text = columns.map { plain.wrapped(to: max($0 - margin, 1), hanging: 0) } ?? plain
        return text.split(separator: "\n").map { indent + $0 }.joined(separator: "\n")
    }

    /// The text without the marks of code, strong text and links.
    static func plain(_ markdown: String) -> String {
        markdown.replacing(/\[([^\]\[]+)\]\([^)]*\)/) { String($0.output.1) }
            .replacing(/``?([^`]+)``?/) { String($0.output.1) }
            .replacing(/\*\*([^*]+)\*\*/) { String($0.output.1) }
    }
}

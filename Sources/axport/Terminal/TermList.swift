/// Names with a sentence of Markdown each. On a narrow screen a sentence continues below its beginning; without a screen each is on
/// one line, where searches find it.
struct TermList {
    let terms: [(name: String, markdown: String)]
    var indent = 0

    private static let narrowest = 24

    func text(columns: Int?) -> String {
        let width = (terms.map(\.name.count).max() ?? 0) + 2 + indent
        let space = String(repeating: " ", count: indent)
        return terms.map { name, markdown in
            let meaning = ScreenPage.plain(markdown)
            let head = space + name + String(repeating: " ", count: width - indent - name.count)
            guard let columns else { return head + meaning }
            let isNarrow = columns - width < Self.narrowest
            let margin = isNarrow ? indent + 4 : width
            let rows = meaning.wrapped(to: columns - margin, hanging: 0).split(separator: "\n")
            let below = rows.map { String(repeating: " ", count: margin) + $0 }.joined(separator: "\n")
            return isNarrow ? "\(space)\(name)\n\(below)" : head + below.dropFirst(width)
        }.joined(separator: "\n")
    }
}

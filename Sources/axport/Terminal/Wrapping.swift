extension String {
    /// The text with lines of at most this many characters, broken between words. Further lines are indented by
    /// `hanging`. A command in backticks stays on one line if it fits. A longer word, such as a path, has a line of its own and stays whole,
    /// so that it can be copied.
    func wrapped(to columns: Int, hanging: Int = 2) -> String {
        split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.count <= columns ? String($0) : Self.broken($0, columns, hanging) }.joined(separator: "\n")
    }

    private static func broken(_ line: Substring, _ columns: Int, _ hanging: Int) -> String {
        let margin = line.prefix { $0 == " " }
        let indent = String(repeating: " ", count: Swift.min(margin.count + hanging, columns / 4))
        var lines: [String] = []
        var current = String(margin)
        var isEmpty = true
        for (gap, word) in words(line.dropFirst(margin.count), most: columns - indent.count) {
            if !isEmpty, current.count + gap.count + word.count > columns {
                lines.append(current)
                current = indent + word
            } else {
                // Deep margins, as in help, give way to a long word.
                if isEmpty { current = String(margin.prefix(Swift.max(0, columns - gap.count - word.count))) }
                current += gap + word
            }
            isEmpty = false
        }
        return (lines + [current]).joined(separator: "\n")
    }

    /// What stays together, each with the spaces before it.
    private static func words(_ text: Substring, most: Int) -> [(gap: Substring, word: Substring)] {
        var words: [(gap: Substring, word: Substring)] = []
        var rest = text
        while !rest.isEmpty {
            let gap = rest.prefix { $0 == " " }
            rest = rest.dropFirst(gap.count)
            let word = rest.prefix { $0 != " " }
            var whole = word
            if word.count(where: { $0 == "`" }) % 2 == 1, let end = rest.dropFirst(word.count).firstIndex(of: "`") {
                let command = rest[...end]
                let tail = rest[command.endIndex...].prefix { $0 != " " }
                if command.count + tail.count <= most { whole = rest[..<tail.endIndex] }
            }
            words.append((gap, whole))
            rest = rest.dropFirst(whole.count)
        }
        return words
    }

    /// The text in at most this many characters. The end of a path is more important than its beginning.
    func withoutMiddle(_ most: Int) -> String {
        if count <= most { return self }
        let head = Swift.max(0, (most - 1) * 2 / 5)
        return "\(prefix(head))…\(suffix(Swift.max(0, most - 1 - head)))"
    }
}

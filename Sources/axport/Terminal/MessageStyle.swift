/// The style of messages: on a terminal their first word has a color.
struct MessageStyle {
    let isColored: Bool

    /// - Parameter variables: the environment; an empty variable counts as unset.
    init(isTerminal: Bool, variables: [String: String]) {
        isColored = isTerminal && (variables["NO_COLOR"] ?? "").isEmpty && variables["TERM"] != "dumb"
    }

    func applied(to text: String) -> String {
        guard isColored else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map(Self.colored).joined(separator: "\n")
    }

    /// The colored word comes first, or after the place in a pipeline file.
    private static func colored(_ line: Substring) -> String {
        guard let match = line.prefixMatch(of: /(?:[^ ].*?:\d+:\d+: )?(error|warning|hint):/) else {
            return String(line)
        }
        let word = match.output.1
        let color =
            switch word {
            case "error": "1;31"
            case "warning": "1;33"
            default: "36"
            }
        return "\(line[..<word.startIndex])\u{1B}[\(color)m\(word):\u{1B}[0m\(line[match.range.upperBound...])"
    }
}

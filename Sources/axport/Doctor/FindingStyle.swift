import Stages

/// The look of findings: on a terminal they fit its lines, and marks and hints have a color.
struct FindingStyle {
    private let screen: Screen
    private let isColored: Bool

    init(_ screen: Screen) {
        self.screen = screen
        isColored =
            MessageStyle(isTerminal: screen.columns != nil, variables: Composition.environment.variables).isColored
    }

    func applied(to text: String) -> String {
        let lines = screen.wrapped(text)
        guard isColored else { return lines }
        return lines.split(separator: "\n", omittingEmptySubsequences: false).map(Self.colored).joined(separator: "\n")
    }

    private static func colored(_ line: Substring) -> String {
        for (lead, color) in [("✓", "32"), ("!", "1;33"), ("✗", "1;31"), ("  hint:", "36")]
        where line.hasPrefix("\(lead) ") {
            return "\u{1B}[\(color)m\(lead)\u{1B}[0m\(line.dropFirst(lead.count))"
        }
        return String(line)
    }
}

import Testing

/// A text in Prometheus' format, read strictly: every line is a comment or a sample, each metric is introduced once and
/// in one piece, and no series comes twice.
struct ReadMetrics {
    private struct Malformed: Error { let line: String }

    private var values: [String: Double] = [:]

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Malformed(line: "the last one does not end") }
        var introduced: [String] = []
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            if let match = try /# (HELP|TYPE) ([a-z_]+) (.+)/.wholeMatch(in: line) {
                let (word, name) = (match.output.1, String(match.output.2))
                if word == "HELP" {
                    guard !introduced.contains(name) else { throw Malformed(line: String(line)) }
                    introduced.append(name)
                } else {
                    guard introduced.last == name, match.output.3 == "gauge" else {
                        throw Malformed(line: String(line))
                    }
                }
                continue
            }
            let label = /[a-z_]+="(?:[^"\\]|\\["\\n])*"/
            guard
                let sample = try /([a-z_]+)(\{.*\}) (-?[0-9.]+)/.wholeMatch(in: line),
                String(sample.output.1) == introduced.last, let value = Double(sample.output.3)
            else { throw Malformed(line: String(line)) }
            let rest = sample.output.2.replacing(label, with: "").filter { $0 != "," }
            let series = String(sample.output.1) + String(sample.output.2)
            guard rest == "{}", values.updateValue(value, forKey: series) == nil else {
                throw Malformed(line: String(line))
            }
        }
    }

    /// The one series of a metric that has all these labels.
    func callAsFunction(_ name: String, _ labels: String...) throws -> Double {
        let found = values.filter { key, _ in key.hasPrefix("axport_\(name){") && labels.allSatisfy(key.contains) }
        try #require(found.count == 1, "\(name) \(labels): \(found)")
        return found.first?.value ?? 0
    }

    /// The sum over all series of a metric.
    func sum(_ name: String) -> Double {
        values.filter { $0.key.hasPrefix("axport_\(name){") }.values.reduce(0, +)
    }
}

extension Command {
    func metrics(_ file: String) throws -> ReadMetrics { try ReadMetrics(read(file)) }
}

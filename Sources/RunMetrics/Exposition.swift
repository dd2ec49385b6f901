/// A metric in Prometheus' text format: its meaning, and its values by label.
struct MetricFamily: Sendable {
    typealias Labels = [(name: String, value: String)]

    let name: String
    let help: String
    private(set) var samples: [(labels: Labels, value: Double)] = []

    init(_ name: String, _ help: String, _ value: Double? = nil) {
        self.name = name
        self.help = help
        if let value { add(value) }
    }

    mutating func add(_ value: Double, _ labels: (name: String, value: String)...) {
        samples.append((labels, value))
    }

    /// - Parameter labels: the labels of every sample.
    func text(_ labels: Labels) -> String {
        if samples.isEmpty { return "" }
        let lines = samples.map { sample in
            "\(Self.series(name, labels + sample.labels)) \(Self.text(of: sample.value))\n"
        }
        return "# HELP \(name) \(help)\n# TYPE \(name) gauge\n" + lines.joined()
    }

    /// The name and labels that begin a line.
    static func series(_ name: String, _ labels: Labels) -> String {
        "\(name){" + labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func text(of value: Double) -> String {
        let value = (value * 1000).rounded() / 1000
        return Int64(exactly: value).map(String.init) ?? String(value)
    }
}

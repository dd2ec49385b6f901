import Stages

/// How many sources run side by side.
package struct Jobs: SettingValue, Hashable, CustomStringConvertible {
    package let number: Int

    package static let usual = Jobs(8)
    /// Each takes a thread of its own, and another one while it loads into a database.
    private static let range = 1...100

    package static let meaning = """
        Number of sources that run side by side, each with its own limit of requests; default: \(usual). Those that have \
        waited longest begin first, and loads into one table take turns. With 1, they run one after another.
        """

    private init(_ number: Int) { self.number = number }

    package init?(_ text: String) {
        guard let number = Int(text), Self.range.contains(number) else { return nil }
        self.init(number)
    }

    package static var typeName: String { "whole number" }
    package static var form: ValueForm { .integer(minimum: range.lowerBound) }

    package init(from node: ConfigNode) throws(Diagnostic) {
        guard let jobs = Jobs(try String(from: node)) else {
            throw Diagnostic(
                "'jobs' must be a whole number from \(Self.range.lowerBound) to \(Self.range.upperBound)",
                at: node.location
            )
        }
        self = jobs
    }

    package var description: String { String(number) }
}

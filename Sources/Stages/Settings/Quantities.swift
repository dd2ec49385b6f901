/// A length of time, written `2y` (of 365 days), `30d`, `12h`, `15m`, or `10s`.
package struct Period: SettingValue, Hashable, CustomStringConvertible {
    package let seconds: Int

    package init(seconds: Int) { self.seconds = seconds }
    package static func days(_ days: Int) -> Period { Period(seconds: days * 86_400) }

    package static var typeName: String { "duration" }
    package static var form: ValueForm { .pattern("^[+-]?[0-9]+[\(String(units.map(\.letter)))]$") }
    private static let units: [(letter: Character, seconds: Int)] = [
        ("y", 365 * 86_400), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
    ]
    private static let longest = 1_000_000 * 86_400

    package init(from node: ConfigNode) throws(Diagnostic) {
        let text = try String(from: node)
        guard
            let unit = Self.units.first(where: { text.last == $0.letter }),
            let count = Int(text.dropLast()), (0...1_000_000).contains(count), count * unit.seconds <= Self.longest
        else { throw Diagnostic("expected a duration such as 30d, 12h, 15m or 10s", at: node.location) }
        seconds = count * unit.seconds
    }

    package var description: String {
        let unit = Self.units.first { seconds > 0 && seconds % $0.seconds == 0 }
        return unit.map { "\(seconds / $0.seconds)\($0.letter)" } ?? "0s"
    }
}

/// A whole number, 0 or more.
package struct Count: SettingValue, Hashable, CustomStringConvertible {
    package let number: Int

    package init(_ number: Int) { self.number = number }
    package static var typeName: String { "whole number" }
    package static var form: ValueForm { .integer(minimum: 0) }

    package init(from node: ConfigNode) throws(Diagnostic) {
        guard let number = Int(try String(from: node)), number >= 0 else {
            throw Diagnostic("expected a whole number, 0 or more", at: node.location)
        }
        self.number = number
    }

    package var description: String { String(number) }
}

/// A share, written `5%`.
package struct Percentage: SettingValue, Hashable, CustomStringConvertible {
    package let percent: Double

    package init(percent: Double) { self.percent = percent }
    package static var typeName: String { "percentage" }
    package static var form: ValueForm { .pattern("^\(ValueForm.decimal)%$") }

    package init(from node: ConfigNode) throws(Diagnostic) {
        let text = try String(from: node)
        guard text.hasSuffix("%"), let number = Double(text.dropLast()), (0...100).contains(number) else {
            throw Diagnostic("expected a percentage such as 5%", at: node.location)
        }
        percent = number
    }

    package var description: String { percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%" }

    /// Whether `part` of `whole` is more than this share.
    package func isExceeded(by part: Int, of whole: Int) -> Bool { Double(part) * 100 > percent * Double(whole) }
}

extension ClosedRange<Int> {
    /// The range in a message.
    package var meaning: String { "must be from \(lowerBound) to \(upperBound)" }
}

import Records
import Stages

/// The form of a MAC address; each consumer requires one form. A mask has an `x` for each of the twelve digits, or an
/// `X` for capital letters. Some masks have names.
package struct MACStyle: SettingValue, Hashable, CustomStringConvertible {
    package let mask: String

    /// `3c:22:fb:0a:0b:0c`, the canonical form.
    package static let colonLower = MACStyle("xx:xx:xx:xx:xx:xx")

    /// The masks that have names.
    package static let named: KeyValuePairs<String, MACStyle> = [
        "colon_lower": colonLower,
        "colon_upper": MACStyle("XX:XX:XX:XX:XX:XX"),
        "hyphen_lower": MACStyle("xx-xx-xx-xx-xx-xx"),
        "hyphen_upper": MACStyle("XX-XX-XX-XX-XX-XX"),
        "cisco_dot": MACStyle("xxxx.xxxx.xxxx"),
        "quad_hyphen": MACStyle("xxxx-xxxx-xxxx"),
        "bare_lower": MACStyle("xxxxxxxxxxxx"),
        "bare_upper": MACStyle("XXXXXXXXXXXX"),
    ]

    package static let names = named.map(\.key)
    package static var typeName: String { names.joined(separator: " or ") + " or a mask such as xxxx.xxxx.xxxx" }
    package static var form: ValueForm { .anyOf([.words(names), .pattern("^([xX]|[^0-9A-Za-z])+$")]) }

    private init(_ mask: String) { self.mask = mask }

    /// A name, or a mask.
    package init(reading text: String) throws(Problem) {
        if let style = Self.named.first(where: { $0.key == text })?.value {
            self = style
            return
        }
        guard Self.isMeantAsMask(text) else {
            throw Problem("expected \(Self.typeName)", hint: nearestName(to: text, in: Self.names).map(didYouMean))
        }
        if let problem = Self.problem(ofMask: text) { throw problem }
        mask = text
    }

    package init(from node: ConfigNode) throws(Diagnostic) {
        let text = try String(from: node)
        do {
            try self.init(reading: text)
        } catch {
            throw Diagnostic(error, at: node.location)
        }
    }

    private static func isMeantAsMask(_ text: String) -> Bool {
        let letters = text.filter(\.isLetter)
        let digits = letters.count { $0 == "x" || $0 == "X" }
        return digits >= 6 || digits > 0 && digits == letters.count
    }

    private static func problem(ofMask text: String) -> Problem? {
        let small = text.count { $0 == "x" }
        let capital = text.count { $0 == "X" }
        let separators = text.filter { $0 != "x" && $0 != "X" }
        if let other = separators.first(where: { !$0.isSeparator }) {
            return Problem("'\(other)' cannot be part of a mask", hint: "separate the digits with : - . or a space")
        }
        if small > 0, capital > 0 { return Problem("a mask has either x, for lowercase digits, or X, for uppercase") }
        if small + capital != 12 {
            let digit = small > 0 ? "x" : "X"
            return Problem("a mask has 12 \(digit), one for each hexadecimal digit, and this has \(small + capital)")
        }
        if text.first?.isSeparator ?? true || text.last?.isSeparator ?? true {
            return Problem("a mask begins and ends with \(small > 0 ? "x" : "X")")
        }
        return nil
    }

    /// Its name; nil for a mask.
    package var description: String { Self.named.first { $0.value == self }?.key ?? mask }
}

extension Character {
    /// Printable ASCII that is neither a letter nor a digit.
    fileprivate var isSeparator: Bool {
        guard let byte = asciiValue, (0x20..<0x7F).contains(byte) else { return false }
        return !isLetter && !isNumber
    }
}

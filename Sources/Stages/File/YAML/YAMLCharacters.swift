import Records
import Yams

extension Diagnostic {
    /// The first byte that is not UTF-8; nil if all are.
    package static func otherEncoding(of bytes: [UInt8], file: String) -> Diagnostic? {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard let line = lines.firstIndex(where: { String(validating: $0, as: UTF8.self) == nil }) else { return nil }
        let before = String(decoding: lines[line], as: UTF8.self).unicodeScalars.prefix { $0 != "\u{FFFD}" }
        return otherEncoding(at: SourceLocation(file: file, line: line + 1, column: before.count + 1))
    }

    fileprivate static func otherEncoding(at location: SourceLocation) -> Diagnostic {
        Diagnostic("the file is not UTF-8 text", hint: "save it as UTF-8", at: location)
    }
}

extension YAMLFault {
    /// Text that is no text, or not in the encoding of pipeline files.
    static func characters(of yaml: String, top: SourceLocation) -> Diagnostic {
        if yaml.unicodeScalars.contains(where: { $0 == "\0" || $0 == "\u{FFFD}" }) { return .otherEncoding(at: top) }
        var place = top
        for scalar in yaml.unicodeScalars {
            if scalar == "\n" {
                (place.line, place.column) = (place.line + 1, 1)
            } else if scalar.value < 0x20 && scalar != "\t" && scalar != "\r" || scalar.value == 0x7F {
                return Diagnostic("the file has a control character here", hint: "remove it", at: place)
            } else {
                place.column += 1
            }
        }
        return Diagnostic("the file has characters that YAML does not allow", hint: "save it as UTF-8", at: top)
    }

    /// `where: !removed`: YAML takes the word as the type of a value.
    static func tag(_ scalar: Node.Scalar, at location: SourceLocation) -> Diagnostic {
        let text = scalar.tag.description + (scalar.string.isEmpty ? "" : " \(scalar.string)")
        return Diagnostic("a text that begins with '!' needs quotes", hint: "write \"\(text)\"", at: location)
    }
}

extension Tag {
    /// Whether the file names a type of its own.
    var isOwn: Bool { description.hasPrefix("!") && description != "!" }
}

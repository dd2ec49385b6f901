/// Writes one text as a field.
struct CSVField: Sendable {
    let profile: CSVProfile
    private let quotes: CSVQuotes
    /// The special bytes, wherever they occur.
    private var marks = ByteMarks()

    /// A byte that would end the field or the line.
    private static let isBreak: UInt8 = 1
    /// No importer accepts NUL.
    private static let isLeftOut: UInt8 = 2
    private static let isQuote: UInt8 = 4

    private static let quote = UInt8(ascii: "\"")

    init(profile: CSVProfile, delimiter: UInt8 = UInt8(ascii: ","), quotes: CSVQuotes = .whenNeeded) {
        self.profile = profile
        self.quotes = quotes
        marks.mark([delimiter, 0x0A, 0x0D], as: Self.isBreak)
        marks.mark([0], as: Self.isLeftOut)
        marks.mark([Self.quote], as: Self.isQuote)
    }

    /// - Throws: if the text needs quotes and quotes are off.
    func append(
        _ text: UnsafeBufferPointer<UInt8>,
        isIdentifier: Bool,
        to output: inout [UInt8]
    ) throws(NeedsQuotes) {
        let mark = marks.found(in: text)
        if mark & Self.isLeftOut != 0 {
            let kept = text.filter { $0 != 0 }
            try kept.withUnsafeBufferPointer { kept throws(NeedsQuotes) in
                try append(kept, isIdentifier: isIdentifier, to: &output)
            }
            return
        }
        if quotes == .never {
            if mark & Self.isBreak != 0 { throw NeedsQuotes(text: String(decoding: text, as: UTF8.self)) }
            output.append(contentsOf: text)
            return
        }
        if profile == .excel {
            if isIdentifier, Self.isPlainIdentifier(text) { return Self.append(asText: text, to: &output) }
            if Self.looksLikeFormula(text) {
                output.append(Self.quote)
                output.append(UInt8(ascii: "'"))
                appendDoubled(text, to: &output)
                output.append(Self.quote)
                return
            }
            if ExcelGuess.converts(text) { return Self.append(asText: text, to: &output) }
        }
        if mark != 0 || Self.needsQuotes(text) {
            output.append(Self.quote)
            appendDoubled(text, to: &output)
            output.append(Self.quote)
        } else {
            output.append(contentsOf: text)
        }
    }

    /// A formula whose result is the text, which has no quotes.
    private static func append(asText text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        output.append(contentsOf: #""=""#.utf8)
        output.append(quote)
        output.append(contentsOf: text)
        output.append(contentsOf: #"""""#.utf8)
    }

    struct NeedsQuotes: Error { let text: String }

    /// Whether the ends of a text, or its shortness, require quotes.
    private static func needsQuotes(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = text.first, let last = text.last else { return true }
        if isBlank(first) || isBlank(last) { return true }
        // Alone in its field, `\.` would end PostgreSQL's COPY.
        return text.count == 2 && first == UInt8(ascii: "\\") && last == UInt8(ascii: ".")
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private func appendDoubled(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        var rest = text[...]
        while let quote = rest.firstIndex(of: Self.quote) {
            output.append(contentsOf: UnsafeBufferPointer(rebasing: rest[...quote]))
            output.append(Self.quote)
            rest = rest[(quote + 1)...]
        }
        output.append(contentsOf: UnsafeBufferPointer(rebasing: rest))
    }

    private static func isPlainIdentifier(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        (1...64).contains(text.count)
            && text.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "/"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// Whether a spreadsheet would run the text, also after blanks and with full-width characters.
    private static func looksLikeFormula(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var rest = text[...]
        while let blank = blanks.first(where: { rest.starts(with: $0) }) { rest = rest.dropFirst(blank.count) }
        return triggers.contains { rest.starts(with: $0) }
    }

    /// Space, NBSP, NNBSP, ZWSP, BOM.
    private static let blanks = [" ", "\u{A0}", "\u{202F}", "\u{200B}", "\u{FEFF}"].map { Array($0.utf8) }
    private static let triggers = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"].map { Array($0.utf8) }
}

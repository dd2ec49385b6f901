import Records

/// A block of a PEM text (RFC 7468).
struct PEMBlock {
    let label: String
    /// Complete lines, including the first and the last.
    private let lines: [Substring]

    var isEncrypted: Bool { lines.contains { $0.contains("ENCRYPTED") } }
    var body: String { lines.dropFirst().dropLast().joined().filter { !$0.isWhitespace } }

    /// The block in lines of 64 characters, which the parser requires. Tools that store keys in one line do not write
    /// them.
    var wrapped: String {
        var rest = body[...]
        var wrapped = [String(lines.first ?? "")]
        while !rest.isEmpty {
            wrapped.append(String(rest.prefix(64)))
            rest = rest.dropFirst(64)
        }
        return (wrapped + [String(lines.last ?? "")]).joined(separator: "\n")
    }

    /// Text between the blocks is an error, except blank lines.
    static func all(in text: String, _ refusals: KeyRefusals) throws(Failure) -> [PEMBlock] {
        let text = withLineBreaks(text)
        var blocks: [PEMBlock] = []
        var lines: [Substring] = []
        var label: String?
        for line in text.split(whereSeparator: \.isNewline) {
            let bare = line.drop { $0 == "\u{FEFF}" || $0.isWhitespace }
            let end = bare.lastIndex { !$0.isWhitespace }.map { bare.index(after: $0) } ?? bare.startIndex
            let trimmed = bare[..<end]
            if let current = label {
                lines.append(trimmed)
                guard trimmed == "-----END \(current)-----" else { continue }
                blocks.append(PEMBlock(label: current, lines: lines))
                label = nil
            } else if trimmed.hasPrefix("-----BEGIN "), trimmed.hasSuffix("-----") {
                label = String(trimmed.dropFirst(11).dropLast(5))
                lines = [trimmed]
            } else if !trimmed.isEmpty, text.contains("-----BEGIN ") {
                throw refusals.textAround
            }
        }
        if label != nil { throw refusals.cutOff }
        return blocks
    }

    /// Variables and secret stores often contain a key with its line breaks as `\n`, or replaced by blanks.
    private static func withLineBreaks(_ text: String) -> String {
        text.replacing("\\r", with: "").replacing("\\n", with: "\n")
            .replacing(/-----(BEGIN|END) [A-Z0-9 ]+-----/) { "\n\($0.output.0)\n" }
    }
}

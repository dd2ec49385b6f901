/// A text from somebody else: Apple, a gateway, a proxy, a token endpoint, a database, a library, a file. Only this
/// form is shown and stored: without secrets, on one line, with control characters made visible, and short enough to
/// read.
package struct ForeignText: Sendable, Hashable, CustomStringConvertible {
    /// At most ``limit`` characters.
    package let description: String
    /// At most ``fullLimit`` bytes, for details.
    package let full: String

    package static let limit = 500
    package static let fullLimit = 4096
    /// Text after this many bytes is ignored.
    private static let readLimit = 64 << 10

    /// The full text, if ``description`` is shorter.
    package var detail: String? { full == description ? nil : full }

    package init(_ text: some StringProtocol, hiding secrets: Secrets) {
        self.init(text.utf8, hiding: secrets)
    }

    /// Bytes that are not UTF-8 become U+FFFD.
    package init(_ bytes: some Collection<UInt8>, hiding secrets: Secrets) {
        let isCut = bytes.count > Self.readLimit
        let text = String(decoding: bytes.prefix(Self.readLimit), as: UTF8.self)
        let shown = secrets.hidden(in: text.withoutOuterBlanks).controlsVisible
        description = shown.cut(to: Self.limit) { $0.count }
        full = isCut || shown.utf8.count > Self.fullLimit ? shown.cut(to: Self.fullLimit) { $0.utf8.count } : shown
    }
}

extension String {
    /// The text without the blanks before and after it.
    package var withoutOuterBlanks: String {
        let scalars = unicodeScalars.drop { $0.properties.isWhitespace }
        guard let last = scalars.lastIndex(where: { !$0.properties.isWhitespace }) else { return "" }
        return String(scalars[...last])
    }

    /// The text cut between characters, with `…` if some are missing.
    fileprivate func cut(to limit: Int, _ size: (String) -> Int) -> String {
        var (length, end) = (0, startIndex)
        while end < endIndex {
            let next = index(after: end)
            let width = size(String(self[end..<next]))
            if length + width > limit {
                while end > startIndex, length + size("…") > limit {
                    end = index(before: end)
                    length -= size(String(self[end]))
                }
                return self[..<end] + "…"
            }
            (length, end) = (length + width, next)
        }
        return String(self)
    }
}

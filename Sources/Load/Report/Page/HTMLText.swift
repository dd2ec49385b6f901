import Records

extension String {
    private static let entities = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;")]

    /// For the text of an element or for an attribute in quotes.
    var escapedForHTML: String {
        Self.entities.reduce(onOneLine) { $0.replacing($1.0, with: $1.1) }
    }

    /// The text that ``escapedForHTML`` was made of.
    var unescapedFromHTML: String {
        Self.entities.reversed().reduce(self) { $0.replacing($1.1, with: $1.0) }
    }
}

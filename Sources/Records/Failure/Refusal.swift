/// The numbers of a guard that refused a removal.
package struct Refusal: Codable, Sendable, Hashable {
    /// How many would have been removed, and out of how many.
    package let refused, of: Int
    /// The limit, as the setting writes it.
    package let limit: String
    /// When the guard first refused it, if known.
    package let since: String?

    package init(_ refused: Int, of total: Int, limit: String, since: String? = nil) {
        self.refused = refused
        of = total
        self.limit = limit
        self.since = since
    }
}

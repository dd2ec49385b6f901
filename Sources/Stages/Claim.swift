/// A place that two loads of one run cannot share.
package struct Claim: Sendable {
    /// Tells places apart. Never shown: it may hold a password.
    package let place: [String]
    /// What the load does there.
    package let deed: String
    /// Why another cannot, or what to do instead.
    package let advice: String

    package init(place: [String], deed: String, advice: String) {
        self.place = place
        self.deed = deed
        self.advice = advice
    }
}

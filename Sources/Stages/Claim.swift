/// A place that two loads of one run cannot share.
package struct Claim: Sendable {
    /// Identifies the place. Never shown: it may include a password.
    package let place: [String]
    /// What the load does there.
    package let deed: String
    /// Why another load cannot do the same, or what to do instead.
    package let advice: String

    package init(place: [String], deed: String, advice: String) {
        self.place = place
        self.deed = deed
        self.advice = advice
    }
}

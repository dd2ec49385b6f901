import Records

/// One thing in which a device differs from what it was.
package struct Difference: Sendable, Hashable {
    /// In the order in which people are told.
    package enum Kind: String, Sendable, CaseIterable {
        /// It joined the organization.
        case came
        /// It left, before or after the moment, and is there again.
        case returned
        case went
        /// To another device management service, or from or to none.
        case moved
        /// AppleCare, or a limited warranty, or AppleCare in place of a limited warranty.
        case gotCoverage = "got_coverage"
        case lostCoverage = "lost_coverage"
        case changed

        package var words: String { rawValue.replacing("_", with: " ") }
    }

    /// The organization.
    package var source = ""
    package let kind: Kind
    package let serialNumber: String
    package let model, family: String?
    /// The column that differs; for a device that came or went, one that says more.
    package var column: String?
    package var before, after: String?
    /// When a run saw it last.
    package let seenAt: Timestamp
}

extension [Difference] {
    /// How many devices there are of each kind, in the order of the kinds.
    package var deviceCounts: [(kind: Difference.Kind, devices: Int)] {
        var serials: [Difference.Kind: Set<[String]>] = [:]
        for difference in self {
            serials[difference.kind, default: []].insert([difference.source, difference.serialNumber])
        }
        return Difference.Kind.allCases.compactMap { kind in serials[kind].map { (kind, $0.count) } }
    }
}

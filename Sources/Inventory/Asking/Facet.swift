import Records

/// Data that Apple only gives for one device at a time. Each facet has a table of the same form, so that one policy
/// decides what is asked again and when (``RefreshNeed``).
package enum Facet: String, Sendable, CaseIterable {
    case coverage
    case activationLock = "activation_lock"

    var table: String { rawValue }

    /// The column that the dataset `changes` names for another answer.
    var column: String {
        switch self {
        case .coverage: "coverage_records"
        case .activationLock: "activation_lock"
        }
    }
}

/// Apple's answer about a facet of one device.
package enum DeviceAnswer: Sendable, Equatable {
    /// As JSON: for coverage an array of `{"id": …, "attributes": {…}}`, empty if there is none; for the activation
    /// lock the attributes themselves.
    case known([UInt8])
    /// The readable records, and the unreadable ones. An empty array then does not mean that there are none.
    case incomplete([UInt8], [UnreadableElement])
    /// Not known, and why.
    case unknown(String)
}

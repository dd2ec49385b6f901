import Records

/// Data that Apple returns only for one device at a time. All facets have tables of the same form, so that one policy
/// decides what is asked again and when (``RefreshNeed``).
package enum Facet: String, Sendable, CaseIterable {
    case coverage
    case activationLock = "activation_lock"

    var table: String { rawValue }

    /// The column that the dataset `changes` names when an answer changes.
    var column: String {
        switch self {
        case .coverage: "coverage_records"
        case .activationLock: "activation_lock"
        }
    }
}

/// Apple's answer about a facet of one device.
package enum DeviceAnswer: Sendable, Equatable {
    /// JSON: for coverage an array of `{"id": …, "attributes": {…}}`, empty without coverage; for the activation lock
    /// its attributes.
    case known([UInt8])
    /// The readable records and the unreadable ones. An empty array then does not mean that there is no coverage.
    case incomplete([UInt8], [UnreadableElement])
    /// Not known, with the reason.
    case unknown(String)
}

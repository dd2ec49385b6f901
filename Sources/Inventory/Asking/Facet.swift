import Records

/// What Apple tells about one device at a time only. Each facet has a table of the same form, so that one policy
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

/// What Apple said when it was asked for a facet of one device.
package enum DeviceAnswer: Sendable, Equatable {
    /// As JSON: for coverage an array of `{"id": …, "attributes": {…}}`, empty when there is none; for the activation
    /// lock the attributes themselves.
    case known([UInt8])
    /// The same of what could be read, and what could not. An empty array is then no sign that there is none.
    case incomplete([UInt8], [UnreadableElement])
    /// Not known, and why.
    case unknown(String)
}

import Records

/// Why Apple is asked about a device; the most urgent first.
package enum AskReason: String, Sendable, CaseIterable {
    /// The device was never asked about.
    case new
    /// The last request failed. A device that keeps failing is read less and less often.
    case unknown
    /// Something indicates that the answer has changed: an event, a return, `--full`.
    case changed
    /// A date in the last answer has passed.
    case due
    /// The oldest answers: enough that all are read again within `max_age`.
    case old
}

/// All requests that one facet needs, before any budget.
package struct RefreshNeed: Sendable, Hashable {
    package internal(set) var counts: [AskReason: Int]

    package var total: Int { counts.values.reduce(0, +) }

    /// The same need, limited to the `limit` most urgent devices.
    package func within(_ limit: Int) -> RefreshNeed {
        var rest = max(0, limit)
        var counts: [AskReason: Int] = [:]
        for reason in AskReason.allCases {
            let count = min(rest, self.counts[reason] ?? 0)
            if count > 0 { counts[reason] = count }
            rest -= count
        }
        return RefreshNeed(counts: counts)
    }
}

/// A device to ask about.
package struct DeviceRequest: Sendable, Hashable {
    package let id: Int64
    package let serial: String
    package let reason: AskReason

    package init(id: Int64, serial: String, reason: AskReason) {
        self.id = id
        self.serial = serial
        self.reason = reason
    }
}

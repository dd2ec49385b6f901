import Records

/// Why a device is asked for; the most urgent first.
package enum AskReason: String, Sendable, CaseIterable {
    /// Never asked for.
    case new
    /// The last time there was no answer. A device that keeps failing is read less and less often.
    case unknown
    /// A sign that the answer has changed: an event, a return, `--full`.
    case changed
    /// A date that the last answer named has come.
    case due
    /// The oldest answers, enough of them that all are read again within `max_age`.
    case old
}

/// Everything to ask about one facet, before any budget.
package struct RefreshNeed: Sendable, Hashable {
    package internal(set) var counts: [AskReason: Int]

    package var total: Int { counts.values.reduce(0, +) }

    /// The same in the order of urgency, cut off after `limit` devices.
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

/// A device to ask for.
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

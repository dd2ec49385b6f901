import Records

/// An activity as it is sent to Apple: one deed for some devices.
package struct ActivityIntent: Sendable {
    /// Hash of the plan.
    package let plan: String
    /// The plan's word for the deed.
    package let action: String
    /// Apple's word for it.
    package let type: String
    package let target: Service?
    package let deadline: Timestamp?

    package init(plan: String, action: String, type: String, target: Service?, deadline: Timestamp?) {
        self.plan = plan
        self.action = action
        self.type = type
        self.target = target
        self.deadline = deadline
    }
}

/// A device of an activity, or one that `apply` left out.
package struct JournalItem: Sendable, Hashable {
    package let serialNumber: String
    package let rule: String?
    package let origin: Service?

    package init(serialNumber: String, rule: String?, origin: Service?) {
        self.serialNumber = serialNumber
        self.rule = rule
        self.origin = origin
    }
}

/// What became of a device.
package enum AssignmentVerdict: String, Sendable, Codable, CaseIterable {
    /// Sent, or about to be; nothing is proved yet.
    case unknown
    case landed
    case notLanded = "not_landed"
    /// It had moved between plan and apply, and was not sent.
    case stale
    /// It was on the target already, or an earlier activity with it is open.
    case skipped

    package var wasSent: Bool { self != .stale && self != .skipped }
}

/// Who acts.
package struct JournalAuthor: Sendable, Hashable {
    package let user, host, version: String

    package init(user: String, host: String, version: String) {
        self.user = user
        self.host = host
        self.version = version
    }
}

/// An activity of the journal that still has devices without a proven end.
package struct OpenActivity: Sendable {
    package let number: Int64
    /// Apple's ID; nil if its answer never came.
    package let id: String?
    package let intent: ActivityIntent
    package let intendedAt: Timestamp
    /// When Apple reported its end; nil if it has not.
    package let endedAt: Timestamp?
    /// Devices whose verdict is `unknown`.
    package let serials: [String]
}

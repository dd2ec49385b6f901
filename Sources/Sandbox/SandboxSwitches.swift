/// The choices where Apple's behavior is unknown or reports disagree: one switch for each question.
package struct SandboxSwitches: Sendable, Hashable {
    package enum Unassigned: String, Sendable, CaseIterable {
        case emptyID = "empty-id"
        case noData = "no-data"
        case null
        case notFound = "404"
    }
    package enum Ethernet: String, Sendable, CaseIterable { case array, string }
    package enum PurchaseSource: String, Sendable, CaseIterable { case id, uid }
    package enum Absent: String, Sendable, CaseIterable { case omit, null }
    package enum Next: String, Sendable, CaseIterable { case bare, full }
    package enum End: String, Sendable, CaseIterable { case absent, empty }
    package enum RetryAfter: String, Sendable, CaseIterable { case seconds, date, absent }
    package enum TokenError: String, Sendable, CaseIterable {
        case badRequest = "400"
        case unauthorized = "401"
    }
    package enum NoCoverage: String, Sendable, CaseIterable {
        case empty
        case notFound = "404"
    }
    package enum Limit: String, Sendable, CaseIterable {
        case badRequest = "400"
        case clamp
    }
    package enum ActivityLog: String, Sendable, CaseIterable { case preamble, plain }
    package enum Role: String, Sendable, CaseIterable {
        case everything
        case noDevices = "no-devices"
        case noCoverage = "no-coverage"
        case noAuditEvents = "no-audit-events"
        case noAssignment = "no-assignment"
        case noRelease = "no-release"
    }
    package enum List: String, Sendable, CaseIterable { case whole, short, empty }
    package enum Denied: String, Sendable, CaseIterable {
        case none
        case some = "403"
        case unauthorized = "401"
    }
    package enum Shapes: String, Sendable, CaseIterable { case mixed, documented }

    package var unassigned = Unassigned.noData
    package var ethernet = Ethernet.array
    package var purchaseSource = PurchaseSource.id
    package var absent = Absent.omit
    package var next = Next.bare
    package var end = End.absent
    package var retryAfter = RetryAfter.seconds
    package var tokenError = TokenError.badRequest
    package var noCoverage = NoCoverage.empty
    package var limit = Limit.badRequest
    package var activityLog = ActivityLog.preamble
    package var shapes = Shapes.mixed
    package var role = Role.everything
    package var list = List.whole
    package var denied = Denied.none
    package var activities = ActivitySwitches()

    package init() {}

    /// Reads settings of the form `NAME=VALUE`, such as `retry-after=date`.
    package init(parsing settings: [String]) throws(SandboxError) {
        try set(settings, of: Self.all)
    }
}

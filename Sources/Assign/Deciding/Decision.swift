import Inventory
import Records

/// What a plan does about one device, or why it does nothing.
enum Decision: Sendable, Hashable {
    case send(Deed)
    case leave(Reason)
}

/// What is sent to Apple for a device.
enum Deed: Sendable, Hashable {
    /// From no service, or from the default of its family shortly after it was added.
    case assign(to: String, from: String?)
    case move(to: String, from: String)
    case migrate(to: String, from: String?, by: Timestamp)
    case unassign(from: String)
    case updateMigration(by: Timestamp)
    case cancelMigration
    case release
}

/// Why a device that a rule or a list names is not sent.
enum Reason: String, Sendable, Hashable, Codable, CaseIterable {
    case alreadyThere = "already_there"
    case notFrom = "not_from"
    case protected
    case conflictingRules = "conflicting_rules"
    case notCapable = "not_capable"
    case onAppleMDM = "on_apple_mdm"
    case movedRecently = "moved_recently"
    case unsettled
    case waiting
    case overdue
    case notMigrating = "not_migrating"
    case notAssigned = "not_assigned"
    case unknownSerial = "unknown_serial"
    case released

    /// In words, for the table of a plan.
    var meaning: String {
        switch self {
        case .alreadyThere: "already there"
        case .notFrom: "not in the rule's 'from'"
        case .protected: "protected"
        case .conflictingRules: "listed for different services"
        case .notCapable: "not capable of migration"
        case .onAppleMDM: "on Apple's built-in service"
        case .movedRecently: "moved from there within 7 days"
        case .unsettled: "an earlier activity is open"
        case .waiting: "not in the organization yet"
        case .overdue: "not in the organization, and overdue"
        case .notMigrating: "not migrating"
        case .notAssigned: "on no service"
        case .unknownSerial: "not in the organization"
        case .released: "released"
        }
    }
}

/// A device with its decision and the rule behind it.
struct Decided: Sendable, Hashable {
    let serialNumber: String
    /// Name of the rule; nil for a verb without rules.
    let rule: String?
    /// The service it is on.
    let service: String?
    let decision: Decision
    /// Whether Apple says that it can migrate; nil if Apple does not say.
    var isCapable: Bool?
    /// Since when it waits.
    var since: Timestamp?
}

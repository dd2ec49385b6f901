import Inventory
import Records

/// A device in a plan file: what is to be sent for it, or why it is left alone.
struct PlanLine: Codable, Sendable, Hashable {
    /// A service by ID, and by name for the people who review the plan.
    struct Place: Codable, Sendable, Hashable {
        let id: String
        let name: String

        /// As the journal keeps it.
        var service: Service { Service(id: id, name: name, type: "") }
    }

    enum Action: String, Codable, Sendable, CaseIterable {
        case assign, move, migrate, unassign, release
        case updateMigration = "update_migration"
        case cancelMigration = "cancel_migration"
    }

    let serialNumber: String
    var action: Action?
    var from: Place?
    var to: Place?
    var migrateBy: String?
    var rule: String?
    /// Why the device is left alone; nil if it is to be sent.
    var left: Reason?
    /// The reason in words; for a migration, that Apple does not say whether the device can migrate.
    var because: String?
    /// Since when the serial number waits.
    var since: String?

    init(_ decided: Decided, _ services: Services) {
        func place(_ id: String?) -> Place? { id.map { Place(id: $0, name: services.name(of: $0)) } }
        serialNumber = decided.serialNumber
        rule = decided.rule
        from = place(decided.service)
        since = decided.since?.description
        switch decided.decision {
        case .leave(let reason):
            left = reason
            because = reason.meaning
        case .send(let deed):
            (action, to, migrateBy) = (deed.action, place(deed.target), deed.deadline?.description)
            if case .migrate = deed, decided.isCapable == nil { because = "capability unknown" }
        }
    }

    /// What is sent, or why the device is left alone, for the table of a plan.
    var words: String {
        guard let action else { return because ?? "" }
        let parts = [action.words + (migrateBy.map { " by \($0.prefix(16))Z" } ?? ""), because ?? ""]
        return parts.filter { !$0.isEmpty }.joined(separator: ", ")
    }
}

extension PlanLine.Action {
    /// For people.
    var words: String { rawValue.replacing("_", with: " ") }
}

extension Deed {
    var action: PlanLine.Action {
        switch self {
        case .assign: .assign
        case .move: .move
        case .migrate: .migrate
        case .unassign: .unassign
        case .updateMigration: .updateMigration
        case .cancelMigration: .cancelMigration
        case .release: .release
        }
    }

    /// The ID of the service that the device goes to; nil if it goes to none.
    var target: String? {
        switch self {
        case .assign(let to, _), .move(let to, _), .migrate(let to, _, _): to
        case .unassign, .updateMigration, .cancelMigration, .release: nil
        }
    }

    var deadline: Timestamp? {
        switch self {
        case .migrate(_, _, let moment), .updateMigration(let moment): moment
        case .assign, .move, .unassign, .cancelMigration, .release: nil
        }
    }
}

import Inventory
import Pipeline
import Records

/// A deed for the devices of a list, without rules: the verbs `unassign`, `migration`, and `release`.
package enum ListedDeed: Sendable, Hashable {
    case unassign
    case updateMigration(by: Timestamp)
    case cancelMigration
    /// Cannot be undone: the device leaves the organization.
    case release

    /// What a file must allow.
    package var permission: AssignPermission {
        switch self {
        case .unassign: .unassign
        case .updateMigration, .cancelMigration: .migration
        case .release: .release
        }
    }

    /// What is done about a device of the list.
    func decision(_ device: DeviceStanding, _ services: Services) -> Decision {
        if device.isReleased { return .leave(.released) }
        switch self {
        case .unassign:
            guard let service = device.service else { return .leave(.notAssigned) }
            return services.service(service)?.isAppleMDM == true
                ? .leave(.onAppleMDM) : .send(.unassign(from: service))
        case .updateMigration(let deadline):
            return device.isMigrating ? .send(.updateMigration(by: deadline)) : .leave(.notMigrating)
        case .cancelMigration:
            // One that has started can no longer be canceled.
            return device.migrationStatus == "REQUESTED" ? .send(.cancelMigration) : .leave(.notMigrating)
        case .release: return .send(.release)
        }
    }
}

extension DeviceStanding {
    fileprivate var isMigrating: Bool { ["REQUESTED", "STARTED"].contains(migrationStatus) }
}

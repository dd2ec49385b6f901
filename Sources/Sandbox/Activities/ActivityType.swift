/// What an activity does to its devices.
package enum ActivityType: String, Sendable, CaseIterable {
    case assign = "ASSIGN_DEVICES"
    case unassign = "UNASSIGN_DEVICES"
    case migrate = "ASSIGN_DEVICES_WITH_MDM_MIGRATION_DEADLINE"
    case updateDeadline = "UPDATE_MDM_MIGRATION_DEADLINE"
    case cancelMigration = "CANCEL_MDM_MIGRATION"
    case release = "RELEASE_DEVICES"

    var takesServer: Bool { [.assign, .unassign, .migrate].contains(self) }
    var takesDeadline: Bool { [.migrate, .updateDeadline].contains(self) }

    func isOffered(by platform: SandboxPlatform) -> Bool {
        self != .release || platform == .business
    }
}

import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The request that creates an activity.
struct ActivityDocument: Encodable {
    private struct Link: Encodable { let type, id: String }
    private struct One: Encodable { let data: Link }
    private struct Many: Encodable { let data: [Link] }

    private struct Attributes: Encodable {
        struct Metadata: Encodable { let mdmMigrationDeadlineDateTime: String }
        let activityType: String
        let activityTypeMetadata: Metadata?
    }

    private struct Relationships: Encodable {
        let mdmServer: One?
        let devices: Many
    }

    private struct Body: Encodable {
        let type = "orgDeviceActivities"
        let attributes: Attributes
        let relationships: Relationships
    }

    private let data: Body

    /// - Parameter service: the target, or for an unassignment the service that the devices are on.
    init(_ type: String, service: String?, deadline: Timestamp?, serials: [String]) {
        data = Body(
            attributes: Attributes(
                activityType: type,
                activityTypeMetadata: deadline.map {
                    Attributes.Metadata(mdmMigrationDeadlineDateTime: $0.description)
                }
            ),
            relationships: Relationships(
                mdmServer: service.map { One(data: Link(type: "mdmServers", id: $0)) },
                devices: Many(data: serials.map { Link(type: "orgDevices", id: $0) })
            )
        )
    }

    /// As Apple expects it. The members keep Apple's names.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension PlanLine.Action {
    /// Apple's word for the activity.
    var activityType: String {
        switch self {
        case .assign, .move: "ASSIGN_DEVICES"
        case .migrate: "ASSIGN_DEVICES_WITH_MDM_MIGRATION_DEADLINE"
        case .unassign: "UNASSIGN_DEVICES"
        case .updateMigration: "UPDATE_MDM_MIGRATION_DEADLINE"
        case .cancelMigration: "CANCEL_MDM_MIGRATION"
        case .release: "RELEASE_DEVICES"
        }
    }
}

/// The resource that a path requests.
enum Route {
    case devices, servers, activities, mdmDevices, auditEvents
    case device(String)
    case coverage(String)
    case activationLock(String)
    case assignedServer(String)
    case assignedServerLinkage(String)
    case server(String)
    case serverDevices(String)
    case activity(String)
    case mdmDeviceDetails(String)
    /// The path exists but may not be read, with the reason.
    case refused(String)
    case unknown

    init(path: String, platform: SandboxPlatform) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { Query.decoded($0) }
        guard parts.first == "v1" else {
            self = .unknown
            return
        }
        self = Self.shared(Array(parts.dropFirst()))
        if case .unknown = self, platform == .business {
            self = Self.businessOnly(Array(parts.dropFirst()))
        }
    }

    private static func shared(_ parts: [String]) -> Route {
        switch (parts.count, parts.first ?? "") {
        case (1, "orgDevices"): .devices
        case (2, "orgDevices"): .device(parts[1])
        case (3, "orgDevices"):
            switch parts[2] {
            case "appleCareCoverage": .coverage(parts[1])
            case "activationLockStatus": .activationLock(parts[1])
            case "assignedServer": .assignedServer(parts[1])
            default: .unknown
            }
        case (4, "orgDevices") where parts[2] == "relationships":
            switch parts[3] {
            case "assignedServer": .assignedServerLinkage(parts[1])
            case "appleCareCoverage", "activationLockStatus":
                .refused(
                    "The relationship '\(parts[3])' does not allow 'GET_RELATIONSHIP'. "
                        + "Allowed operation is: GET_RELATED"
                )
            default: .unknown
            }
        case (1, "mdmServers"): .servers
        case (2, "mdmServers"): .server(parts[1])
        case (3, "mdmServers") where parts[2] == "devices":
            .refused("The relationship 'devices' does not allow 'GET_RELATED'. Allowed operation is: GET_RELATIONSHIP")
        case (4, "mdmServers") where parts[2...] == ["relationships", "devices"]: .serverDevices(parts[1])
        case (1, "orgDeviceActivities"): .activities
        case (2, "orgDeviceActivities"): .activity(parts[1])
        default: .unknown
        }
    }

    private static func businessOnly(_ parts: [String]) -> Route {
        switch (parts.count, parts.first ?? "") {
        case (1, "auditEvents"): .auditEvents
        case (1, "mdmDevices"): .mdmDevices
        case (3, "mdmDevices") where parts[2] == "details": .mdmDeviceDetails(parts[1])
        case (2, "auditEvents"), (2, "mdmDevices"):
            .refused("The resource '\(parts[0])' does not allow 'GET_INSTANCE'. Allowed operation is: GET_COLLECTION")
        case (1..., let type) where beyondSandbox.contains(type):
            .refused("The API account's role does not permit reading '\(type)'.")
        default: .unknown
        }
    }

    /// Parts of Apple Business other than devices.
    private static let beyondSandbox = [
        "users", "userGroups", "organizationalUnits", "apps", "packages", "configurations", "blueprints",
    ]

    var family: EndpointFamily {
        switch self {
        case .devices: .devices
        case .device: .device
        case .coverage: .coverage
        case .activationLock: .activationLock
        case .assignedServer, .assignedServerLinkage: .assignedServer
        case .servers: .servers
        case .server: .server
        case .serverDevices: .serverDevices
        case .activities, .activity: .activities
        case .mdmDevices, .mdmDeviceDetails: .mdmDevices
        case .auditEvents: .auditEvents
        case .refused, .unknown: .other
        }
    }
}

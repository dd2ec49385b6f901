/// A valid request for an activity.
struct ActivityOrder: Sendable, Hashable {
    let type: ActivityType
    /// Each serial number once, in the order of the request.
    let serials: [String]
    /// The position of the server that the request names.
    let server: Int?
    let deadline: Moment?
}

extension ActivityOrder {
    private static let furthestDeadline = 90

    /// Refuses what Apple refuses before it accepts an activity.
    init(_ document: ActivityDocument, for fleet: Fleet, at now: Moment) throws(APIError) {
        let switches = fleet.switches.activities
        guard let content = document.data else { throw .entity("ATTRIBUTE.REQUIRED", "/data", "'data' is missing") }
        guard content.type == "orgDeviceActivities" else {
            throw .entity("ATTRIBUTE.TYPE", "/data/type", "The type must be 'orgDeviceActivities'")
        }
        type = try Self.type(content.attributes?.activityType, fleet.platform)
        server = try Self.server(content.relationships?.mdmServer, type, fleet)
        deadline = try Self.deadline(content.attributes?.activityTypeMetadata, type, now)
        let devices = content.relationships?.devices?.data ?? []
        serials = try Self.serials(devices, fleet, refusingUnknown: switches.unknown == .refused)
        if let most = switches.most, devices.count > most {
            throw .tooManyDevices(most)
        }
    }

    private static func type(_ word: String?, _ platform: SandboxPlatform) throws(APIError) -> ActivityType {
        let pointer = "/data/attributes/activityType"
        guard let word else { throw .entity("ATTRIBUTE.REQUIRED", pointer, "'activityType' is missing") }
        guard let type = ActivityType(rawValue: word), type.isOffered(by: platform) else {
            throw .entity("ATTRIBUTE.INVALID", pointer, "'\(word)' is not a valid value for 'activityType'")
        }
        return type
    }

    private static func server(
        _ relationship: ActivityDocument.ToOne?,
        _ type: ActivityType,
        _ fleet: Fleet
    ) throws(APIError) -> Int? {
        let pointer = "/data/relationships/mdmServer"
        guard type.takesServer else {
            if relationship == nil { return nil }
            throw .entity("RELATIONSHIP.INVALID", pointer, "'\(type.rawValue)' takes no 'mdmServer'")
        }
        guard let linkage = relationship?.data else {
            if type == .unassign, fleet.switches.activities.unassign == .accepted { return nil }
            throw .entity("RELATIONSHIP.REQUIRED", pointer, "'mdmServer' is missing")
        }
        guard linkage.type == "mdmServers", let id = linkage.id,
            let place = fleet.roster.entries.indices.first(where: { fleet.serverID(at: $0) == id })
        else { throw .entity("RELATIONSHIP.INVALID", pointer, "There is no such 'mdmServers' resource") }
        let entry = fleet.roster.entries[place]
        guard type == .unassign || (entry.status == "ACTIVE" && entry.type != "APPLE_CONFIGURATOR") else {
            throw .entity("RELATIONSHIP.INVALID", pointer, "Devices cannot be assigned to this 'mdmServers' resource")
        }
        return place
    }

    private static func deadline(
        _ metadata: ActivityDocument.Metadata?,
        _ type: ActivityType,
        _ now: Moment
    ) throws(APIError) -> Moment? {
        guard type.takesDeadline else { return nil }
        let pointer = "/data/attributes/activityTypeMetadata/mdmMigrationDeadlineDateTime"
        guard let text = metadata?.mdmMigrationDeadlineDateTime else {
            throw .entity("ATTRIBUTE.REQUIRED", pointer, "'mdmMigrationDeadlineDateTime' is missing")
        }
        guard let moment = Moment(rfc3339: text) else {
            throw .entity("ATTRIBUTE.INVALID", pointer, "'\(text)' is not a valid date and time")
        }
        guard moment <= now.adding(days: furthestDeadline) else {
            throw .entity("ATTRIBUTE.INVALID", pointer, "The deadline must be within \(furthestDeadline) days")
        }
        return moment
    }

    private static func serials(
        _ linkages: [ActivityDocument.Linkage],
        _ fleet: Fleet,
        refusingUnknown: Bool
    ) throws(APIError) -> [String] {
        let pointer = "/data/relationships/devices"
        guard !linkages.isEmpty else { throw .entity("RELATIONSHIP.REQUIRED", pointer, "'devices' is empty") }
        var serials: [String] = []
        var known: Set<String> = []
        for (place, linkage) in linkages.enumerated() {
            let serial = linkage.id ?? ""
            guard linkage.type == "orgDevices", isWellFormed(serial), !refusingUnknown || fleet.has(serial) else {
                throw .entity("RELATIONSHIP.INVALID", "\(pointer)/data/\(place)", "'\(serial)' is not a valid device")
            }
            if known.insert(serial).inserted { serials.append(serial) }
        }
        return serials
    }

    private static func isWellFormed(_ serial: String) -> Bool {
        (8...20).contains(serial.utf8.count) && serial.allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber) }
    }
}

extension Fleet {
    /// Whether the organization has the device, released or not.
    fileprivate func has(_ serial: String) -> Bool {
        guard let index = index(ofSerial: serial), let standing = standing(at: index, night: night) else {
            return false
        }
        return standing.presence != .gone
    }
}

/// A device management service of the organization.
package struct SandboxServer: Sendable, Hashable {
    package let id: String
    package let name: String
    /// MDM, APPLE_CONFIGURATOR or APPLE_MDM.
    package let type: String
    package let status: String
    /// The number of listed devices that are assigned to it.
    package let deviceCount: Int
    /// In sending order. The last two are sent only on request, by `fields[mdmServers]`.
    package let attributes: [SandboxAttribute]
}

extension Fleet {
    /// All device management services. Counting their devices visits the whole fleet, so keep the result.
    package var servers: [SandboxServer] {
        var counts = [Int](repeating: 0, count: roster.entries.count)
        for index in 0..<count {
            if let standing = standing(at: index, night: night), standing.isListed, let server = standing.server {
                counts[server] += 1
            }
        }
        return roster.entries.indices.map { server(at: $0, deviceCount: counts[$0]) }
    }

    func serverID(at place: Int) -> String {
        var draw = Draw(seed, .server, place)
        return draw.characters(32, of: Draw.hexadecimal)
    }

    /// The product families whose new devices Apple assigns to this server by itself.
    func defaultProductFamilies(of place: Int) -> [String] {
        place == 0 ? ["IPHONE", "IPAD", "MAC"] : []
    }

    /// The position of the default server for an OrgDevice's `productFamily`.
    func defaultServer(for family: String) -> Int? {
        roster.entries.indices.first { defaultProductFamilies(of: $0).contains(family.uppercased()) }
    }

    func server(at place: Int, deviceCount: Int) -> SandboxServer {
        let entry = roster.entries[place]
        var draw = Draw(seed, .server, place, 1)
        let created = beginning(ofNight: 1).adding(days: -400 - draw.below(1500))
        let updated = Moment(milliseconds: created.milliseconds + Int64(draw.below(300)) * Moment.day + 1602)
        let connects = entry.type == "MDM" && entry.status == "ACTIVE"
        let connected = Moment(milliseconds: beginning(ofNight: night).milliseconds - Int64(draw.below(3_600_000)))
        return SandboxServer(
            id: serverID(at: place),
            name: entry.name,
            type: entry.type,
            status: entry.status,
            deviceCount: deviceCount,
            attributes: [
                SandboxAttribute("serverName", .text(entry.name)),
                SandboxAttribute("serverType", .text(entry.type)),
                SandboxAttribute("createdDateTime", .text(created.text)),
                SandboxAttribute("updatedDateTime", .text(updated.text)),
                SandboxAttribute("status", .text(entry.status)),
                SandboxAttribute("deviceCount", .number("\(deviceCount)")),
                SandboxAttribute("enableMdmDisownFlag", .boolean(draw.chance(0.3))),
                SandboxAttribute("defaultProductFamilies", .texts(defaultProductFamilies(of: place))),
                SandboxAttribute("lastConnectedDateTime", connects ? .text(connected.text) : .null),
                SandboxAttribute("lastConnectedIp", connects ? .text("203.0.113.\(1 + draw.below(250))") : .null),
            ]
        )
    }
}

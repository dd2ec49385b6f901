extension Call {
    mutating func serverList() throws(APIError) -> [UInt8] {
        try allow(["fields[mdmServers]", "limit", "cursor"])
        let fields = try FieldSet("mdmServers", of: FieldSet.server, in: query)
        let (servers, base) = (organization.servers, base)
        return try page(
            Listing(
                end: servers.count,
                row: { servers[$0] },
                write: { _, server, json in json.server(server, fields, base: base) }
            )
        )
    }

    mutating func server(_ id: String) throws(APIError) -> [UInt8] {
        try allow(["fields[mdmServers]"])
        let fields = try FieldSet("mdmServers", of: FieldSet.server, in: query)
        return document(try knownServer(id).server, fields)
    }

    mutating func serverDevices(_ id: String) throws(APIError) -> [UInt8] {
        try allow(["limit", "cursor"])
        let place = try knownServer(id).place
        let fleet = fleet
        return try page(
            Listing(
                end: fleet.roster.entries[place].weight > 0 || !fleet.ledger.isEmpty ? fleet.count : 0,
                row: { fleet.serverPlace(at: $0) == place && !fleet.isWithheld(at: $0) ? () : nil },
                write: { index, _, json in
                    json.raw("{\"type\":\"orgDevices\",\"id\":\"\(fleet.serial(at: index))\"}")
                },
                related: "\(base)/v1/mdmServers/\(id)/devices"
            )
        )
    }

    mutating func assignedServer(_ serial: String) throws(APIError) -> [UInt8] {
        try allow(["fields[mdmServers]"])
        let fields = try FieldSet("mdmServers", of: FieldSet.assignedServer, in: query)
        let index = try readableIndex(serial)
        guard let place = fleet.serverPlace(at: index) else { throw .missing("assignedServer", serial) }
        let server = fleet.server(at: place, deviceCount: 0)
        let attributes = server.attributes.filter { FieldSet.assignedServer.contains($0.name) }
        return document(server.with(attributes), fields)
    }

    mutating func assignedServerLinkage(_ serial: String) throws(APIError) -> [UInt8] {
        try allow([])
        let place = fleet.serverPlace(at: try readableIndex(serial))
        if place == nil, switches.unassigned == .notFound {
            throw .missing("assignedServer", serial)
        }
        let id = place.map(fleet.serverID(at:))
        var json = JSONText()
        json.raw("{")
        if id == nil, switches.unassigned == .null {
            json.raw("\"data\":null,")
        } else if id != nil || switches.unassigned == .emptyID {
            json.raw("\"data\":{\"type\":\"mdmServers\",\"id\":\"\(id ?? "")\"},")
        }
        json.raw("\"links\":{\"self\":\"\(url)\",\"related\":\"\(base)/v1/orgDevices/\(serial)/assignedServer\"}}")
        return json.bytes
    }

    private func document(_ server: SandboxServer, _ fields: FieldSet) -> [UInt8] {
        var json = JSONText()
        json.raw("{\"data\":")
        json.server(server, fields, base: base)
        json.selfLink(urlAsAsked)
        return json.bytes
    }

    private func knownServer(_ id: String) throws(APIError) -> (place: Int, server: SandboxServer) {
        let servers = organization.servers
        guard let place = servers.firstIndex(where: { $0.id == id }) else { throw .missing("mdmServers", id) }
        return (place, servers[place])
    }
}

extension SandboxServer {
    fileprivate func with(_ attributes: [SandboxAttribute]) -> SandboxServer {
        SandboxServer(
            id: id,
            name: name,
            type: type,
            status: status,
            deviceCount: deviceCount,
            attributes: attributes
        )
    }
}

extension JSONText {
    /// The time and the address of a server's last connection are sent only on request.
    fileprivate mutating func server(_ server: SandboxServer, _ fields: FieldSet, base: String) {
        let url = "\(base)/v1/mdmServers/\(server.id)"
        let attributes = server.attributes.filter { !fields.isEverything || !$0.name.hasPrefix("lastConnected") }
        raw("{\"type\":\"mdmServers\",\"id\":\"\(server.id)\",\"attributes\":")
        object(fields.select(attributes))
        raw(",\"relationships\":{")
        if fields.contains("devices") {
            raw("\"devices\":{\"links\":{\"self\":\"\(url)/relationships/devices\"}}")
        }
        raw("},\"links\":{\"self\":\"\(url)\"}}")
    }
}

extension Call {
    mutating func deviceList() throws(APIError) -> [UInt8] {
        let hasFilter = switches.activities.filter == .on
        try allow(["fields[orgDevices]", "limit", "cursor"] + (hasFilter ? [Self.serialFilter] : []))
        let fields = try FieldSet("orgDevices", of: FieldSet.device, in: query)
        let (fleet, base) = (fleet, base)
        let chosen = try chosenIndexes()
        return try page(
            Listing(
                end: chosen?.count ?? fleet.count,
                row: { fleet.listedStanding(at: chosen?[$0] ?? $0) },
                write: { position, standing, json in
                    let index = chosen?[position] ?? position
                    let serial = fleet.serial(at: index)
                    let attributes = fleet.attributes(at: index, serial: serial, standing: standing)
                    json.device(serial, attributes, fields, base: base)
                },
                bytesPerRow: 1300
            )
        )
    }

    private static let serialFilter = "filter[serialNumber]"
    private static let mostSerials = 50

    /// The devices that the filter names, in the list's order; nil without a filter.
    private func chosenIndexes() throws(APIError) -> [Int]? {
        guard let value = query[Self.serialFilter] else { return nil }
        let serials = value.split(separator: ",").map(String.init)
        guard (1...Self.mostSerials).contains(serials.count) else {
            throw .parameter(Self.serialFilter, "INVALID", "The filter takes 1 to \(Self.mostSerials) serial numbers")
        }
        return Set(serials.compactMap(fleet.index(ofSerial:))).sorted()
    }

    mutating func device(_ serial: String) throws(APIError) -> [UInt8] {
        try allow(["fields[orgDevices]"])
        let fields = try FieldSet("orgDevices", of: FieldSet.device, in: query)
        guard let device = fleet.device(at: try readableIndex(serial, released: true)) else {
            throw .missing("orgDevices", serial)
        }
        var json = JSONText()
        json.raw("{\"data\":")
        json.device(serial, device.attributesReadAlone, fields, base: base)
        json.selfLink(urlAsAsked)
        return json.bytes
    }
}

extension JSONText {
    mutating func device(_ serial: String, _ attributes: [SandboxAttribute], _ fields: FieldSet, base: String) {
        let url = "\(base)/v1/orgDevices/\(serial)"
        raw("{\"type\":\"orgDevices\",\"id\":\"\(serial)\",\"attributes\":")
        object(fields.select(attributes))
        raw(",\"relationships\":{")
        var separator = ""
        if fields.contains("assignedServer") {
            raw("\"assignedServer\":{\"links\":{\"self\":\"\(url)/relationships/assignedServer\",")
            raw("\"related\":\"\(url)/assignedServer\"}}")
            separator = ","
        }
        for name in ["appleCareCoverage", "activationLockStatus"] where fields.contains(name) {
            raw("\(separator)\"\(name)\":{\"links\":{\"related\":\"\(url)/\(name)\"}}")
            separator = ","
        }
        raw("},\"links\":{\"self\":\"\(url)\"}}")
    }

    /// Ends a document with one resource.
    mutating func selfLink(_ url: String) {
        raw(",\"links\":{\"self\":")
        string(url)
        raw("}}")
    }
}

extension Fleet {
    func listedStanding(at index: Int) -> Standing? {
        guard let standing = standing(at: index, night: night), !isWithheld(at: index) else { return nil }
        let isShown = standing.isListed || (standing.presence != .gone && switches.activities.released == .listed)
        return isShown ? standing : nil
    }
}

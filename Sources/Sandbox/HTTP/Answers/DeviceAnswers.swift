extension Call {
    mutating func deviceList() throws(APIError) -> [UInt8] {
        try allow(["fields[orgDevices]", "limit", "cursor"])
        let fields = try FieldSet("orgDevices", of: FieldSet.device, in: query)
        let (fleet, base) = (fleet, base)
        return try page(
            Listing(
                end: fleet.count,
                row: { fleet.listedStanding(at: $0) },
                write: { index, standing, json in
                    let serial = fleet.serial(at: index)
                    let attributes = fleet.attributes(at: index, serial: serial, standing: standing)
                    json.device(serial, attributes, fields, base: base)
                },
                bytesPerRow: 1300
            )
        )
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
        guard let standing = standing(at: index, night: night), standing.isListed, !isWithheld(at: index) else {
            return nil
        }
        return standing
    }
}

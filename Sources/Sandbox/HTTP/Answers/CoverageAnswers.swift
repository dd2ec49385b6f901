extension Call {
    mutating func coverage(_ serial: String) throws(APIError) -> [UInt8] {
        try allow(["fields[appleCareCoverage]", "limit", "cursor"])
        let fields = try FieldSet("appleCareCoverage", of: FieldSet.coverage, in: query)
        let records = fleet.coverage(of: try readableIndex(serial))
        if records.isEmpty, switches.noCoverage == .notFound {
            throw .missing("appleCareCoverage", serial)
        }
        return try page(
            Listing(
                end: records.count,
                row: { records[$0] },
                write: { _, record, json in
                    json.raw("{\"type\":\"appleCareCoverage\",\"id\":")
                    json.string(record.id)
                    json.raw(",\"attributes\":")
                    json.object(fields.select(record.attributes))
                    json.raw("}")
                }
            )
        )
    }

    mutating func activationLock(_ serial: String) throws(APIError) -> [UInt8] {
        try allow(["fields[activationLockStatus]"])
        let fields = try FieldSet("activationLockStatus", of: FieldSet.activationLock, in: query)
        let lock = fleet.activationLock(of: try readableIndex(serial))
        guard let lock else { throw .server }
        var json = JSONText()
        json.raw("{\"data\":{\"type\":\"activationLockStatus\",\"id\":\"\(serial)\",\"attributes\":")
        json.object(
            fields.select([
                SandboxAttribute("isLocked", .boolean(lock != "NONE")), SandboxAttribute("lockType", .text(lock)),
            ])
        )
        json.raw("}")
        json.selfLink(urlAsAsked)
        return json.bytes
    }
}

extension Fleet {
    /// MDM, USER or NONE; nil for a lock that the API cannot express. It then answers with status 500.
    package func activationLock(of index: Int) -> String? {
        switch Draw.hash(seed, .lock, index) % 200 {
        case 0: nil
        case 1..<120: "NONE"
        case 120..<170: "MDM"
        default: "USER"
        }
    }
}

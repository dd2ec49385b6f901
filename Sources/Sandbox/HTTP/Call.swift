/// A request to the API, with all that its answer depends on.
struct Call {
    let state: SandboxState
    /// As this resource shows it: it can lag.
    let organization: Organization
    /// `http://host:port`, in the client's spelling.
    let base: String
    let path: String
    let query: Query
    let rawQuery: String
    /// The faults of this request, if they can take effect.
    let faults: Set<FaultKind>
    /// The faults that took effect.
    var suffered: Set<FaultKind> = []

    var fleet: Fleet { organization.fleet }
    var switches: SandboxSwitches { organization.fleet.switches }
    var url: String { base + path }
    var urlAsAsked: String { rawQuery.isEmpty ? url : "\(url)?\(rawQuery)" }

    mutating func answer(_ route: Route) throws(APIError) -> [UInt8] {
        try allow(route)
        return switch route {
        case .devices: try deviceList()
        case .device(let serial): try device(serial)
        case .coverage(let serial): try coverage(serial)
        case .activationLock(let serial): try activationLock(serial)
        case .assignedServer(let serial): try assignedServer(serial)
        case .assignedServerLinkage(let serial): try assignedServerLinkage(serial)
        case .servers: try serverList()
        case .server(let id): try server(id)
        case .serverDevices(let id): try serverDevices(id)
        case .activity(let id): try activity(id)
        case .activities:
            throw .forbidden(
                "The resource 'orgDeviceActivities' does not allow 'GET_COLLECTION'. "
                    + "Allowed operations are: CREATE, GET_INSTANCE"
            )
        case .mdmDevices: try mdmDeviceList()
        case .mdmDeviceDetails(let serial): try mdmDeviceDetails(serial)
        case .auditEvents: try auditEventList()
        case .refused(let detail): throw .forbidden(detail)
        case .unknown: throw .unknownPath
        }
    }

    /// Refuses what the account's role may not read.
    private func allow(_ route: Route) throws(APIError) {
        let refused: String? =
            switch (switches.role, route) {
            case (.noDevices, .devices), (.noDevices, .device): "orgDevices"
            case (.noCoverage, .coverage): "appleCareCoverage"
            case (.noAuditEvents, .auditEvents): "auditEvents"
            default: nil
            }
        if let refused { throw .forbiddenByRole("reading '\(refused)'") }
    }

    /// Refuses all other parameters.
    func allow(_ names: [String]) throws(APIError) {
        for item in query.items where !names.contains(item.name) {
            throw .parameter(item.name, "ILLEGAL", "The parameter '\(item.name)' can not be used with this request")
        }
    }

    /// The index of a device that may be read alone.
    mutating func readableIndex(_ serial: String, released: Bool = false) throws(APIError) -> Int {
        guard let index = fleet.index(ofSerial: serial),
            let standing = fleet.standing(at: index, night: fleet.night),
            standing.isListed || (released && standing.presence != .gone)
        else { throw .missing("orgDevices", serial) }
        if fleet.isDenied(at: index) {
            if switches.denied == .unauthorized { throw .unauthorized }
            throw .forbiddenByRole("reading '\(serial)'")
        }
        if faults.contains(.vanish) {
            suffered.insert(.vanish)
            throw .missing("orgDevices", serial)
        }
        return index
    }
}

/// The members of a resource that were requested by `fields[TYPE]`.
struct FieldSet {
    private let names: Set<String>?

    /// Without a request, everything is sent.
    var isEverything: Bool { names == nil }

    static let everything = FieldSet(names: nil)

    private init(names: Set<String>?) {
        self.names = names
    }

    init(_ type: String, of allowed: [String], in query: Query) throws(APIError) {
        let parameter = "fields[\(type)]"
        guard let value = query[parameter] else {
            names = nil
            return
        }
        let asked = value.split(separator: ",").map(String.init)
        if let unknown = asked.first(where: { !allowed.contains($0) }) {
            throw .parameter(parameter, "INVALID", "'\(unknown)' is not a valid field name")
        }
        names = Set(asked)
    }

    func contains(_ name: String) -> Bool {
        names?.contains(name) ?? true
    }

    func select(_ attributes: [SandboxAttribute]) -> [SandboxAttribute] {
        guard let names else { return attributes }
        return attributes.filter { names.contains($0.name) }
    }

    static let device = [
        "serialNumber", "addedToOrgDateTime", "releasedFromOrgDateTime", "updatedDateTime", "deviceModel",
        "productFamily", "productType", "deviceCapacity", "partNumber", "orderNumber", "color", "status",
        "orderDateTime", "imei", "meid", "eid", "purchaseSourceId", "purchaseSourceUid", "purchaseSourceType",
        "wifiMacAddress", "bluetoothMacAddress", "ethernetMacAddress", "isMdmMigrationCapable", "mdmMigrationStatus",
        "mdmMigrationDeadlineDateTime", "assignedServer", "appleCareCoverage", "activationLockStatus",
    ]
    static let coverage = [
        "status", "paymentType", "description", "agreementNumber", "startDateTime", "endDateTime", "isRenewable",
        "isCanceled", "contractCancelDateTime",
    ]
    static let activationLock = ["isLocked", "lockType"]
    static let assignedServer = ["serverName", "serverType", "createdDateTime", "updatedDateTime", "devices"]
    static let server =
        assignedServer + [
            "enableMdmDisownFlag", "defaultProductFamilies", "status", "deviceCount", "lastConnectedDateTime",
            "lastConnectedIp",
        ]
    static let activity = ["status", "subStatus", "createdDateTime", "completedDateTime", "downloadUrl"]
    static let mdmDevice = ["serialNumber", "deviceName", "productFamily", "enrolledUserId", "details"]
    static let mdmDeviceDetails = [
        "serialNumber", "deviceName", "deviceModel", "osVersion", "platform", "imei", "meid", "wifiMacAddress",
        "bluetoothMacAddress", "ethernetMacAddress", "lastCheckInDateTime", "isFirewallEnabled", "isFileVaultEnabled",
        "storageFreeCapacity", "storageTotalCapacity", "deviceLockStatus", "deviceEraseStatus", "lostModeStatus",
    ]
    static let auditEvent = [
        "eventDateTime", "type", "category", "actorType", "actorId", "actorName", "subjectType", "subjectId",
        "subjectName", "outcome", "groupId", "eventDataPropertyKey",
    ]
}

import Records

/// What Apple's audit log says of an event. Members that an event lacks, or has in another form, are nil.
struct AuditEntry {
    private(set) var type: String?
    private(set) var time: Timestamp?
    /// The device that the payload names, or else the subject, if that is a device.
    var serialNumber: String? { named ?? (subjectIsDevice ? subject : nil) }
    /// The service that a device was assigned to.
    private(set) var service: String?
    private(set) var hasSucceeded = true
    private var named: String?
    private var subject: String?
    private var subjectIsDevice = false

    init(_ resource: Resource) throws {
        let payload = JSONReader()
        try JSONReader().members(resource.attributes) { member in
            switch (member.name, member.kind) {
            case ("type", .string): type = member.string
            case ("eventDateTime", .string): time = Timestamp.parse(member.text.span).value
            case ("subjectType", .string): subjectIsDevice = member.string == "DEVICE"
            case ("subjectId", .string): subject = member.string
            case ("outcome", .string): hasSucceeded = member.string != "FAILURE"
            case (_, .object):
                try payload.members(member.text) { part in
                    guard case .string = part.kind else { return }
                    if part.name == "serialNumber" { named = part.string }
                    if part.name == "targetServerName" { service = part.string }
                }
            default: break
            }
        }
    }
}

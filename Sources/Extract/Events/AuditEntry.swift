import Inventory
import Records

/// What Apple's audit log says of an event. Members that an event lacks, or has in another form, are nil.
struct AuditEntry {
    private(set) var type: String?
    private(set) var time: Timestamp?
    /// The device that the payload names, or else the subject, if that is a device.
    var serialNumber: String? { named ?? (subjectIsDevice ? subject : nil) }
    /// The service that a device was assigned to.
    private(set) var service: String?
    /// What released a device: USER, MDM, RESELLER, API, REPLACEMENT.
    private(set) var releasedBy: String?
    /// Who did it; nil if the log does not say.
    var actor: DeviceEvent.Actor? { actorType.map { DeviceEvent.Actor(type: $0, id: actorID, name: actorName) } }
    private var actorType, actorID, actorName: String?
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
            case ("actorType", .string): actorType = member.string
            case ("actorId", .string): actorID = member.string
            case ("actorName", .string): actorName = member.string
            case ("outcome", .string): hasSucceeded = member.string != "FAILURE"
            case (_, .object):
                try payload.members(member.text) { part in
                    guard case .string = part.kind else { return }
                    if part.name == "serialNumber" { named = part.string }
                    if part.name == "targetServerName" { service = part.string }
                    if part.name == "releaseEntityType" { releasedBy = part.string }
                }
            default: break
            }
        }
    }
}

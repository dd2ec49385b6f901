/// An entry of the audit log.
struct AuditEvent {
    let id: String
    let time: Moment
    let type: String
    let subjectID: String
    let actorID: String
    let attributes: [SandboxAttribute]
}

/// Who did what the audit log tells.
struct AuditActor {
    let type: String
    let id: String
    let name: String

    static let person = AuditActor(type: "USER", id: "user-0001", name: "Jürgen \"JD\" Müller")
    static let system = AuditActor(type: "SYSTEM", id: "system", name: "System")

    static func account(_ clientID: String) -> AuditActor {
        AuditActor(type: "API_USER", id: clientID, name: "API account")
    }
}

extension AuditEvent {
    init(
        id: String,
        time: Moment,
        type: String,
        serial: String,
        actor: AuditActor,
        data: [SandboxAttribute]
    ) {
        let words = type.split(separator: "_").map { $0.prefix(1) + $0.dropFirst().lowercased() }
        let key = "eventData" + words.joined()
        self.id = id
        self.time = time
        self.type = type
        subjectID = serial
        actorID = actor.id
        attributes = [
            SandboxAttribute("eventDateTime", .text(time.text)),
            SandboxAttribute("type", .text(type)),
            SandboxAttribute("category", .text(type.contains("PURCHASE") ? "PURCHASING" : "DEVICE_INVENTORY")),
            SandboxAttribute("actorType", .text(actor.type)),
            SandboxAttribute("actorId", .text(actor.id)),
            SandboxAttribute("actorName", .text(actor.name)),
            SandboxAttribute("subjectType", .text("DEVICE")),
            SandboxAttribute("subjectId", .text(serial)),
            SandboxAttribute("subjectName", .text(serial)),
            SandboxAttribute("outcome", .text("SUCCESS")),
            SandboxAttribute("groupId", .text("group-\(time.milliseconds)")),
            SandboxAttribute("eventDataPropertyKey", .text(key)),
            SandboxAttribute(key, .object(data)),
        ]
    }
}

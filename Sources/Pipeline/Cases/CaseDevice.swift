import Inventory
import Records
import Stages

/// A device of a case, with what Apple would answer about it.
struct CaseDevice: Sendable {
    let location: SourceLocation
    let serial: String
    /// A JSON object, as Apple sends it.
    let attributes: [UInt8]
    /// The ID of the service that it is assigned to; nil if none. Its name, if it has no other ID.
    let server: String?
    /// What the case says about the service.
    let serverAttributes: [String: ConfigNode]
    /// JSON for each answer, as the inventory stores it.
    let answers: [Facet: [UInt8]]

    private static let serialNumber = "serialNumber"

    static let settings = attributes(of: .devices, required: serialNumber) + besides

    /// What a device has besides Apple's attributes.
    static let besides =
        Schema.assignmentFields.map { attribute($0.name, $0.meaning) }
        + [
            SettingDoc(
                name: "coverage",
                type: "list of coverage records",
                form: .anyOf([.list(.settings([attribute("id", "Apple's ID of the record.")] + coverage)), .empty]),
                meaning: "Its coverage records; `[]` if Apple knows none. Without this, its coverage is unknown."
            ),
            SettingDoc(
                name: "activation_lock",
                type: "map",
                form: .settings(lock),
                meaning: "Its Activation Lock. Without this, it is unknown."
            ),
            extra,
        ]

    private static let coverage = attributes(of: .coverage) + [extra]
    private static let lock = [
        attribute("isLocked", "Whether the lock is on."), attribute("lockType", "MDM, USER, or NONE."),
    ]
    private static let extra = SettingDoc(
        name: "extra",
        type: "map",
        form: .named(.anything),
        meaning: "Attributes that have no column."
    )

    private static func attribute(_ name: String, _ meaning: String, isRequired: Bool = false) -> SettingDoc {
        SettingDoc(name: name, type: "value", form: .anything, isRequired: isRequired, meaning: meaning)
    }

    private static func attributes(of schema: Schema, required: String = "") -> [SettingDoc] {
        schema.fields.filter { !$0.path.isEmpty }.flatMap { field in
            ([field.path] + field.aliases).map { attribute($0, field.meaning, isRequired: $0 == required) }
        }
    }

    /// Nil if it has problems.
    init?(_ node: ConfigNode, problems: inout Problems) {
        location = node.location
        guard let entries = node.entries(Self.settings.map(\.name), of: "a device", problems: &problems) else {
            return nil
        }
        guard let serial = entries[Self.serialNumber]?.scalarText, !serial.isEmpty else {
            problems.add(Diagnostic("a device needs 'serialNumber'", at: node.location))
            return nil
        }
        self.serial = serial
        attributes = Self.attributes(entries, of: .devices)
        var answers: [Facet: [UInt8]] = [:]
        if let records = entries["coverage"] {
            answers[.coverage] = Self.coverage(records, of: serial, problems: &problems)
        }
        if let lock = entries["activation_lock"] {
            answers[.activationLock] = Self.lock(lock, problems: &problems)
        }
        self.answers = answers
        let id = entries["server_id"]?.scalarText ?? entries["server_name"]?.scalarText ?? ""
        server = id.isEmpty ? nil : id
        serverAttributes = Dictionary(
            uniqueKeysWithValues: Schema.assignmentFields.compactMap { field in
                field.path.isEmpty ? nil : entries[field.name].map { (field.path, $0) }
            }
        )
    }

    private static func attributes(_ entries: [String: ConfigNode], of schema: Schema) -> [UInt8] {
        var object = AttributeObject()
        for field in schema.fields where !field.path.isEmpty {
            for name in [field.path] + field.aliases { object.add(name, entries[name], as: field.type) }
        }
        if case .map(let pairs) = entries["extra"]?.content {
            for (key, value) in pairs { object.add(key.scalarText ?? "", value, as: .json) }
        }
        return object.json
    }

    private static func coverage(_ node: ConfigNode, of serial: String, problems: inout Problems) -> [UInt8] {
        let names = ["id"] + coverage.map(\.name)
        var records: [[UInt8]] = []
        for (number, item) in node.stages.enumerated() {
            guard let entries = item.entries(names, of: "a coverage record", problems: &problems) else { continue }
            var record = AttributeObject()
            record.add("id", text: entries["id"]?.scalarText ?? "\(serial)-\(number + 1)")
            record.add("attributes", json: attributes(entries, of: .coverage))
            records.append(record.json)
        }
        return Array("[".utf8) + records.joined(separator: Array(",".utf8)) + Array("]".utf8)
    }

    private static func lock(_ node: ConfigNode, problems: inout Problems) -> [UInt8]? {
        guard let entries = node.entries(lock.map(\.name), of: "activation_lock", problems: &problems) else {
            return nil
        }
        var object = AttributeObject()
        object.add("isLocked", entries["isLocked"], as: .boolean)
        object.add("lockType", entries["lockType"], as: .text)
        return object.json
    }
}

extension TestCase {
    /// The services of its devices. Devices with one name have one service.
    var servers: [Resource] {
        var attributes: [String: [String: ConfigNode]] = [:]
        for device in devices {
            if let server = device.server {
                attributes[server, default: [:]].merge(device.serverAttributes) { first, _ in first }
            }
        }
        return attributes.sorted { $0.key < $1.key }.map { id, named in
            var object = AttributeObject()
            for (name, value) in named { object.add(name, value, as: .text) }
            return Resource(type: "mdmServers", id: id, attributes: object.json)
        }
    }
}

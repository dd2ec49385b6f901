import GRDB
import Records

/// The kinds of change in the dataset `changes`.
enum ChangeKind {
    case added, updated, reassigned, released, vanished, returned
    case answered(Facet)

    var code: String {
        switch self {
        case .added: "added"
        case .updated: "updated"
        case .reassigned: "reassigned"
        case .released: "released"
        case .vanished: "vanished"
        case .returned: "returned"
        case .answered(let facet): facet.rawValue
        }
    }
}

/// Records what changed, column by column.
struct ChangeLog {
    private let insert: Statement
    private let now: Timestamp
    /// Created when the first device differs, and used for all.
    private lazy var reader = AttributeReader(schema: .devices, stage: "devices")

    init(_ db: Database, now: Timestamp) throws {
        self.now = now
        insert = try db.cachedStatement(
            sql: """
                INSERT INTO change(device, changed_at, kind, "column", before, after) VALUES (?, ?, ?, ?, ?, ?)
                """
        )
    }

    func log(
        _ device: Int64,
        _ kind: ChangeKind,
        column: String? = nil,
        before: String? = nil,
        after: String? = nil
    ) throws {
        try insert.execute(arguments: [device, now.microseconds, kind.code, column, before, after])
    }

    /// Logs each column in which two versions of a device differ.
    mutating func logColumns(_ device: Int64, serial: String, from old: [UInt8], to new: [UInt8], as kind: ChangeKind)
        throws
    {
        let schema = Schema.devices
        var batch = Batch(width: schema.fields.count)
        var rejects: [Reject] = []
        for (row, attributes) in [old, new].enumerated() {
            batch.appendRow()
            try attributes.withUnsafeBufferPointer {
                try reader.read($0, into: &batch, row: row, serialNumber: serial, rejects: &rejects)
            }
        }
        for (column, field) in schema.fields.enumerated() {
            let (before, after) = (batch.display(batch[column, 0]), batch.display(batch[column, 1]))
            if before != after { try log(device, kind, column: field.name, before: before, after: after) }
        }
    }
}

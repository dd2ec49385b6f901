import GRDB
import Records

/// A device management service and the number of its devices.
package struct ServerStanding: Sendable, Hashable {
    package let id: String
    /// Apple's count; nil if Apple does not return it.
    package let deviceCount: Int?
    /// Devices that the inventory has as assigned to it.
    package let knownMembers: Int

    /// Whether its list need not be read. That is so only for an empty list: equal counts do not mean equal devices,
    /// because one may have left when another came, and Apple does not document that `updatedDateTime` changes then.
    package var isKnownToBeEmpty: Bool { deviceCount == 0 && knownMembers == 0 }
}

extension Inventory {
    /// Replaces the list of device management services. If the list could not be read completely, services missing
    /// from it stay, and it must be read again.
    package func recordServers(_ servers: [Resource], at now: Timestamp, isWhole: Bool = true) throws {
        let schema = Schema.servers
        let reader = AttributeReader(schema: schema, stage: "servers")
        let (name, type) = (schema.index(of: "server_name"), schema.index(of: "server_type"))
        try pool.write { db in
            if isWhole { try db.execute(sql: "DELETE FROM server") }
            let upsert = try db.cachedStatement(
                sql: """
                    INSERT INTO server(id, attributes, name, type, read_at) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT(id) DO UPDATE SET attributes = excluded.attributes, name = excluded.name,
                      type = excluded.type, read_at = excluded.read_at
                    """
            )
            for server in servers {
                var batch = Batch(width: schema.fields.count)
                batch.appendRow()
                var rejects: [Reject] = []
                try server.attributes.withUnsafeBufferPointer {
                    try reader.read($0, into: &batch, row: 0, serialNumber: server.id, rejects: &rejects)
                }
                try upsert.execute(arguments: [
                    server.id, String(decoding: server.attributes, as: UTF8.self),
                    name.flatMap { batch.display(batch[$0, 0]) }, type.flatMap { batch.display(batch[$0, 0]) },
                    now.microseconds,
                ])
            }
            if isWhole { try Self.finish(.services, db) }
        }
    }

    /// The services; nil unless this round has read them.
    package func servers(readIn round: Round) throws -> [ServerStanding]? {
        try isDone(.services, in: round) ? knownServers : nil
    }

    /// The services as last read.
    package var knownServers: [ServerStanding] {
        get throws { try pool.read(Self.standings) }
    }

    private static func standings(_ db: Database) throws -> [ServerStanding] {
        let members = Dictionary(
            uniqueKeysWithValues: try Row.fetchAll(db, sql: "SELECT server, count(*) FROM assignment GROUP BY server")
                .map { ($0[0] as String, $0[1] as Int) }
        )
        return try Row.fetchAll(
            db,
            sql: """
                SELECT id, CASE WHEN typeof(attributes ->> '$.deviceCount') = 'integer'
                  THEN max(0, min(attributes ->> '$.deviceCount', 1000000000)) END
                FROM server ORDER BY id
                """
        ).map { ServerStanding(id: $0[0], deviceCount: $0[1], knownMembers: members[$0[0]] ?? 0) }
    }

    /// When all lists of assigned devices were last read to the end.
    package var lastAssignments: Timestamp? {
        get throws { try pool.read(Meta.assignedAt.get) }
    }
}

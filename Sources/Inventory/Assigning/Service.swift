import GRDB
import Records

/// A device management service, as an assignment needs to know it.
package struct Service: Sendable, Hashable, Codable {
    package let id: String
    package let name: String
    /// MDM, APPLE_CONFIGURATOR, APPLE_MDM, or a word that this version does not know.
    package let type: String
    /// ACTIVE, INACTIVE, or DELETED; nil if Apple does not say, as in Apple School Manager.
    package let status: String?
    /// Product families that Apple assigns to it by default.
    package let defaultProductFamilies: [String]

    package init(id: String, name: String, type: String, status: String? = nil, defaultProductFamilies: [String] = []) {
        self.id = id
        self.name = name
        self.type = type
        self.status = status
        self.defaultProductFamilies = defaultProductFamilies
    }
}

extension Inventory {
    /// The services as last read, by name and ID.
    package var services: [Service] {
        get throws {
            try pool.read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT id, coalesce(name, ''), coalesce(type, ''), attributes ->> '$.status',
                          (SELECT json_group_array(value) FROM json_each(attributes, '$.defaultProductFamilies')
                            WHERE type = 'text')
                        FROM server ORDER BY 2, 1
                        """
                ).map { row in
                    Service(
                        id: row[0],
                        name: row[1],
                        type: row[2],
                        status: row[3],
                        defaultProductFamilies: try texts(in: row[4])
                    )
                }
            }
        }
    }

    /// The texts of a JSON array.
    private func texts(in array: String) throws -> [String] {
        var texts: [String] = []
        try JSONReader().members(Array(array.utf8)) { texts.append($0.string) }
        return texts
    }
}

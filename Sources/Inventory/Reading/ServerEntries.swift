import Foundation
import GRDB
import Records

/// The device management services by id. Devices look for theirs here: a join would cost a seventh of their query.
struct ServerEntries {
    struct Entry {
        let id: [UInt8]
        let name, type: [UInt8]?
        /// Values that cannot be a name or a type: each device of the service lacks them.
        let rejects: [Reject]
    }

    /// In the order of their ids' bytes.
    private let entries: [Entry]

    init(_ db: Database) throws {
        var entries: [Entry] = []
        try db.cachedStatement(sql: "SELECT id, name, type, attributes FROM server ORDER BY id").run([]) { row in
            guard let id = row.bytes(0) else { return }
            let (name, type) = (row.bytes(1).map(Array.init), row.bytes(2).map(Array.init))
            let isWhole = name != nil && type != nil
            let rejects = isWhole ? [] : try row.bytes(3).map(Self.rejects) ?? []
            entries.append(Entry(id: Array(id), name: name, type: type, rejects: rejects))
        }
        self.entries = entries
    }

    private static func rejects(in attributes: UnsafeBufferPointer<UInt8>) throws -> [Reject] {
        var batch = Batch(width: Schema.servers.fields.count)
        batch.appendRow()
        var found: [Reject] = []
        try AttributeReader(schema: .servers, stage: "assignments")
            .read(attributes, into: &batch, row: 0, serialNumber: "", rejects: &found)
        return found.filter { ["server_name", "server_type"].contains($0.column) }
    }

    /// The service with this id, if it is known.
    subscript(id: UnsafeBufferPointer<UInt8>) -> Entry? {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            let order = Self.order(of: entries[middle].id, id)
            if order == 0 { return entries[middle] }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// Negative if the first id comes before the second, 0 if both are the same.
    private static func order(of first: [UInt8], _ second: UnsafeBufferPointer<UInt8>) -> Int {
        first.withUnsafeBufferPointer { first in
            guard let one = first.baseAddress, let other = second.baseAddress else { return first.count - second.count }
            let order = memcmp(one, other, min(first.count, second.count))
            return order == 0 ? first.count - second.count : Int(order)
        }
    }
}

import GRDB
import Records

/// When an answer about AppleCare expires because of its own dates.
enum CoverageDates {
    /// The new end of a renewed term may appear some days late.
    private static let lateness = 7 * Timestamp.microsecondsPerDay

    /// The first date after `read` at which a record of the answer begins, ends, or is renewed.
    static func next(in records: some Collection<UInt8>, after read: Timestamp) throws -> Timestamp? {
        if let next = try records.withContiguousStorageIfAvailable({ try next(in: $0, after: read) }) { return next }
        return try ContiguousArray(records).withUnsafeBufferPointer { try next(in: $0, after: read) }
    }

    private static func next(in records: UnsafeBufferPointer<UInt8>, after read: Timestamp) throws -> Timestamp? {
        var next: Timestamp?
        let reader = JSONReader()
        try JSONReader().document(records) { _ in
        } resource: { record in
            guard let attributes = record.attributes else { return }
            if let found = try Dates(attributes, reader).next(after: read) { next = min(next ?? found, found) }
        }
        return next
    }

    /// Recomputes the dates of answers that were read in the future, when the clock was ahead: dates that it had
    /// passed may still be to come.
    static func renew(_ db: Database, at now: Timestamp) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT id, answer, due_at FROM coverage WHERE checked_at > ? AND answer IS NOT NULL",
            arguments: [now.microseconds]
        )
        var found: [(id: Int64, due: Int64)] = []
        while let row = try rows.next() {
            let (answer, due) = (row[1] as String, row[2] as Int64?)
            guard let next = try next(in: answer.utf8, after: now), next.microseconds < due ?? .max else { continue }
            found.append((row[0], next.microseconds))
        }
        let update = try db.cachedStatement(sql: "UPDATE coverage SET due_at = ? WHERE id = ?")
        for (id, due) in found { try update.run([.integer(due), .integer(id)]) }
    }

    private struct Dates {
        private var dates: [Timestamp] = []
        private var end: Timestamp?
        private var renews = false
        private var isCanceled = false

        init(_ attributes: UnsafeBufferPointer<UInt8>, _ reader: JSONReader) throws {
            try reader.members(attributes) { member in
                let name = member.name
                switch member.kind {
                case .boolean(let flag) where name == "isRenewable": renews = flag
                case .boolean(let flag) where name == "isCanceled": isCanceled = flag
                case .string where name == "startDateTime" || name == "endDateTime" || name == "contractCancelDateTime":
                    guard let date = Timestamp.parse(member.text.span).value else { return }
                    dates.append(date)
                    if name == "endDateTime" { end = date }
                default: break
                }
            }
        }

        func next(after read: Timestamp) -> Timestamp? {
            var coming = dates.filter { $0 > read }
            if let end, renews, !isCanceled, end <= read, read.microseconds - end.microseconds < CoverageDates.lateness
            {
                coming.append(Timestamp(microseconds: read.microseconds + Timestamp.microsecondsPerDay))
            }
            return coming.min()
        }
    }
}

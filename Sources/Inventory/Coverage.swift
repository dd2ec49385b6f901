import GRDB
import Records

/// What Apple answered when asked for one device's coverage.
package enum CoverageAnswer: Sendable {
    /// A JSON array of `{"id": …, "attributes": {…}}`; empty when there is none.
    case records([UInt8])
    /// Not known, and why.
    case unknown(String)
}

/// A device whose coverage is to be read.
package struct CoverageRequest: Sendable, Hashable {
    package let id: Int64
    package let serial: String
}

extension Inventory {
    /// Devices whose coverage is unknown or older than `maxAge` seconds: first those never asked for, then those that
    /// failed, then the oldest; in each group by id, so that answers are written in order.
    package func coverageRequests(maxAge: Int64, at now: Timestamp, limit: Int) throws -> [CoverageRequest] {
        try pool.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT device.id, serial FROM device LEFT JOIN coverage USING (id)
                    WHERE removed_at IS NULL AND (checked_at IS NULL OR error IS NOT NULL OR is_stale OR checked_at <= ?)
                    ORDER BY coverage.id IS NOT NULL, error IS NULL, checked_at, device.id LIMIT ?
                    """,
                arguments: [now.microseconds - maxAge * 1_000_000, limit]
            ).map { CoverageRequest(id: $0["id"], serial: $0["serial"]) }
        }
    }

    /// Has all coverage read again, however young. What is known stays until then.
    package func forgetCoverageAge() throws {
        try pool.write { try $0.execute(sql: "UPDATE coverage SET is_stale = 1") }
    }

    /// Stores answers. A failure keeps what was known before and says why it was not renewed.
    ///
    /// - Returns: how many answers differ from what was known.
    package func recordCoverage(_ answers: [(id: Int64, answer: CoverageAnswer)], at now: Timestamp) throws -> Int {
        try pool.write { db in
            let changes = try ChangeLog(db, now: now)
            let find = try db.cachedStatement(sql: "SELECT records FROM coverage WHERE id = ?")
            let succeed = try db.cachedStatement(
                sql: """
                    INSERT INTO coverage(id, records, checked_at) VALUES (?, ?, ?)
                    ON CONFLICT(id) DO UPDATE SET records = excluded.records, checked_at = excluded.checked_at,
                      error = NULL, failed_at = NULL, is_stale = 0
                    """
            )
            let fail = try db.cachedStatement(
                sql: """
                    INSERT INTO coverage(id, error, failed_at) VALUES (?, ?, ?)
                    ON CONFLICT(id) DO UPDATE SET error = excluded.error, failed_at = excluded.failed_at
                    """
            )
            var changed = 0
            for (id, answer) in answers {
                switch answer {
                case .records(let records):
                    let after = String(decoding: records, as: UTF8.self)
                    let before = try String.fetchOne(find, arguments: [id])
                    if before != after { changed += 1 }
                    if let before, before != after {
                        try changes.log(id, .coverage, column: "coverage_records", before: before, after: after)
                    }
                    try succeed.execute(arguments: [id, after, now.microseconds])
                case .unknown(let reason): try fail.execute(arguments: [id, reason, now.microseconds])
                }
            }
            return changed
        }
    }
}

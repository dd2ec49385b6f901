import PostgreSQL
import Records
import Stages

/// What the database says about an organization's copy.
struct StoredCopy: Sendable {
    /// Identifies the state of an inventory that was stored.
    let stamp: String
    let size: Int
    let checksum: String
    let storedAt: String
    let holder: String

    /// The layout of the tables that this version reads.
    static let layout = 1

    /// Nil if there is none.
    init?(of lease: Int, in database: PostgresHandle) throws {
        let rows = try database.rows(
            """
            SELECT layout, stamp, size, checksum, \(KeepingPlace.utc("stored_at")), holder, version, piece
            FROM axport_inventory.copy WHERE lease = $1::integer
            """,
            with: ["\(lease)"]
        )
        guard let row = rows.first else { return nil }
        let values = row.map { $0 ?? "" }
        guard Int(values[0]) == Self.layout, Int(values[7]) == PieceCodec.size else {
            throw Failure(
                .destinationFailed,
                "the copy of the inventory was stored by axport \(values[6]), which is newer than this one",
                advice: "update axport on this machine"
            )
        }
        (stamp, size, checksum) = (values[1], Int(values[2]) ?? 0, values[3])
        (storedAt, holder) = (values[4], values[5])
    }

    /// The number of its pieces.
    var pieces: Int { (size + PieceCodec.size - 1) / PieceCodec.size }

    /// The hashes of its pieces, one after another.
    static func hashes(of lease: Int, in database: PostgresHandle) throws -> [UInt8] {
        try database.bytes(
            "SELECT coalesce(string_agg(hash, ''::bytea ORDER BY number), ''::bytea) FROM axport_inventory.piece WHERE lease = $1::integer",
            with: ["\(lease)"]
        ).first ?? []
    }

    static func damaged(_ problem: String, organization: String) -> Failure {
        Failure(
            .destinationFailed,
            "inventory.keep_in: the copy of the inventory of \(organization) is damaged: \(problem)",
            advice: """
                run on a machine that still has the inventory, or delete the copy, after which the next run reads \
                everything: DELETE FROM axport_inventory.copy USING axport_inventory.lease WHERE copy.lease = lease.id \
                AND organization = '\(organization.replacing("'", with: "''"))';
                """
        )
    }
}

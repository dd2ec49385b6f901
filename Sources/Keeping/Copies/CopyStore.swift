import Inventory
import PostgreSQL
import Records
import Stages

/// Stores copies of an open inventory under a lease. Only pieces that changed travel.
package actor CopyStore {
    private let lease: HeldLease
    private let inventory: Inventory
    private let version: String
    /// The state in the database; nil if not read yet.
    private var stored: StoredState?
    private var number: Int64 = 0

    /// - Parameter version: the version of axport.
    package init(of inventory: Inventory, under lease: HeldLease, version: String) {
        self.inventory = inventory
        self.lease = lease
        self.version = version
    }

    /// Stores the inventory in its present state. Readers see the former copy or this one.
    @discardableResult
    package func store() async throws -> CopyCost {
        number += 1
        let stamp = "\(lease.token).\(number)"
        // The lease's number comes first, so that generations only grow.
        let generation = lease.fence * 1_000_000 + number
        let (lease, inventory, version, stored) = (lease, inventory, version, stored)
        // Whether a copy whose commit was not answered is there, only the database knows.
        self.stored = nil
        let (state, cost) = try await lease.place.inDatabase { database in
            let former = try stored ?? StoredState(of: lease.id, in: database)
            let file = try inventory.copy(after: former.stamp, as: stamp)
            defer { file.remove() }
            let upload = PieceUpload(of: lease, generation: generation, over: former.hashes, to: database)
            let sent = try upload.send(file)
            try lease.commit(sent, generation: generation, stamp: stamp, version: version, in: database)
            return (StoredState(stamp: stamp, hashes: sent.hashes), sent.cost)
        }
        self.stored = state
        return cost
    }
}

/// What one copy cost.
package struct CopyCost: Sendable, Hashable {
    /// Pieces that had changed.
    package var pieces = 0
    /// Bytes sent to the database.
    package var bytes = 0
}

/// The stored copy, as far as the next one depends on it.
private struct StoredState: Sendable {
    var stamp: String?
    var hashes: [UInt8]

    init(stamp: String, hashes: [UInt8]) {
        self.stamp = stamp
        self.hashes = hashes
    }

    init(of lease: Int, in database: PostgresHandle) throws {
        stamp = try StoredCopy(of: lease, in: database)?.stamp
        hashes = stamp == nil ? [] : try StoredCopy.hashes(of: lease, in: database)
    }
}

extension HeldLease {
    /// Makes the sent pieces the copy, in the transaction that sent them.
    fileprivate func commit(
        _ sent: SentPieces,
        generation: Int64,
        stamp: String,
        version: String,
        in database: PostgresHandle
    ) throws {
        try require()
        // From here on, a process that is stopped must not hold up others.
        try database.execute(
            "SET LOCAL idle_in_transaction_session_timeout = '\(place.term.components.seconds)s'"
        )
        guard try !database.rows(row.lock, with: row.values).isEmpty else { throw fenced(by: nil) }
        let (id, new) = ("\(id)", "\(generation)")
        try database.rows(
            """
            DELETE FROM axport_inventory.piece AS former USING axport_inventory.piece AS sent
            WHERE former.lease = $1::integer AND sent.lease = $1::integer AND sent.generation = $2::bigint
                AND former.number = sent.number AND former.generation <> sent.generation
            """,
            with: [id, new]
        )
        try database.rows(
            "DELETE FROM axport_inventory.piece WHERE lease = $1::integer AND number >= $2::integer",
            with: [id, "\(sent.count)"]
        )
        try database.rows(
            """
            INSERT INTO axport_inventory.copy
                (lease, layout, generation, stamp, size, piece, checksum, stored_at, holder, version)
            VALUES ($1::integer, \(StoredCopy.layout), $2::bigint, $3, $4::bigint, \(PieceCodec.size), $5,
                clock_timestamp(), $6, $7)
            ON CONFLICT (lease) DO UPDATE SET layout = excluded.layout, generation = excluded.generation,
                stamp = excluded.stamp, size = excluded.size, piece = excluded.piece, checksum = excluded.checksum,
                stored_at = excluded.stored_at, holder = excluded.holder, version = excluded.version
            """,
            with: [id, new, stamp, "\(sent.size)", sent.checksum, holder, version]
        )
        try require()
        try database.commit()
    }
}

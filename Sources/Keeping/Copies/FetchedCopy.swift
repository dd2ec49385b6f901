import Crypto
import PostgreSQL
import Records
import Stages

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension HeldLease {
    /// Fetches the stored copy into a file, unless the local inventory has the same state or a later one of its own.
    ///
    /// - Parameters:
    ///   - known: the states that the local inventory is based on.
    ///   - file: the file to create, for this user only.
    /// - Returns: a note about the copy; nil if none was fetched.
    func fetch(unlessIn known: [String], to file: FilePlace) async throws -> String? {
        let (lease, organization) = (id, place.organization)
        return try await place.inDatabase { database in
            // One state, even if somebody stores another one meanwhile.
            try database.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            defer { database.rollBack() }
            guard let copy = try StoredCopy(of: lease, in: database), !known.contains(copy.stamp) else { return nil }
            try Self.write(copy, of: lease, organization, from: database, to: file)
            return "the local inventory was replaced by a newer copy, stored at \(copy.storedAt) by \(copy.holder)"
        }
    }

    /// Pieces that are fetched at once.
    private static let most = 512

    private static func write(
        _ copy: StoredCopy,
        of lease: Int,
        _ organization: String,
        from database: PostgresHandle,
        to file: FilePlace
    ) throws {
        let descriptor = try file.openPrivate(advice: "choose another path with `inventory:` in the pipeline file")
        defer { close(descriptor) }
        guard ftruncate(descriptor, 0) == 0 else { throw Descriptor.failure("write", file.path) }
        let target = Descriptor(number: descriptor, name: file.path)
        var codec = try PieceCodec()
        var hash = SHA256()
        var written = 0
        for first in stride(from: 0, to: copy.pieces, by: most) {
            let end = min(first + most, copy.pieces)
            let pieces = try database.bytes(
                """
                SELECT data FROM axport_inventory.piece
                WHERE lease = $1::integer AND number >= $2::integer AND number < $3::integer ORDER BY number
                """,
                with: ["\(lease)", "\(first)", "\(end)"]
            )
            guard pieces.count == end - first else {
                throw StoredCopy.damaged("pieces are missing from \(first) on", organization: organization)
            }
            var bytes: [UInt8] = []
            for (number, piece) in pieces.enumerated() {
                guard let original = codec.original(piece) else {
                    throw StoredCopy.damaged("piece \(first + number) cannot be read", organization: organization)
                }
                bytes += original
            }
            hash.update(data: bytes)
            try target.write(bytes)
            written += bytes.count
        }
        guard written == copy.size, hash.finalize().hex == copy.checksum else {
            throw StoredCopy.damaged("its checksum does not fit", organization: organization)
        }
        guard fsync(descriptor) == 0 else { throw Descriptor.failure("write", file.path) }
    }
}

import Crypto
import PostgreSQL
import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What was sent of a file.
struct SentPieces: Sendable {
    /// The hashes of all its pieces, one after another.
    var hashes: [UInt8] = []
    var size = 0
    var checksum = ""
    var cost = CopyCost()

    /// The number of all its pieces.
    var count: Int { hashes.count / PieceUpload.hashSize }
}

/// Sends the pieces of a file that differ from the stored ones.
struct PieceUpload {
    static let hashSize = 16
    private static let chunk = 1 << 18

    private let lease: HeldLease
    private let generation: Int64
    private let former: [UInt8]
    private let database: PostgresHandle

    /// - Parameter former: the hashes of the stored pieces.
    init(of lease: HeldLease, generation: Int64, over former: [UInt8], to database: PostgresHandle) {
        self.lease = lease
        self.generation = generation
        self.former = former
        self.database = database
    }

    /// Begins a transaction and sends the pieces in it.
    func send(_ file: FilePlace) throws -> SentPieces {
        let number = file.open(O_RDONLY)
        guard number >= 0 else { throw Descriptor.failure("read", file.path) }
        defer { close(number) }
        try database.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
        try database.beginCopy(
            "COPY axport_inventory.piece (lease, number, generation, hash, data) FROM STDIN (FORMAT binary)"
        )
        var sent = SentPieces()
        var codec = try PieceCodec()
        var checksum = SHA256()
        var rows = BinaryRows()
        _ = try Descriptor(number: number, name: file.path).read { bytes, _ in
            checksum.update(data: bytes)
            sent.size += bytes.count
            for start in stride(from: 0, to: bytes.count, by: PieceCodec.size) {
                let piece = bytes[start..<min(start + PieceCodec.size, bytes.count)]
                let hash = SHA256.hash(data: piece).prefix(Self.hashSize)
                let place = sent.hashes.count
                sent.hashes += hash
                if place < former.count, former[place..<place + Self.hashSize].elementsEqual(hash) { continue }
                guard let data = codec.compressed(piece) else {
                    throw Failure(.destinationFailed, "zstd cannot compress a piece of \(file.path)")
                }
                rows.add(lease.id, number: place / Self.hashSize, generation, Array(hash), data)
                sent.cost.pieces += 1
                if rows.bytes.count >= Self.chunk { sent.cost.bytes += try flush(&rows) }
            }
            try lease.require()
            return true
        }
        rows.end()
        sent.cost.bytes += try flush(&rows)
        guard try database.endCopy() == sent.cost.pieces else {
            throw Failure(.destinationFailed, "PostgreSQL took only some pieces of the inventory")
        }
        sent.checksum = checksum.finalize().hex
        return sent
    }

    private func flush(_ rows: inout BinaryRows) throws -> Int {
        defer { rows.bytes.removeAll(keepingCapacity: true) }
        try database.copy(rows.bytes)
        return rows.bytes.count
    }
}

/// Rows as COPY sends them in its binary format.
private struct BinaryRows {
    var bytes: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0] + [UInt8](repeating: 0, count: 8)

    mutating func add(_ lease: Int, number: Int, _ generation: Int64, _ hash: [UInt8], _ data: ArraySlice<UInt8>) {
        add(Int16(5))
        integer(Int32(truncatingIfNeeded: lease))
        integer(Int32(truncatingIfNeeded: number))
        integer(generation)
        add(Int32(hash.count))
        bytes += hash
        add(Int32(data.count))
        bytes += data
    }

    mutating func end() { add(Int16(-1)) }

    private mutating func integer(_ number: some FixedWidthInteger) {
        add(Int32(number.bitWidth / 8))
        add(number)
    }

    private mutating func add(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
    }
}

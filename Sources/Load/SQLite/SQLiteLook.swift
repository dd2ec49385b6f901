import GRDB
import GRDBSQLite
import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A database file that is only looked at: neither the file nor those that SQLite keeps beside it change.
struct SQLiteLook {
    let path: String
    let place: FilePlace
    /// Nil if the load will create the file.
    let status: stat?
    let isFolderMissing: Bool

    /// Checks the place by the rules of ``SQLiteFile``.
    init(_ name: String) throws {
        let expected = try ExpectedPlace(name)
        (place, isFolderMissing) = (expected.place, expected.isFolderMissing)
        path = isFolderMissing ? name : SQLiteFile.path(of: place)
        guard !isFolderMissing else {
            status = nil
            return
        }
        try SQLiteFile.requireOwnCompanions(of: place, path)
        status = place.status
        guard status != nil else {
            guard place.folder.takesNewFiles else { throw Descriptor.failure("write", path) }
            return
        }
        try place.requireOwnInPlace(for: path)
        try KeptDescriptors.look(at: place, O_RDWR) { number in
            let file = Descriptor(number: number, name: path)
            guard file.number >= 0 else { throw file.failure("write") }
            // SQLite creates files beside it.
            guard place.folder.takesNewFiles else { throw Descriptor.failure("write in the folder of", path) }
            try refuseLocked(file)
        }
    }

    /// Runs work on a connection that cannot write, to which the file is attached. Nil if SQLite could not read the
    /// file without a change to the files beside it.
    func read<Result: Sendable>(_ work: @Sendable (SQLiteConnection) throws -> Result) throws -> Result? {
        guard sqlite3_compileoption_used("USE_URI") != 0, let mode else { return nil }
        let use = KeptDescriptors.Use()
        defer { withExtendedLifetime(use) {} }
        var configuration = Configuration()
        configuration.label = "axport examination"
        configuration.readonly = true
        configuration.busyMode = .timeout(1)
        let database = try DatabaseQueue(path: ":memory:", configuration: configuration)
        return try database.unsafeRead { database in
            try database.execute(
                sql: "ATTACH DATABASE ? AS \(SQLiteStaging.attached)",
                arguments: ["file:\(PercentEncoding.encode(path: path))?\(mode)"]
            )
            return try work(SQLiteConnection(database: database))
        }
    }

    /// How SQLite reads the file; nil if it would create files beside it, or roll back the work of a killed program.
    private var mode: String? {
        let size = { (suffix: String) in place.sibling(place.name + suffix).status.map { Int($0.st_size) } }
        guard isWAL else { return (size("-journal") ?? 0) == 0 ? "mode=ro" : nil }
        if (size("-wal") ?? 0) == 0 { return "immutable=1" }
        return size("-shm") == nil ? nil : "mode=ro"
    }

    /// Whether the file's header names the write-ahead log.
    private var isWAL: Bool {
        KeptDescriptors.look(at: place, O_RDWR) { number in
            number >= 0 && (try? Descriptor(number: number, name: path).read(20, at: 0))?.last == 2
        }
    }
}

/// The locks of other programs, by the numbers in SQLite's file format.
extension SQLiteLook {
    private static let writers = (start: 0x4000_0000, count: 512)
    private static let walWriter = (start: 120, count: 1)

    private func refuseLocked(_ file: Descriptor) throws {
        let isFree = KeptDescriptors.look(at: place.sibling(place.name + "-shm"), O_RDONLY) { number in
            let log = Descriptor(number: number, name: path)
            // Most programs write only for a moment.
            for attempt in 0..<5 {
                if attempt > 0 { usleep(100_000) }
                guard Self.isLocked(file, Self.writers) || Self.isLocked(log, Self.walWriter) else { return true }
            }
            return false
        }
        if isFree { return }
        throw Failure(
            .locked,
            "another program is writing to \(path); the load waits for it up to 30 s",
            advice: "end that program, or let it commit"
        )
    }

    private static func isLocked(_ file: Descriptor, _ bytes: (start: Int, count: Int)) -> Bool {
        var lock = flock()
        lock.l_type = Int16(F_RDLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = off_t(bytes.start)
        lock.l_len = off_t(bytes.count)
        return file.number >= 0 && fcntl(file.number, F_GETLK, &lock) == 0 && lock.l_type != Int16(F_UNLCK)
    }
}

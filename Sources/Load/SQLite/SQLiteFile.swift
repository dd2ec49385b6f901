import GRDB
import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A database file. A new one gets mode 0640 less the umask. SQLite's files beside it get its mode.
struct SQLiteFile: Sendable {
    /// The path for SQLite.
    let path: String
    private let place: FilePlace
    /// Whether this load created the file, so that it may remove it.
    private var isNew = false
    /// Suffixes of the files that SQLite may create beside it.
    static let companions = ["-wal", "-shm", "-journal"]

    init(_ name: String) throws {
        place = try FilePlace(name)
        path = Self.path(of: place)
        do {
            try make()
        } catch {
            place.removeMadeFolders()
            throw error
        }
    }

    /// SQLite gives `:memory:` and the empty name a special meaning.
    static func path(of place: FilePlace) -> String { place.path.hasPrefix("/") ? place.path : "./\(place.path)" }

    /// SQLite trusts the files beside it, so they must not come from another user.
    static func requireOwnCompanions(of place: FilePlace, _ path: String) throws {
        for suffix in companions { _ = try place.sibling(place.name + suffix).requireReplaceable(for: path + suffix) }
    }

    /// Creates an empty file if there is none.
    mutating func make() throws {
        try Self.requireOwnCompanions(of: place, path)
        let new = place.make(mode: 0o640)
        if new >= 0 {
            isNew = true
            close(new)
            return
        }
        guard errno == EEXIST else { throw Descriptor.failure("write", path) }
        try place.requireOwnInPlace(for: path)
        // Not by opening it: to close it would end the locks of another load in this file (see KeptDescriptors).
        guard place.mayBeChanged else { throw Descriptor.failure("write", path) }
    }

    func attach(to database: Database) throws {
        try database.execute(sql: "ATTACH DATABASE ? AS \(SQLiteStaging.attached)", arguments: [path])
    }

    func detach(from database: Database) {
        try? database.execute(sql: "DETACH DATABASE \(SQLiteStaging.attached)")
    }

    /// Removes the file, unless it contains a table meanwhile.
    func removeIfUnused() {
        guard isNew, (try? hasTables()) == false else { return }
        for suffix in [""] + Self.companions { place.sibling(place.name + suffix).remove() }
        place.removeMadeFolders()
    }

    private func hasTables() throws -> Bool {
        var configuration = Configuration()
        configuration.readonly = true
        let database = try DatabaseQueue(path: path, configuration: configuration)
        return try database.unsafeRead {
            try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM sqlite_master)") ?? true
        }
    }

    func failure(_ error: any Error) -> any Error { Self.failure(error, path) }

    static func failure(_ error: any Error, _ path: String) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        let advice: String? =
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: "another program is using it: run again when it is done"
            case .SQLITE_NOTADB: "choose another name, or move that file away"
            case .SQLITE_CONSTRAINT: "check the deferred foreign keys and the triggers of the table"
            case .SQLITE_FULL: "free some space, there or in \(TemporaryFolder.path), and run again"
            case .SQLITE_IOERR: "check whether the disk is full or failing, and run again"
            default: nil
            }
        return Failure(
            .destinationFailed,
            "cannot load \(path): \(error.words)",
            advice: advice
        )
    }
}

import GRDB
import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The file of a database. A new one gets mode 0640 less the umask, and SQLite's files beside it follow it.
struct SQLiteFile: Sendable {
    /// As SQLite is told.
    let path: String
    private let place: FilePlace
    /// Whether this load made the file, so that it may take it back.
    private var isNew = false
    /// What SQLite may put beside the file.
    static let companions = ["-wal", "-shm", "-journal"]

    init(_ name: String) throws {
        place = try FilePlace(name)
        // SQLite reads meaning into `:memory:` and the empty name.
        path = place.path.hasPrefix("/") ? place.path : "./\(place.path)"
        do {
            try make()
        } catch {
            place.removeMadeFolders()
            throw error
        }
    }

    /// Makes an empty file where there is none. SQLite believes what it finds beside the file, so that nobody else may
    /// have put it there.
    mutating func make() throws {
        for suffix in Self.companions {
            _ = try place.sibling(place.name + suffix).requireReplaceable(for: path + suffix)
        }
        var number = place.make(mode: 0o640)
        if number >= 0 {
            isNew = true
        } else if errno == EEXIST {
            try place.requireOwnInPlace(for: path)
            number = place.open(O_RDWR)
        }
        guard number >= 0 else { throw Descriptor(number: number, name: path).failure("write") }
        close(number)
    }

    func attach(to database: Database) throws {
        try database.execute(sql: "ATTACH DATABASE ? AS \(SQLiteStaging.attached)", arguments: [path])
    }

    func detach(from database: Database) {
        try? database.execute(sql: "DETACH DATABASE \(SQLiteStaging.attached)")
    }

    /// Takes the file back, unless somebody has put a table into it.
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

    func failure(_ error: any Error) -> any Error {
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

import GRDB
import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Apple's answers about one organization, stored between runs in one SQLite file.
///
/// A cache: deleting it costs only a full run. One process at a time locks it, from opening to closing. Every method
/// commits before it returns.
package final class Inventory: Sendable {
    /// Throws if the inventory must not be changed anymore.
    package typealias Permission = @Sendable () throws -> Void

    package let path: String
    let pool: InventoryPool
    private let lock: InventoryLock

    /// Opens the file, or creates it with mode 0600 in a folder of mode 0700.
    ///
    /// - Parameters:
    ///   - identity: the organization; a file of another one is refused.
    ///   - fetched: a file that takes the place of the inventory.
    ///   - permission: asked before each change is committed, where a copy of the inventory is kept in a database.
    package init(
        path: String,
        identity: String,
        replacing fetched: FilePlace? = nil,
        permission: Permission? = nil
    ) throws(Failure) {
        self.path = path
        try Self.makeFolder(of: path)
        let place: FilePlace
        do {
            place = try FilePlace(path)
        } catch {
            throw Failure(error.code, error.message, advice: error.advice ?? Self.placeAdvice)
        }
        try Self.refuseForeign(place, path: path)
        lock = try InventoryLock(place.sibling(place.name + InventoryLock.suffix))
        if let fetched { try Self.replace(place, with: fetched) }
        try Self.claimFiles(place)
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            configuration.label = "inventory"
            let pageSize = permission == nil ? Self.pageSize : Self.keptPageSize
            configuration.prepareDatabase { try Self.configure($0, pageSize: pageSize) }
            let database = try DatabasePool(path: place.path, configuration: configuration)
            try Self.migrate(database, path: path)
            try database.read { try Self.requireRoom($0, path: path) }
            try Self.claim(database, path: path, identity: identity)
            pool = InventoryPool(database, path: path, permission: permission)
        } catch {
            throw Self.failure(of: error, path: path)
        }
    }

    /// The bytes of a page of a new file. With pages of 4 kB a first run takes a twentieth longer.
    private static let pageSize = 16_384
    /// The same of an inventory whose copy is kept in a database: each page that changed travels.
    package static let keptPageSize = 4096
    /// The bytes of the write-ahead log from which on SQLite copies it into the file. By default it would do that after
    /// 1,000 pages of any size: with small ones, a first run would sync, and rewrite the pages of an index, fifteen times.
    private static let fullLog = 16_384_000

    /// Sets the size of the pages, which only a new file takes, and of the write-ahead log. Temporary tables have small
    /// pages: more of them fit into the memory that SQLite uses before it needs a file.
    private static func configure(_ db: Database, pageSize: Int) throws {
        try db.execute(sql: "PRAGMA page_size = \(pageSize); PRAGMA temp.page_size = 4096")
        let size = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? pageSize
        try db.execute(sql: "PRAGMA wal_autocheckpoint = \(fullLog / size)")
    }

    /// Empties the write-ahead log and unlocks the file. May be called again.
    package func close() {
        guard lock.isHeld else { return }
        _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        try? pool.close()
        lock.release()
    }

    package static func makeFolder(of path: String) throws(Failure) {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        guard !FileManager.default.fileExists(atPath: folder) else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            let problem = (error as? CocoaError)?.underlying as? POSIXError
            let reason = problem.map { ": \(String(cString: strerror($0.code.rawValue)))" } ?? ""
            throw Failure(
                .destinationFailed,
                "inventory \(path): cannot create its folder\(reason)",
                advice: "choose another path with `inventory:` in the pipeline file"
            )
        }
    }

    static let placeAdvice = "choose another path with `inventory:` in the pipeline file"

    /// Creates a missing file, because SQLite would let others read it. Checks that it and SQLite's files beside it
    /// belong to this user only.
    static func claimFiles(_ place: FilePlace) throws(Failure) {
        closeDescriptor(try place.openPrivate(advice: placeAdvice))
        for suffix in besides {
            let file = place.sibling(place.name + suffix)
            if file.status != nil { closeDescriptor(try file.openPrivate(advice: placeAdvice)) }
        }
    }

    /// The files that SQLite creates beside a database.
    static let besides = ["-wal", "-shm", "-journal"]

    /// Rows are ordered by increasing numbers. Beyond the largest number, SQLite picks unused ones at random.
    private static func requireRoom(_ db: Database, path: String) throws {
        let latest = try Int64.fetchOne(
            db,
            sql: """
                SELECT max(latest) FROM (
                  SELECT max(id) AS latest FROM listing UNION ALL SELECT max(id) FROM device
                  UNION ALL SELECT max(seq) FROM run UNION ALL SELECT max(id) FROM reject
                  UNION ALL SELECT seq FROM sqlite_sequence)
                """
        )
        guard let latest, latest > 1 << 60 else { return }
        throw Failure(
            .destinationFailed,
            "inventory \(path) is damaged: its rows are numbered up to \(latest)",
            advice: "delete it; the next run then reads everything"
        )
    }

    static func failure(of error: any Error, path: String) -> Failure {
        switch error {
        case let failure as Failure: failure
        case let error as DatabaseError: failure(error, path: path)
        default: Failure(.destinationFailed, "inventory \(path): \(error)")
        }
    }

    static func damaged(_ path: String, _ problem: String) -> Failure {
        Failure(
            .destinationFailed,
            "inventory \(path) is damaged or not an inventory: \(problem)",
            advice: "delete it; the next run then reads everything"
        )
    }

    static func failure(_ error: DatabaseError, path: String) -> Failure {
        switch error.resultCode {
        case .SQLITE_NOTADB: notADatabase(path)
        case .SQLITE_CANTOPEN: unopened(path)
        case .SQLITE_CORRUPT: damaged(path, error.message ?? "")
        case .SQLITE_FULL, .SQLITE_IOERR:
            Failure(
                .destinationFailed,
                "inventory \(path): \(error.message ?? error.resultCode.description)",
                advice: """
                    free some space, there or in \(TemporaryFolder.path); the next run continues with what is \
                    stored
                    """
            )
        default: Failure(.destinationFailed, "inventory \(path): \(error.message ?? error.resultCode.description)")
        }
    }
}

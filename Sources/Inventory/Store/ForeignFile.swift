import GRDB
import GRDBSQLite
import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension Inventory {
    /// Refuses a file of another user or program before anything of it, or beside it, is changed.
    static func refuseForeign(_ place: FilePlace, path: String) throws(Failure) {
        for suffix in [""] + besides { try place.sibling(place.name + suffix).requireOwn(advice: placeAdvice) }
        try refuseForeign(at: path)
    }

    /// Refuses a file of another program. SQLite opens it, because to close any other descriptor of an inventory would
    /// end the locks that this process has on it.
    static func refuseForeign(at path: String) throws(Failure) {
        let sight = FilePlace.look(path)
        // A run that was killed at its beginning leaves an empty file.
        guard let status = sight.status, status.isRegular, status.st_size > 0 else { return }
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            let database = try DatabaseQueue(path: nameForLooking(sight.path), configuration: configuration)
            if try database.read(isForeign) { throw ofAnotherProgram(path) }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            // To open it says so, unless a copy takes its place.
            return
        } catch {
            throw failure(of: error, path: path)
        }
    }

    /// A name by which SQLite neither makes files beside the file nor rolls anything back. If there is a write-ahead
    /// log, the tables may be in that only.
    private static func nameForLooking(_ path: String) -> String {
        let log = FilePlace.look(path + "-wal").status?.st_size ?? 0
        guard log == 0, sqlite3_compileoption_used("USE_URI") != 0 else { return path }
        return "file:\(PercentEncoding.encode(path: path))?immutable=1"
    }

    /// Whether it has tables, but not ours: adding ours would mix them into somebody's database. The first step of a new
    /// inventory makes only the table of its migrations, which other programs may have, too. None sets these numbers.
    static func isForeign(_ db: Database) throws -> Bool {
        for number in ["application_id", "user_version"] {
            if try Int.fetchOne(db, sql: "PRAGMA \(number)") ?? 0 != 0 { return true }
        }
        let tables = try String.fetchSet(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
        let migrations: Set = ["grdb_migrations"]
        return !tables.isSubset(of: migrations) && !tables.isSuperset(of: migrations.union(["meta"]))
    }

    static func ofAnotherProgram(_ path: String) -> Failure {
        Failure(.pipelineInvalid, "inventory \(path) is a database of another program", advice: placeAdvice)
    }

    static func notADatabase(_ path: String) -> Failure {
        Failure(
            .destinationFailed,
            "inventory \(path) is damaged or not an inventory: it is not a SQLite database",
            advice: "\(placeAdvice); if it was the inventory, move it away, and the next run reads everything"
        )
    }
}

import GRDB
import Records
import Stages

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension SQLite {
    func examine(_ schema: Schema, _ context: LoadContext, through open: inout (any OpenPlace)?) async -> Examination {
        let path = file.path(context)
        do {
            let merge = try merge(schema, context)
            let look = try SQLiteLook(path)
            let facts = try look.fileFacts + tableFacts(merge, look)
            guard let space = DiskSpace(in: look.place.folder) else { return Examination(facts: facts) }
            try space.require(0, for: look.path)
            return Examination(
                facts: facts + ["\(space) free"],
                notes: space.note(look.size, for: look.path).map { [$0] } ?? []
            )
        } catch let error as DatabaseError where [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode) {
            return Examination(.passing(Failure(of: SQLiteFile.failure(error, path))))
        } catch {
            return Examination(failing: SQLiteFile.failure(error, path))
        }
    }

    private func tableFacts(_ merge: TableLoad, _ look: SQLiteLook) throws -> [String] {
        if look.size == 0 { return ["table \(merge.table) will be created"] }
        let facts = try look.read { database in
            // For `only`, which is an expression like any other.
            if let connection = database.database.sqliteConnection { _ = GuardedFunctions(on: connection) }
            let found = try database.inspect(merge.table)
            try merge.check(found, on: database)
            if let found { try merge.tryScope(on: found, database) }
            let history = merge.hasHistory ? try merge.findHistory(on: database) : nil
            return try merge.facts(of: found, on: database) + (merge.hasHistory ? merge.historyFacts(history) : [])
        }
        return facts ?? ["not closed by the program that wrote it last; the load looks at its tables"]
    }
}

extension SQLiteLook {
    fileprivate var size: Int64 { status.map { Int64($0.st_size) } ?? 0 }

    fileprivate var fileFacts: [String] {
        if isFolderMissing { return ["folder \(place.path) will be created", "file \(path) will be created"] }
        return [status == nil ? "file \(path) will be created" : "file \(path): \(FreeSpace.shown(size))"]
    }
}

extension TableLoad {
    /// Lets the database compile the condition of `only`.
    fileprivate func tryScope(on found: TargetTable, _ database: SQLiteConnection) throws {
        guard schema.fields.allSatisfy({ found.column($0.name) != nil }) else { return }
        _ = try database.rows("SELECT 1 FROM \(target) AS t WHERE \(inScope) LIMIT 0")
    }
}

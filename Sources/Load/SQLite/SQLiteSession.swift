import GRDB
import Records
import Stages

/// Rows wait in a private database of this session. The file is therefore locked only during the update, and several
/// loads can write it. Rows for a table without any go straight into it, and rows that are in the table already need not
/// wait.
struct SQLiteSession: LoadSession {
    enum Way: Sendable {
        case staging, table
        case comparison(SQLiteComparison)
    }

    private var file: SQLiteFile
    private var merge: TableLoad
    private let database: DatabaseQueue
    private let use = KeptDescriptors.Use()
    let way: Way
    private var sending = Sending()
    private var sent = 0
    private var filtered = 0

    /// - Parameter refusal: why the table must not be new.
    init(_ path: String, _ merge: TableLoad, asNewTable refusal: Failure?) async throws {
        self.merge = merge
        file = try SQLiteFile(path)
        do {
            database = try SQLiteStaging.open()
            let file = file
            way = try await database.writeWithoutTransaction { staging in
                // For `only`, which is an expression like any other.
                if let connection = staging.sqliteConnection { _ = GuardedFunctions(on: connection) }
                try file.attach(to: staging)
                var way = Way.staging
                defer { if case .staging = way { file.detach(from: staging) } }
                let connection = SQLiteConnection(database: staging)
                let found = try connection.inspect(merge.table)
                if found == nil, let refusal { throw refusal }
                try merge.check(found, on: connection)
                if try merge.beginFilling(found, connection) {
                    way = .table
                } else {
                    try staging.execute(sql: merge.createStaging)
                    way = try SQLiteComparison(merge, found, connection).map(Way.comparison) ?? .staging
                }
                return way
            }
        } catch {
            file.removeIfUnused()
            throw file.failure(error)
        }
    }

    var takesRemovedRows: Bool { merge.removals.devices != .keep }

    mutating func write(_ batch: Batch) async throws {
        let (merge, database, file) = (self.merge, self.database, self.file)
        switch way {
        case .table where !merge.adds(batch):
            filtered += batch.count
            return
        case .table:
            try await sending.send {
                do {
                    try await database.writeWithoutTransaction { try merge.fill(batch, $0) }
                } catch {
                    throw file.failure(error)
                }
            }
        case .comparison(let comparison):
            try await sending.send {
                do {
                    try await database.writeWithoutTransaction {
                        try comparison.stage(batch, $0, loading: file.path)
                    }
                } catch {
                    throw file.failure(error)
                }
            }
        case .staging:
            try await sending.send {
                do {
                    try await database.write { try merge.stage(batch, $0) }
                } catch {
                    throw SQLiteStaging.failure(error, loading: file.path)
                }
            }
        }
        sent += batch.count
    }

    mutating func permit(_ batch: Batch) { merge.removals.permitted.append(batch) }

    mutating func commit() async throws -> LoadCounts {
        try await sending.finish()
        switch way {
        case .staging: return try await end(.commit)
        case .table: return try await commitFilled()
        case .comparison(let comparison):
            if let counts = try await commitCompared(comparison) { return counts }
            sent = comparison.staged
            return try await end(.commit)
        }
    }

    mutating func rehearse() async throws -> LoadCounts {
        try await sending.finish()
        let counts = try await end(.rollback)
        file.removeIfUnused()
        return counts
    }

    private func commitFilled() async throws -> LoadCounts {
        do {
            let counts = try merge.countsOfFilling(added: sent, filtered: filtered)
            let file = file
            try await database.writeWithoutTransaction { database in
                try database.execute(sql: "COMMIT")
                file.detach(from: database)
            }
            try? database.close()
            return counts
        } catch {
            throw file.failure(error)
        }
    }

    /// Nil if the rows were staged after all.
    private func commitCompared(_ comparison: SQLiteComparison) async throws -> LoadCounts? {
        do {
            let (file, merge) = (file, merge)
            let counts: LoadCounts? = try await database.writeWithoutTransaction { database in
                let connection = SQLiteConnection(database: database)
                guard try comparison.holds(on: connection) else {
                    try comparison.restage(connection)
                    file.detach(from: database)
                    return nil
                }
                let found = try connection.inspect(merge.table)
                var counts = try merge.run(on: connection, found: found, staged: comparison.staged)
                counts.unchanged += comparison.unchanged
                try database.execute(sql: "COMMIT")
                file.detach(from: database)
                return counts
            }
            if counts != nil { try? database.close() }
            return counts
        } catch {
            throw file.failure(error)
        }
    }

    private mutating func end(_ completion: Database.TransactionCompletion) async throws -> LoadCounts {
        do {
            try file.make()
            let (file, merge, sent) = (file, merge, sent)
            let counts = try await database.writeWithoutTransaction { database in
                try file.attach(to: database)
                defer { file.detach(from: database) }
                if completion == .commit { try SQLiteStaging.prepareFile(database) }
                var counts = LoadCounts()
                try database.inTransaction(.immediate) {
                    let connection = SQLiteConnection(database: database)
                    let found = try connection.inspect(merge.table)
                    try merge.check(found, on: connection)
                    counts = try merge.run(on: connection, found: found, staged: sent)
                    return completion
                }
                return counts
            }
            try? database.close()
            return counts
        } catch {
            throw file.failure(error)
        }
    }

    mutating func rollback() async {
        await sending.cancel()
        let file = file
        try? await database.writeWithoutTransaction { database in
            if database.isInsideTransaction {
                try database.execute(sql: "ROLLBACK")
                file.detach(from: database)
            }
        }
        try? database.close()
        self.file.removeIfUnused()
    }
}

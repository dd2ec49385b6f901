import PostgreSQL
import Records
import Stages

extension PostgresConnection: OpenPlace {}

extension Postgres {
    /// Longer than libpq waits for one address by default.
    private static let connectLimit = Duration.seconds(12)

    func examine(_ schema: Schema, _ context: LoadContext, through open: inout (any OpenPlace)?) async -> Examination {
        let connection = open as? PostgresConnection ?? PostgresConnection()
        do {
            if open == nil {
                _ = try await connection.connect(url, hiding: context.secrets, within: Self.connectLimit)
                open = connection
            }
            let target = try target(schema, context)
            return try await connection.run { database in
                Examination(
                    facts: [database.server] + (try target.explaining(database) { try target.examine(database) }),
                    notes: database.notes
                )
            }
        } catch {
            let examination = Examination(failing: error)
            // The connection may be broken; the next load needs its own.
            if examination.failure?.isTransient == true {
                await connection.close()
                open = nil
            }
            return examination
        }
    }
}

extension PostgresTarget {
    private static let lockWait = Period(seconds: 1)
    private static let patience = Period(seconds: 8)

    /// Checks what the load would meet, in a transaction that cannot write. Returns facts.
    func examine(_ database: PostgresHandle) throws -> [String] {
        database.patience = .seconds(Self.patience.seconds + 2)
        try database.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY")
        defer { database.rollBack() }
        try database.execute(
            """
            SET LOCAL lock_timeout = '\(Self.lockWait.seconds)s'; \
            SET LOCAL statement_timeout = '\(Self.patience.seconds)s'
            """
        )
        do {
            return try facts(database)
        } catch let error as PostgresError where error.state == PostgresError.lockNotAvailable {
            throw locked(database)
        } catch let error as PostgresError where error.state == PostgresError.queryCanceled {
            throw Failure(
                .destinationFailed,
                "PostgreSQL did not examine table \(table) within \(Self.patience): \(error.message)",
                isTransient: true
            )
        }
    }

    private func facts(_ database: PostgresHandle) throws -> [String] {
        try requirePrimary(database)
        let found = try inspect(database)
        let load = merge.beside(found)
        let history = merge.hasHistory ? try load.findHistory(on: database) : nil
        let creates = found == nil || merge.hasHistory && history == nil
        try requireRights(database, toCreateIn: creates ? .some(load.table.schema) : nil)
        if let found { try load.tryStatements(on: found, history: history, database, types: stagedType) }
        try requirePolicies(database, of: found)
        return try merge.facts(of: found, on: database) + (merge.hasHistory ? merge.historyFacts(history) : [])
    }

    private func locked(_ database: PostgresHandle) -> Failure {
        let holders = holders(database, of: "locktype = 'relation' AND relation = (\(relation(table)))")
        let limit = limits.lock.seconds == 0 ? "without a limit" : "up to lock_timeout: \(limits.lock)"
        return Failure(.locked, "table \(table) is locked\(holders); the load waits for it \(limit)")
    }
}

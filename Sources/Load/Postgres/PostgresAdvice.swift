import PostgreSQL
import Records

/// Advice for errors while a table is loaded.
extension PostgresTarget {
    func explaining<Result>(_ database: PostgresHandle, _ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let error as PostgresError {
            throw failure(of: error, database)
        }
    }

    private func failure(of error: PostgresError, _ database: PostgresHandle) -> Failure {
        var (message, advice) = ("cannot load table \(table): \(error.message)", error.hint)
        switch error.state {
        case PostgresError.lockNotAvailable:
            let holders = holders(database, of: "locktype = 'relation' AND relation = (\(relation(table)))")
            message =
                "table \(table) was locked\(holders) for longer than lock_timeout: \(limits.lock); \(error.message)"
            advice = "run again when it is free, or raise `lock_timeout`"
        case PostgresError.featureNotSupported where isStandby(database): return Self.standby
        case PostgresError.queryCanceled:
            message += "; statement_timeout is \(limits.statement)"
            advice = "look for a lock, a slow trigger, or a missing index on the key, or raise `statement_timeout`"
        case PostgresError.insufficientPrivilege:
            message = "this role lacks rights that the load of table \(table) needs: \(error.message)"
            let grants = afterwards(database, tables.map(missingGrants).joined(separator: " UNION "))
                .compactMap { $0[0] }
            if !grants.isEmpty { advice = "let the owner run: \(grants.joined(separator: " "))" }
        case PostgresError.notNullViolation:
            // A column of the table that the rows do not have.
            guard let column = error.column, merge.schema.index(of: column) == nil else { break }
            let cause = "column \(column) has no default, axport does not fill it, and it must not be empty"
            message = "cannot load table \(table): \(cause); \(error.message)"
            let unfilled = afterwards(
                database,
                tables.map(\.name).map(columnsWithoutValues).joined(separator: " UNION ")
            )
            let names = Set(unfilled.compactMap { $0[0] }).sorted().joined(separator: ", ")
            let statements = unfilled.compactMap { $0[1] }.joined(separator: " ")
            if !names.isEmpty {
                advice =
                    "let the owner give a default to \(names)"
                    + (statements.isEmpty ? "" : ", or run: \(statements)")
            }
        default: break
        }
        return Failure(.destinationFailed, message, advice: advice, isTransient: error.isTransient)
    }

    /// The tables that the load writes, and the privileges that it needs on them.
    private var tables: [(name: TableName, rights: String)] {
        // Rows without a key are never updated: those that differ are deleted and inserted.
        let isKeyed = merge.schema.keyIndexes != nil
        let rights =
            ["SELECT", "INSERT"] + (isKeyed ? ["UPDATE"] : []) + (merge.mustDelete || !isKeyed ? ["DELETE"] : [])
        return [(table, rights.joined(separator: ", "))]
            + (merge.hasHistory ? [(merge.historyTable, "SELECT, INSERT, UPDATE, DELETE")] : [])
    }

    /// A query for the table's OID, without the privileges that `to_regclass` requires.
    func relation(_ table: TableName) -> String {
        let schema = table.schema.map { "n.nspname = \(SQLDialect.literal($0))" } ?? "pg_table_is_visible(c.oid)"
        return """
            SELECT c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace \
            WHERE c.relname = \(SQLDialect.literal(table.name)) AND \(schema)
            """
    }

    /// The sessions that hold a lock, as far as this role may see them. Used only after the wait for the lock.
    func holders(_ database: PostgresHandle, of condition: String) -> String {
        let found = afterwards(
            database,
            """
            SELECT format('process %s of %s (%s)', a.pid, a.usename, coalesce(nullif(a.application_name, ''), 'unnamed'))
            FROM pg_stat_activity AS a
            WHERE a.pid <> pg_backend_pid() AND a.pid IN (
                SELECT pid FROM pg_locks WHERE granted AND mode <> 'AccessShareLock' AND \(condition))
            ORDER BY a.pid LIMIT 3
            """
        )
        .compactMap { $0[0] }
        return found.isEmpty ? "" : " by \(found.joined(separator: ", "))"
    }

    /// A query for the GRANT statements that this role lacks for a table.
    private func missingGrants(_ table: TableName, _ needed: String) -> String {
        let schema = table.schema.map(SQLDialect.literal) ?? "current_schema()"
        return """
            SELECT format('GRANT TEMPORARY ON DATABASE %I TO %I;', current_database(), current_user)
            WHERE NOT has_database_privilege(current_database(), 'TEMPORARY')
            UNION
            SELECT format('GRANT USAGE ON SCHEMA %I TO %I;', nspname, current_user)
            FROM pg_namespace WHERE nspname = \(schema) AND NOT has_schema_privilege(oid, 'USAGE')
            UNION
            SELECT format('GRANT CREATE ON SCHEMA %I TO %I;', nspname, current_user)
            FROM pg_namespace WHERE nspname = \(schema) AND NOT has_schema_privilege(oid, 'CREATE')
                AND NOT EXISTS (\(relation(table)))
            UNION
            SELECT format('GRANT \(needed) ON %s TO %I;', \(SQLDialect.literal(table.quoted)), current_user)
            FROM (\(relation(table))) AS target
            WHERE EXISTS (SELECT 1 FROM unnest(string_to_array('\(needed)', ', ')) AS need
                WHERE NOT has_table_privilege(target.oid, need))
            """
    }

    /// A query for the table's other columns that require a value, and for the statements that make it optional. A
    /// trigger may set the value, so it is used only after a row was refused.
    private func columnsWithoutValues(of table: TableName) -> String {
        let versions = table.name == merge.historyTable.name ? TableLoad.versionColumns : []
        let ours = (merge.schema.fields.map(\.name) + versions).map(SQLDialect.literal).joined(separator: ", ")
        return """
            SELECT attname, CASE WHEN NOT EXISTS (SELECT 1 FROM pg_index WHERE indrelid = attrelid AND indisprimary
                    AND attnum = ANY (indkey))
                THEN format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL;', \(SQLDialect.literal(table.quoted)), attname)
                END
            FROM pg_attribute
            WHERE attrelid = (\(relation(table))) AND attnum > 0 AND NOT attisdropped AND attnotnull AND NOT atthasdef
                AND attidentity = '' AND attname NOT IN (\(ours))
            """
    }

    private func isStandby(_ database: PostgresHandle) -> Bool {
        !afterwards(database, "SELECT 1 WHERE pg_is_in_recovery()").isEmpty
    }

    /// The result of a query after the transaction has failed; empty if the query fails, too.
    private func afterwards(_ database: PostgresHandle, _ sql: String) -> [[String?]] {
        do {
            try database.execute("ROLLBACK")
            return try database.rows(sql)
        } catch {
            return []
        }
    }
}

import Records

/// What a person can do about an error while a table is loaded.
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
        case PostgresError.queryCanceled:
            message += "; statement_timeout is \(limits.statement)"
            advice = "look for a lock, a slow trigger, or a missing index on the key, or raise `statement_timeout`"
        case PostgresError.insufficientPrivilege:
            message = "this role lacks rights that the load of table \(table) needs: \(error.message)"
            let grants = afterwards(database, tables.map(missingGrants).joined(separator: " UNION "))
                .compactMap { $0[0] }
            if !grants.isEmpty { advice = "let the owner run: \(grants.joined(separator: " "))" }
        case PostgresError.notNullViolation:
            // One of the table's own columns, which the rows do not have.
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

    /// The tables that the load writes, and the rights that it needs there.
    private var tables: [(name: TableName, rights: String)] {
        let deletes = merge.removals.devices == .delete || merge.mode == .replace || merge.schema.keyIndexes == nil
        let all = "SELECT, INSERT, UPDATE, DELETE"
        return [(table, deletes ? all : "SELECT, INSERT, UPDATE")]
            + (merge.hasHistory ? [(merge.historyTable, all)] : [])
    }

    /// The table's identity, without the rights that `to_regclass` asks for.
    private func relation(_ table: TableName) -> String {
        let schema = table.schema.map { "n.nspname = \(SQLDialect.literal($0))" } ?? "pg_table_is_visible(c.oid)"
        return """
            SELECT c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace \
            WHERE c.relname = \(SQLDialect.literal(table.name)) AND \(schema)
            """
    }

    /// Who holds a lock, as far as this role may know. Only asked when waiting for it is over.
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

    /// Asks for the statements that give this role what the load needs of a table and it does not have.
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

    /// Asks for a table's own columns that need what the rows do not bring, and for the statements that let them go
    /// without. A trigger may fill them, so that this is a question only once a row was refused.
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

    /// Asks something once the transaction has failed; nothing when that fails, too.
    private func afterwards(_ database: PostgresHandle, _ sql: String) -> [[String?]] {
        do {
            try database.execute("ROLLBACK")
            return try database.rows(sql)
        } catch {
            return []
        }
    }
}

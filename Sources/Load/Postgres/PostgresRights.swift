import PostgreSQL
import Records
import Stages

/// What the server must permit, checked without writing. Errors are the load's own.
extension PostgresTarget {
    /// Refuses a server that cannot write at all.
    func requirePrimary(_ database: PostgresHandle) throws {
        guard try database.rows("SELECT 1 WHERE pg_is_in_recovery()").isEmpty else { throw Self.standby }
    }

    static let standby = Failure(
        .destinationFailed,
        "this PostgreSQL server is a read-only standby",
        advice: """
            name the primary server in `url`; of several hosts, libpq takes the primary with \
            `target_session_attrs=read-write`
            """
    )

    /// - Parameter schema: the schema that gets a table, if it gets one; nil in it stands for the first of the search
    ///   path.
    func requireRights(_ database: PostgresHandle, toCreateIn schema: String??) throws {
        var lacking = try database.rows(
            """
            SELECT format('permission denied to create temporary tables in database %I', current_database())
            WHERE NOT has_database_privilege(current_database(), 'TEMPORARY')
            """
        )
        if let schema {
            let name = schema.map(SQLDialect.literal) ?? "current_schema()"
            lacking += try database.rows(
                """
                SELECT format('permission denied for schema %I', nspname) FROM pg_namespace
                WHERE nspname = \(name) AND NOT has_schema_privilege(oid, 'CREATE')
                """
            )
        }
        let problems = lacking.compactMap { $0[0] }
        if problems.isEmpty { return }
        throw PostgresError(state: PostgresError.insufficientPrivilege, problems.joined(separator: ", "))
    }

    /// Refuses row-level security without any policy for this role: it hides all rows and refuses new ones.
    func requirePolicies(_ database: PostgresHandle, of found: TargetTable?) throws {
        guard found != nil else { return }
        let commands =
            [("r", "SELECT"), ("a", "INSERT")] + (merge.schema.keyIndexes == nil ? [] : [("w", "UPDATE")])
            + (merge.mustDelete ? [("d", "DELETE")] : [])
        let list = commands.map { "('\($0.0)', '\($0.1)')" }.joined(separator: ", ")
        let name = SQLDialect.literal(table.quoted)
        let lacking = try database.rows(
            """
            SELECT string_agg(words, ', '), format('CREATE POLICY %I ON %s TO %I USING (true) WITH CHECK (true);',
                'axport ' || current_user, \(name), current_user)
            FROM (VALUES \(list)) AS need (command, words)
            WHERE row_security_active(\(name)::regclass) AND NOT EXISTS (
                SELECT 1 FROM pg_policy WHERE polrelid = \(name)::regclass AND polpermissive
                    AND polcmd::text IN (command, '*') AND EXISTS (SELECT 1 FROM unnest(polroles) AS role
                        WHERE role = 0 OR pg_has_role(current_user, role, 'USAGE')))
            HAVING count(*) > 0
            """
        ).first
        guard let lacking, let commands = lacking[0], let statement = lacking[1] else { return }
        throw Failure(
            .destinationFailed,
            "row-level security of table \(table) has no policy that lets this role \(commands)",
            advice: "let the owner run: \(statement)"
        )
    }
}

extension TableLoad {
    /// Whether a load of this kind deletes rows sooner or later.
    var mustDelete: Bool { removals.devices == .delete || mode == .replace }

    /// Lets the database plan the load's statements, over one row of nulls. It refuses them for the same reasons, in
    /// particular rights on columns, and runs nothing.
    func tryStatements(
        on found: TargetTable,
        history: TargetTable?,
        _ database: some SQLConnection,
        types: (Field, TargetTable?) -> String
    ) throws {
        // The owner adds the missing columns first.
        guard schema.fields.allSatisfy({ found.column($0.name) != nil }) else { return }
        var load = self
        let nulls = schema.fields.map { "NULL::\(types($0, found)) AS \(SQLDialect.quote($0.name))" }
        load.staging = "(SELECT \(nulls.joined(separator: ", ")))"
        var statements = ["SELECT \(list) FROM \(target) AS t WHERE \(inScope)", load.writeStatement(on: found)]
        if mustDelete { statements.append("DELETE FROM \(target) AS t WHERE \(inScope)") }
        if history != nil { statements += historyStatements }
        for statement in statements { try database.execute("EXPLAIN \(statement)") }
    }

    private func writeStatement(on found: TargetTable) -> String {
        let isKeyed = mode == .replace ? found.hasKey(of: schema) : schema.keyIndexes != nil
        return isKeyed ? upsertStatement(where: .always) : insertStatement(where: .always)
    }
}

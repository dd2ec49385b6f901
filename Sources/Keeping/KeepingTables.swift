import PostgreSQL
import Records

/// The tables with leases and copies.
package enum KeepingTables {
    static let schema = "axport_inventory"

    /// Creates the schema and its tables.
    package static let layout = """
        CREATE SCHEMA IF NOT EXISTS axport_inventory;
        \(tables)
        """

    /// The same for the owner of the database, with the rights of the group that may load.
    package static let script = """
        -- Inventories of workers without a disk (`inventory: { keep_in: … }`), and who may run which organization now.
        -- axport creates this itself if it may. Otherwise run it with psql, by the owner of the database, after the other
        -- files. Only axport_load may read the copies: they have IMEIs. Generated; regenerate it with `make docs`.

        \(layout)

        REVOKE ALL ON SCHEMA axport_inventory FROM PUBLIC;
        GRANT USAGE ON SCHEMA axport_inventory TO axport_load;
        GRANT SELECT, INSERT, UPDATE, DELETE ON axport_inventory.lease, axport_inventory.copy, axport_inventory.piece
            TO axport_load;

        """

    private static let tables = """
        CREATE TABLE IF NOT EXISTS axport_inventory.lease (
            id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            organization text NOT NULL UNIQUE,
            holder text NOT NULL,
            token text NOT NULL,
            fence bigint NOT NULL,
            taken_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL,
            served_at timestamptz,
            pipeline text
        );
        COMMENT ON TABLE axport_inventory.lease IS 'Which process may run an organization, and until when.';
        CREATE TABLE IF NOT EXISTS axport_inventory.copy (
            lease integer PRIMARY KEY REFERENCES axport_inventory.lease ON DELETE CASCADE,
            layout integer NOT NULL,
            generation bigint NOT NULL,
            stamp text NOT NULL,
            size bigint NOT NULL,
            piece integer NOT NULL,
            checksum text NOT NULL,
            stored_at timestamptz NOT NULL,
            holder text NOT NULL,
            version text NOT NULL
        );
        COMMENT ON TABLE axport_inventory.copy IS 'The latest copy of each inventory.';
        CREATE TABLE IF NOT EXISTS axport_inventory.piece (
            lease integer NOT NULL REFERENCES axport_inventory.lease ON DELETE CASCADE,
            number integer NOT NULL,
            generation bigint NOT NULL,
            hash bytea NOT NULL,
            data bytea NOT NULL,
            PRIMARY KEY (lease, number, generation)
        );
        ALTER TABLE axport_inventory.piece ALTER COLUMN data SET STORAGE EXTERNAL;
        COMMENT ON TABLE axport_inventory.piece IS 'The pieces of the copies, compressed. They have IMEIs.';
        """

    /// Creates what is missing, if this role may.
    static func prepare(_ database: PostgresHandle) throws {
        if try areReady(database) { return }
        try database.execute("BEGIN")
        // Several workers may start at once.
        try database.execute("SELECT pg_advisory_xact_lock(hashtextextended('axport_inventory', 0))")
        let isThere =
            try database.rows("SELECT 1 FROM pg_namespace WHERE nspname = 'axport_inventory'").isEmpty == false
        do {
            try database.execute(isThere ? tables : layout)
            for role in try readers(database) {
                try database.execute("REVOKE ALL ON ALL TABLES IN SCHEMA axport_inventory FROM \(role)")
            }
        } catch let error as PostgresError where error.state == PostgresError.insufficientPrivilege {
            try database.execute("ROLLBACK")
            throw lacking(
                try database.rows(
                    isThere
                        ? "SELECT format('GRANT USAGE, CREATE ON SCHEMA axport_inventory TO %I;', current_user)"
                        : "SELECT format('CREATE SCHEMA axport_inventory AUTHORIZATION %I;', current_user)"
                ),
                error
            )
        }
        try database.commit()
    }

    /// Whether all tables exist and this role may use them.
    private static func areReady(_ database: PostgresHandle) throws -> Bool {
        let found = try database.rows(
            """
            SELECT count(*), bool_and(has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
                AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE')),
                bool_and(has_schema_privilege(n.oid, 'USAGE'))
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = 'axport_inventory' AND c.relname IN ('lease', 'copy', 'piece')
            """
        )
        guard let row = found.first, row[0] == "3" else { return false }
        if row[1] == "t", row[2] == "t" { return true }
        throw lacking(
            try database.rows(
                """
                SELECT format('GRANT USAGE ON SCHEMA axport_inventory TO %1$I; \
                GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA axport_inventory TO %1$I;', current_user)
                """
            ),
            nil
        )
    }

    private static func lacking(_ statements: [[String?]], _ error: PostgresError?) -> Failure {
        let statement = statements.first?[0] ?? ""
        return Failure(
            .destinationFailed,
            "this role lacks rights to keep inventories\(error.map { ": \($0.message)" } ?? "")",
            advice: "let the owner of the database run: \(statement)"
        )
    }

    /// Other roles that can read inventories, quoted. The members of a group that this role is in are meant to.
    static func readers(_ database: PostgresHandle) throws -> [String] {
        try database.rows(
            """
            SELECT DISTINCT CASE permission.grantee WHEN 0 THEN 'PUBLIC'
                ELSE quote_ident(pg_get_userbyid(permission.grantee)) END
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                CROSS JOIN LATERAL aclexplode(c.relacl) AS permission
            WHERE n.nspname = 'axport_inventory' AND c.relname IN ('copy', 'piece')
                AND permission.privilege_type = 'SELECT' AND permission.grantee <> c.relowner
                AND (permission.grantee = 0 OR NOT pg_has_role(current_user, permission.grantee, 'MEMBER'))
            ORDER BY 1
            """
        )
        .compactMap { $0[0] }
    }
}

import Load
import Pipeline
import Records
import Stages

/// Pages in the repository that are written from the code; a test compares them, `make docs` writes them.
enum GeneratedPages {
    /// Path from the top of the repository, and text.
    static func all() throws -> [(path: String, text: String)] {
        let schemas = try standardSchemas()
        return [
            ("pipelines/README.md", House.catalog.reference + "\n"),
            (DemoPipeline.file, DemoPipeline.text),
            ("sql/README.md", dictionary(schemas)),
            ("sql/postgres/1-tables.sql", header + SQLDialect.postgres.script(schemas, in: "axport")),
            ("sql/sqlite.sql", header + SQLDialect.sqlite.script(schemas)),
        ]
    }

    private static let header = """
        -- The tables as axport makes them with every stage in use. Generated; `make docs` writes it anew.


        """

    /// Every dataset, as a pipeline with all extract stages and all normalising transforms gives it.
    static func standardSchemas() throws -> [Schema] {
        let loads = Dataset.allCases.map { "  - sqlite: { file: all.sqlite, from: \($0.rawValue) }" }
        let plan = try Plan(
            """
            source: { platform: sandbox }
            extract: [\(House.catalog.extractors.map(\.name).joined(separator: ", "))]
            transform: [imei, meid, eid, mac, storage, applecare, part_number]
            load:
            \(loads.joined(separator: "\n"))
            """,
            file: "standard",
            catalog: House.catalog,
            environment: .only([:]),
            startedAt: Timestamp(seconds: 0)
        )
        return plan.loads.map(\.output)
    }

    private static func dictionary(_ schemas: [Schema]) -> String {
        var page = """
            # Tables

            <!-- Generated from the columns themselves; `make docs` writes it anew. -->

            One table per dataset, made by the first load or from these files. A load that names columns, or a pipeline
            with fewer stages, has fewer columns. Times are UTC. In SQLite, times are text
            (`2025-04-30T22:05:14.192Z`), booleans 0 and 1, lists and JSON are JSON text.

            - `postgres/` is the standard model, to be read and run by hand:
              `for file in sql/postgres/*.sql; do psql -v ON_ERROR_STOP=1 -f "$file" assets; done` makes the schema
              `axport` with tables, constraints and indexes, views (`assets`, `applecare_expiring`, `nac_addresses`,
              `esim`, `changes_since_yesterday`, `latest_runs`), and roles that may load or read.
              `pipelines/nightly-postgres.axport.yaml` loads it.
            - `sqlite.sql` makes the same tables in SQLite.
            - `reports/` holds queries to begin with: `NAME.sql` runs in both databases, `NAME.postgres.sql` and
              `NAME.sqlite.sql` in one. In PostgreSQL: `SET search_path TO axport` first.

            ## What a load does to a table

            It touches only its own columns. `mode: merge` (default) writes the rows that differ, `replace` makes the table
            hold exactly the new rows and keeps grants, views and foreign keys, `append` adds each run's rows under its
            `run_id`. `removed: keep | mark | delete` says what becomes of the rows of devices that left, within
            `max_removed`. `key:` names the columns by which your table tells rows apart, where they are others than the
            dataset's; `migrate: true` adds missing columns; `unfit: quarantine` loads rows without the values that your
            `varchar(20)` cannot hold (up to 10,000), and lists those in `rejects`. Nothing is ever cut. `coverage` and
            `servers` are replaced, so that records that ended go. No table loses its last row unless `max_removed: 100%`.
            Pipelines of several organisations that share a table need the column `source` in it.

            `history: true` keeps every version of a row in `<table>_history`: the rows with `valid_from <= T` and
            `valid_to > T`, or no `valid_to`, are the table as of T. A device that left has a gap until it returns.

            PostgreSQL is reached as psql reaches it: URL (`@`, `:` and `/` of a password as `%40`, `%3A`, `%2F`), `PG*`
            variables, service and password file; `sslmode=verify-full` with `sslrootcert` is recommended. A load needs
            CONNECT and TEMPORARY on the database, USAGE on the schema, and SELECT, INSERT, UPDATE on its table (DELETE
            where rows go): where one is missing, the message is the GRANT. All is one transaction, whose `work_mem` is at
            least \(PostgresLimits.memory); readers are not held up. It waits at most `lock_timeout` for a lock and
            `statement_timeout` for a statement, and is tried again up to `retries` times after a lost connection, a
            restart, a deadlock or a serialization failure. PgBouncer in transaction mode works (one connection for each
            load of a run), and so do partitioned tables whose key holds the partition's column.

            """
        let plain = Set(Dataset.allCases.flatMap { $0.schema.fields.map(\.name) })
        for schema in schemas {
            page += "\n## `\(schema.name)`\n\n\(schema.meaning)"
            page += schema.key.isEmpty ? "\n" : " Key: \(schema.key.map { "`\($0)`" }.joined(separator: ", ")).\n"
            page += "\n| column | type | from | meaning |\n| --- | --- | --- | --- |\n"
            for field in schema.fields {
                let origin =
                    field.path.isEmpty
                    ? (plain.contains(field.name) ? "" : origin(of: field.name)) : "`\(field.path)`"
                page += "| `\(field.name)` | \(field.type.rawValue) | \(origin) | \(field.meaning) |\n"
            }
        }
        return page
    }

    /// The stage that a column of `devices` comes from.
    private static func origin(of column: String) -> String {
        Schema.stage(adding: column).map { "stage `\($0)`" } ?? "a transform"
    }
}

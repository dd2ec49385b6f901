import Keeping
import Load
import Pipeline
import Records
import Stages

/// Pages in the repository that are generated from the code. A test compares them; `make docs` writes them.
enum GeneratedPages {
    /// Each page's path from the top of the repository, and its text.
    static func all() throws -> [(path: String, text: String)] {
        let schemas = try standardSchemas()
        return [
            ("pipelines/README.md", Composition.catalog.reference + "\n"),
            ("pipelines/\(schemaFile)", pipelineSchema(schemas) + "\n"),
            (DemoPipeline.file, DemoPipeline.shipped),
            ("sql/README.md", dictionary(schemas)),
            ("sql/postgres/1-tables.sql", header + SQLDialect.postgres.script(schemas, in: "axport")),
            ("sql/postgres/5-inventories.sql", KeepingTables.script),
            ("sql/sqlite.sql", header + SQLDialect.sqlite.script(schemas)),
        ]
    }

    static let schemaFile = "axport.schema.json"

    /// The JSON Schema of pipeline files.
    static func pipelineSchema() throws -> String { pipelineSchema(try standardSchemas()) }

    private static func pipelineSchema(_ schemas: [Schema]) -> String {
        var columns: [String] = []
        for name in schemas.flatMap(\.fields).map(\.name) where !columns.contains(name) { columns.append(name) }
        return Composition.catalog.schema(columns: columns)
    }

    private static let header = """
        -- The tables as axport creates them if every stage is in use. Generated; regenerate it with `make docs`.


        """

    /// Every dataset of a pipeline with all extract stages and all normalizing transforms.
    static func standardSchemas() throws -> [Schema] {
        let loads = Dataset.allCases.map { "  - sqlite: { file: all.sqlite, from: \($0.rawValue) }" }
        let planning = Composition.planning(startedAt: Timestamp(seconds: 0), environment: .only([:]))
        let text = PipelineText(
            """
            source: { platform: sandbox }
            extract: [\(Composition.catalog.extractors.map(\.name).joined(separator: ", "))]
            transform: [imei, meid, eid, mac, storage, applecare, part_number]
            load:
            \(loads.joined(separator: "\n"))
            """,
            file: "standard"
        )
        return try planning.onePlan(for: text).loads.map(\.output)
    }

    /// The text before the tables.
    private static let introduction = """
        # Tables

        <!-- Generated from the columns themselves; regenerate it with `make docs`. -->

        There is one table per dataset. The first load creates it, or you create it from these files. A load that
        names columns, or a pipeline with fewer stages, has fewer columns. Times are UTC. In SQLite, times are text
        (`2025-04-30T22:05:14.192Z`), booleans are 0 and 1, and lists and JSON are JSON text.

        - `postgres/` is the standard model. Read it, then run it by hand:
          `for file in sql/postgres/*.sql; do psql -v ON_ERROR_STOP=1 -f "$file" assets; done` creates the schema
          `axport` with tables, constraints, and indexes, views (`assets`, `applecare_expiring`, `nac_addresses`,
          `esim`, `changes_since_yesterday`, `latest_runs`), and roles that may load or read.
          `pipelines/nightly-postgres.axport.yaml` loads it, except `assignments_log`.
        - `sqlite.sql` creates the same tables in SQLite.
        - `reports/` has queries to start from. `NAME.sql` runs in both databases, `NAME.postgres.sql` and
          `NAME.sqlite.sql` in one. In PostgreSQL, run `SET search_path TO axport` first.

        ## What a load does to a table

        A load writes only its own columns. These settings say how:

        - `mode: merge` (default) writes the rows that differ. `replace` makes the table contain exactly the new rows
          and keeps grants, views, and foreign keys. `append` adds the rows of each run with its `run_id`. The datasets
          `coverage` and `servers` are replaced, so records that no longer exist disappear.
        - `removed: keep | mark | delete` says what happens to rows of devices that left, within `max_removed`. A table
          never loses its last row unless you set `max_removed: 100%`.
        - `key:` names the columns that identify a row, if they are not those of the dataset.
        - `migrate: true` adds missing columns.
        - `unfit: quarantine` loads rows without the values that your `varchar(20)` cannot hold (up to 10,000) and
          lists these values in `rejects`. Values are never truncated.
        - `history: true` keeps every version of a row in `<table>_history`. The rows with `valid_from <= T` and either
          `valid_to > T` or no `valid_to` are the table as of T. A device that left has a gap until it returns.

        If pipelines of several organizations share a table, it needs the column `source`.

        ## PostgreSQL

        axport connects as psql does: with a URL (write `@`, `:`, and `/` in a password as `%40`, `%3A`, and `%2F`),
        `PG*` variables, or a service or password file. We recommend `sslmode=verify-full` with `sslrootcert`.

        A load needs CONNECT and TEMPORARY on the database, USAGE on the schema, and SELECT, INSERT, and UPDATE on its
        table, also DELETE if it deletes rows. If a right is missing, the message shows the GRANT.

        A load is one transaction with a `work_mem` of at least \(PostgresLimits.memory). It does not block readers. It
        waits at most `lock_timeout` for a lock and `statement_timeout` for a statement. After a lost connection, a
        restart, a deadlock, or a serialization failure, it is retried up to `retries` times. PgBouncer works in
        transaction mode, with one connection per load of a run. Partitioned tables work if their key contains the
        partition column.

        ## `axport_inventory`

        `inventory: { keep_in: … }` keeps inventories in this schema, which axport creates if it may. Without that right, the
        owner of the database runs `postgres/5-inventories.sql`, or the statement in the message.

        - `lease` says which process may run an organization, and until when by the database's clock. `fence` grows each
          time that somebody takes it.
        - `copy` describes the latest copy of each inventory; `piece` has its pages, compressed, each at most 8 kB.

        The copies have IMEIs: only the loading role may read them, and a run names every other role that can. They have no
        credentials. To let the next run of an organization read everything again, delete its row of `copy` and the file.

        """

    private static func dictionary(_ schemas: [Schema]) -> String {
        var page = introduction
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

    /// The stage that adds a column of `devices`.
    private static func origin(of column: String) -> String {
        Schema.stage(adding: column).map { "stage `\($0)`" } ?? "a transform"
    }
}

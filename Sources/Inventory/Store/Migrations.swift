import GRDB
import Records

extension Inventory {
    static func migrate(_ pool: DatabasePool, path: String) throws {
        try requireKnown(pool, path: path)
        try migrator.migrate(pool)
    }

    /// Every change of the layout, oldest first.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in try db.execute(sql: firstLayout) }
        migrator.registerMigration("2") { db in
            try db.execute(sql: refreshLayout)
            try nameCoverageDates(db)
        }
        migrator.registerMigration("3") { db in try db.execute(sql: runLayout) }
        migrator.registerMigration("order by numbers") { db in try db.execute(sql: numberLayout) }
        migrator.registerMigration("refused listings") { db in try db.execute(sql: refusalLayout) }
        migrator.registerMigration("assignments") { db in try db.execute(sql: assignmentLayout) }
        migrator.registerMigration("rejects of a pipeline") { db in try db.execute(sql: rejectLayout) }
        migrator.registerMigration("events of a device") { db in try db.execute(sql: KnownEvents.layout) }
        return migrator
    }

    /// Refuses a database of another program or of a newer version.
    static func requireKnown(_ database: some DatabaseReader, path: String) throws {
        if try database.read(isForeign) { throw ofAnotherProgram(path) }
        if try database.read(migrator.hasBeenSuperseded) {
            throw Failure(
                .destinationFailed,
                "inventory \(path) was written by a newer axport",
                advice: "update axport, or delete the file; the next run then reads everything"
            )
        }
    }

    /// Times are microseconds since 1970, UTC. `seen` is separate from `device`, so that marking the devices of a
    /// listing rewrites a few bytes per row, not the whole record.
    private static let firstLayout = """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
        CREATE TABLE listing (
          id INTEGER PRIMARY KEY, started_at INTEGER NOT NULL, completed_at INTEGER, next TEXT
        ) STRICT;
        CREATE TABLE device (
          id INTEGER PRIMARY KEY, serial TEXT NOT NULL UNIQUE, attributes TEXT NOT NULL,
          first_seen_at INTEGER NOT NULL, removed_at INTEGER, detailed_at INTEGER
        ) STRICT;
        CREATE INDEX device_removed ON device(id) WHERE removed_at IS NOT NULL;
        CREATE TABLE seen (id INTEGER PRIMARY KEY, listing INTEGER NOT NULL) STRICT;
        CREATE TABLE server (
          id TEXT PRIMARY KEY, attributes TEXT NOT NULL, name TEXT, type TEXT, read_at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE assignment (id INTEGER PRIMARY KEY, server TEXT NOT NULL) STRICT;
        CREATE TABLE coverage (
          id INTEGER PRIMARY KEY, records TEXT, checked_at INTEGER, error TEXT, failed_at INTEGER,
          is_stale INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE TABLE change (
          seq INTEGER PRIMARY KEY AUTOINCREMENT, device INTEGER NOT NULL, changed_at INTEGER NOT NULL,
          kind TEXT NOT NULL, "column" TEXT, before TEXT, after TEXT
        ) STRICT;
        CREATE TABLE reject (
          id INTEGER PRIMARY KEY, run TEXT NOT NULL, dataset TEXT NOT NULL, serial TEXT, "column" TEXT NOT NULL,
          code TEXT NOT NULL, value TEXT NOT NULL, stage TEXT NOT NULL
        ) STRICT;
        """

    /// For the refresh policy (``RefreshNeed``), a second facet, and the work that audit events cause.
    private static let refreshLayout = """
        ALTER TABLE coverage RENAME COLUMN records TO answer;
        ALTER TABLE coverage ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE coverage ADD COLUMN due_at INTEGER;
        UPDATE coverage SET failures = 1 WHERE error IS NOT NULL;
        CREATE TABLE activation_lock (
          id INTEGER PRIMARY KEY, answer TEXT, checked_at INTEGER, error TEXT, failed_at INTEGER,
          is_stale INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0, due_at INTEGER
        ) STRICT;
        CREATE TABLE refresh (facet TEXT PRIMARY KEY, owed REAL NOT NULL, counted_at INTEGER NOT NULL) STRICT;
        INSERT INTO refresh SELECT 'coverage', 0, max(checked_at) FROM coverage HAVING max(checked_at) IS NOT NULL;
        ALTER TABLE device ADD COLUMN refreshed_at INTEGER;
        CREATE TABLE assignment_due (id INTEGER PRIMARY KEY) STRICT;
        """

    /// The columns of the dataset `runs`, and those that only `axport runs` shows.
    private static let runLayout = """
        CREATE TABLE run (
          seq INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, pipeline TEXT NOT NULL, source TEXT NOT NULL,
          started_at INTEGER NOT NULL, ended_at INTEGER, seconds REAL NOT NULL, exit_code INTEGER, status TEXT NOT NULL,
          requests INTEGER NOT NULL, written INTEGER NOT NULL, unchanged INTEGER NOT NULL, retired INTEGER NOT NULL,
          filtered INTEGER NOT NULL, quarantined INTEGER NOT NULL, failure TEXT, version TEXT NOT NULL,
          pipeline_hash TEXT, report TEXT NOT NULL
        ) STRICT;
        """

    /// Which listing brought a device, and which events are known, without relying on a clock.
    private static let numberLayout = """
        ALTER TABLE device ADD COLUMN first_listing INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE heard_event (id TEXT PRIMARY KEY) STRICT;
        DELETE FROM meta WHERE name IN ('heard_until', 'servers_read_at');
        """

    /// A listing that a guard refused and the devices that it lacked (``RefusedListing``); devices whose removal a
    /// person accepted, in their last state, and the loads that have not removed them yet; elements of Apple's lists
    /// that could not be read.
    private static let refusalLayout = """
        ALTER TABLE listing ADD COLUMN known INTEGER;
        ALTER TABLE listing ADD COLUMN pages INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE refusal (
          id INTEGER PRIMARY KEY CHECK (id = 1), listing INTEGER NOT NULL, first_at INTEGER NOT NULL,
          refused_at INTEGER NOT NULL, known INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE refused (id INTEGER PRIMARY KEY) STRICT;
        CREATE TABLE accepted (
          id INTEGER PRIMARY KEY, acceptance INTEGER NOT NULL, attributes TEXT NOT NULL, server TEXT
        ) STRICT;
        CREATE TABLE owed (load TEXT NOT NULL, acceptance INTEGER NOT NULL, PRIMARY KEY (load, acceptance)) STRICT;
        CREATE TABLE unreadable (
          id INTEGER PRIMARY KEY, dataset TEXT NOT NULL, listing INTEGER, serial TEXT, cause TEXT NOT NULL,
          value TEXT NOT NULL
        ) STRICT;
        """

    /// Serial numbers that rules wait for, activities that axport has sent to Apple, and what became of their devices. Loaded
    /// tables have the numbers of devices, so a new file in place of a deleted one must not repeat them.
    private static let assignmentLayout = """
        CREATE TABLE assign_waiting (
          rule TEXT NOT NULL, serial TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (rule, serial)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE assign_activity (
          seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT, plan TEXT NOT NULL, action TEXT NOT NULL, type TEXT NOT NULL,
          target TEXT, target_name TEXT, deadline INTEGER, intended_at INTEGER NOT NULL, status TEXT, sub_status TEXT,
          ended_at INTEGER
        ) STRICT;
        CREATE TABLE assign_item (
          seq INTEGER PRIMARY KEY AUTOINCREMENT, activity INTEGER, plan TEXT NOT NULL, action TEXT NOT NULL,
          serial TEXT NOT NULL, rule TEXT, origin TEXT, origin_name TEXT, target TEXT, target_name TEXT,
          recorded_at INTEGER NOT NULL, verdict TEXT NOT NULL, verdict_at INTEGER, word TEXT, migration TEXT, user TEXT NOT NULL,
          host TEXT NOT NULL, version TEXT NOT NULL
        ) STRICT;
        CREATE INDEX assign_item_open ON assign_item(activity) WHERE verdict = 'unknown';
        INSERT INTO sqlite_sequence(name, seq)
          VALUES ('assign_item', CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER));
        """

    /// A reject belongs to the pipeline whose run found it. An export found those of its file, and nothing is known of
    /// runs that are no longer kept: such rejects belong to the next pipeline that judges values. Equal ones become one.
    private static let rejectLayout = """
        ALTER TABLE reject RENAME TO former_reject;
        CREATE TABLE reject (
          id INTEGER PRIMARY KEY, pipeline TEXT NOT NULL, run TEXT NOT NULL, dataset TEXT NOT NULL, stage TEXT NOT NULL,
          serial TEXT NOT NULL, "column" TEXT NOT NULL, value TEXT NOT NULL, code TEXT NOT NULL,
          UNIQUE (pipeline, dataset, stage, serial, "column", value)
        ) STRICT;
        INSERT OR IGNORE INTO reject
          SELECT former.id, coalesce(nullif(pipeline, 'export'), ''), run, dataset, stage, coalesce(serial, ''), "column",
            value, code
          FROM former_reject AS former LEFT JOIN run AS known ON known.run_id = former.run ORDER BY former.id;
        DROP TABLE former_reject;
        INSERT INTO meta SELECT 'rejects judged: ' || pipeline, max(started_at) FROM run GROUP BY pipeline;
        """

    private static func nameCoverageDates(_ db: Database) throws {
        let rows = try Row.fetchAll(db, sql: "SELECT id, answer, checked_at FROM coverage WHERE answer IS NOT NULL")
        let update = try db.cachedStatement(sql: "UPDATE coverage SET due_at = ? WHERE id = ?")
        for row in rows {
            let answer: String = row[1]
            let read = Timestamp(stored: row[2])
            guard let due = try CoverageDates.next(in: answer.utf8, after: read) else { continue }
            try update.execute(arguments: [due.microseconds, row[0] as Int64])
        }
    }
}

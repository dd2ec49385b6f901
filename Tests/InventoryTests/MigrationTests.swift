import Inventory
import Records
import TestSupport
import Testing

@Suite struct MigrationTests {
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    /// An inventory as version 1 left it: four devices, of which two have an answer and one a failure.
    private func makeFirstLayout() throws {
        try sqlite(
            folder,
            """
            PRAGMA journal_mode = WAL;
            CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
            INSERT INTO grdb_migrations VALUES ('1');
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
            INSERT INTO meta VALUES ('identity', 'acme');
            INSERT INTO listing VALUES (1, \(firstNight.microseconds), \(firstNight.microseconds), NULL);
            INSERT INTO device SELECT value, 'C0' || value, '{"color":"RED"}', \(firstNight.microseconds), NULL, NULL
              FROM generate_series(1, 4);
            INSERT INTO seen SELECT id, 1 FROM device;
            INSERT INTO coverage VALUES
              (1, '[{"id":"a","attributes":{"endDateTime":"2026-01-02T00:00:00Z"}}]', \(firstNight.microseconds),
               NULL, NULL, 0),
              (2, '[]', \(firstNight.microseconds), NULL, NULL, 0),
              (3, NULL, NULL, 'HTTP 503', \(firstNight.microseconds), 0);
            """
        )
    }

    @Test func anInventoryOfTheFirstLayoutGoesOn() throws {
        try makeFirstLayout()
        let inventory = try openInventory(folder)
        let states = try Reading(inventory, .allColumns).rows(
            "serial_number",
            "color",
            "coverage_state",
            "coverage_error",
            "activation_lock_state"
        )
        #expect(
            states == [
                "C01 RED covered - unknown", "C02 RED none - unknown", "C03 RED unknown HTTP 503 unknown",
                "C04 RED unknown not asked yet unknown",
            ]
        )
        let (requests, _) = try inventory.deviceRequests(.coverage, maxAge: 2 * 86_400, at: secondNight, limit: 9)
        #expect(requests.map { "\($0.serial) \($0.reason)" } == ["C04 new", "C03 unknown", "C01 due"])
        #expect(try inventory.list((1...4).map { device("C0\($0)") }, at: secondNight).outcome.unchanged == 4)
    }

    @Test func theShareOfTheFirstNightAfterwardsIsOwed() throws {
        try makeFirstLayout()
        let need = try openInventory(folder).refreshNeed(.coverage, maxAge: 86_400 * 3 / 2, at: secondNight)
        #expect(need.counts == [.new: 1, .unknown: 1, .due: 1])
        let later = try openInventory(folder).refreshNeed(.coverage, maxAge: 86_400, at: secondNight)
        #expect(later.counts[.old] == 1)
    }

    @Test func rejectsBelongToThePipelineThatFoundThem() throws {
        try makeFirstLayout()
        try openInventory(folder).close()
        try sqlite(
            folder,
            """
            DROP TABLE reject;
            CREATE TABLE reject (
              id INTEGER PRIMARY KEY, run TEXT NOT NULL, dataset TEXT NOT NULL, serial TEXT, "column" TEXT NOT NULL,
              code TEXT NOT NULL, value TEXT NOT NULL, stage TEXT NOT NULL
            ) STRICT;
            DELETE FROM grdb_migrations WHERE identifier = 'rejects of a pipeline';
            INSERT INTO run(run_id, pipeline, source, started_at, seconds, status, requests, written, unchanged, retired,
                filtered, quarantined, version, report)
              SELECT value, iif(value = 'r1', 'nightly', 'export'), 's', 1, 0, 'done', 0, 0, 0, 0, 0, 0, '', '{}'
              FROM json_each('["r1", "r2"]');
            INSERT INTO reject(run, dataset, serial, "column", code, value, stage) VALUES
              ('r1', 'devices', 'C01', 'eid', 'length', '7', 'eid'), ('r1', 'devices', 'C01', 'eid', 'length', '7', 'eid'),
              ('r2', 'devices', 'C02', 'eid', 'length', '8', 'eid'), ('r0', 'devices', NULL, 'eid', 'length', '9', 'eid');
            """
        )
        let inventory = try openInventory(folder)
        let all = ["r1 C01 7 length eid", "r2 C02 8 length eid", "r0 - 9 length eid"]
        let columns = ["run_id", "serial_number", "value", "code", "stage"]
        func rows() throws -> [String] {
            let reading = try Reading(inventory, .rejects)
            return (0..<reading["run_id"].count).map { row in
                columns.map { reading[$0][row] ?? "-" }.joined(separator: " ")
            }
        }
        #expect(try rows() == all)
        // What no pipeline is known for belongs to the next one.
        try inventory.find([], in: "r3", of: "hourly")
        #expect(try rows() == all)
        let known = try inventory.beginJudging(for: "hourly")
        #expect(known.serials(of: Judge(dataset: "devices", stage: "eid")) == ["C02", ""])
    }
}

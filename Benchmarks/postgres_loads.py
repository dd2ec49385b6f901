#!/usr/bin/env python3
"""Loading the inventory into PostgreSQL against `psql \\copy` of a ready CSV and a merge in SQL, in one run.

    Benchmarks/postgres_loads.py [AXPORT] [DEVICES]

Into an empty table, the same rows again, and with about 1 % changed; without transforms, so that the CSV is what axport
computes. All use the same server, with its default settings, and tables of the same layout; they take turns, and the quickest
of a few rounds counts for each. The floor is psql with the SQL that axport sends; beside it stands what somebody would write
by hand. A reader of the table must not wait meanwhile, nor see a part of the rows. Exits with 1 when a target is missed.
"""
import os
import subprocess
import sys
import tempfile
import threading
import time

import report
from inventory import TRANSFORMS, Inventory
from peers import HERE
from postgres_server import PostgresServer
from process_cost import Cost, best, in_turn, resident_peak, succeed

COPY = """
BEGIN;
CREATE TEMPORARY TABLE staging (LIKE floor) ON COMMIT DROP;
\\copy staging from '{csv}' with (format csv, header)
"""
UPSERT = "ON CONFLICT (serial_number) DO UPDATE SET {assignments};"
# What decides how long axport's load takes on the server, statement by statement (Sources/Load/SQL/Merging.swift).
SAME_SQL = COPY + """
SELECT set_config('work_mem', '64MB', true) WHERE pg_size_bytes(current_setting('work_mem')) < pg_size_bytes('64MB');
SELECT serial_number, count(*) FROM staging GROUP BY 1 HAVING count(*) > 1 OR serial_number IS NULL
ORDER BY serial_number IS NULL DESC, 1 LIMIT 4;
SET LOCAL enable_nestloop = off;
CREATE TEMPORARY TABLE differing ON COMMIT DROP AS
SELECT s.*, t.serial_number IS NOT NULL AS existing FROM staging AS s LEFT JOIN floor AS t
    ON t.serial_number = s.serial_number WHERE (t.serial_number = s.serial_number AND {same}) IS NOT TRUE;
SELECT :ROW_COUNT > 0 AS differs \\gset
SET LOCAL enable_nestloop TO DEFAULT;
\\if :differs
SELECT count(*) FILTER (WHERE existing) > 0 AS updates FROM differing \\gset
\\if :updates
INSERT INTO floor SELECT {columns} FROM differing """ + UPSERT + """
\\else
INSERT INTO floor SELECT {columns} FROM differing;
\\endif
\\endif
COMMIT;
"""
# https://www.postgresql.org/docs/15/sql-insert.html
BY_HAND = COPY + """
DELETE FROM staging AS s WHERE EXISTS (SELECT 1 FROM floor AS t WHERE t.serial_number = s.serial_number AND {same});
INSERT INTO floor SELECT * FROM staging """ + UPSERT + "\nCOMMIT;\n"
BOOKKEEPING = {"serial_number", "first_seen_at", "last_seen_at", "coverage_checked_at"}
STEPS = {"empty": 1, "identical": 1, "1 % changed": 2}
READS = 3
NOTE = ("CPU time and memory are those of the client; the server has its own. `axport`, and `psql` with the rows that it "
        "computes in a ready CSV, load without transforms, in turn: `the same SQL` are axport's statements, `as by hand` "
        "are `\\copy`, DELETE … WHERE EXISTS and INSERT … ON CONFLICT. `\\copy` alone takes what all transforms give, "
        "ready, into an empty table with the same primary key. `Python and COPY` is "
        "[plain_load.py](plain_load.py) and the `psql` that it writes to, and normalizes nothing.")


class Reader:
    """Counts the rows of a table again and again, and how long that takes at most."""

    def __init__(self, server, table):
        self.counts, self.slowest, self.reads, self.ends, self.error = set(), 0.0, 0, False, None
        self.thread = threading.Thread(target=self.read, args=(server, table))

    def read(self, server, table):
        try:
            while not self.ends:
                began = time.monotonic()
                self.counts.add(int(server.psql("-c", f"SELECT count(*) FROM {table}")))
                self.slowest, self.reads = max(self.slowest, time.monotonic() - began), self.reads + 1
                time.sleep(0.1)
        except Exception as error:
            self.error = error

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, kind, *_):
        self.ends = True
        self.thread.join()
        if self.error and not kind:
            raise self.error


class Tables:
    """`devices` is axport's, `floor` that of psql; each step begins with what the one before it leaves."""

    def __init__(self, server, inventory, nights):
        self.server, self.inventory = server, inventory
        self.slowest, self.whole, self.reads = 0.0, True, None
        for night in nights:
            if night > 1:
                inventory.fill(night)
                self.make(f"night{night}", "identical")
            self.load(f"night{night}")
            inventory.keep(f"night{night}")
            self.write(f"night{night}")
        inventory.restore("night1", 1)
        self.load("transformed", TRANSFORMS)
        self.write("transformed")
        names = server.psql("-c", "SELECT column_name FROM information_schema.columns WHERE table_name = 'night1' "
                                  "ORDER BY ordinal_position").split()
        self.same = " AND ".join(f't."{name}" IS NOT DISTINCT FROM s."{name}"' for name in names if name not in BOOKKEEPING)
        self.columns = ", ".join(f'"{name}"' for name in names)
        self.compared = ", ".join(f'"{name}"' for name in names if name not in BOOKKEEPING - {"serial_number"})
        self.assignments = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != "serial_number")

    def load(self, table, transforms=()):
        return self.inventory.load(f'postgres: {{ url: "{self.server.url}", table: {table} }}', transforms=transforms)

    def write(self, table):
        self.server.psql("-c", f"\\copy (SELECT * FROM {table} ORDER BY first_seen_at) TO '{self.csv(table)}' "
                               "WITH (FORMAT csv, HEADER)")

    def csv(self, table):
        return f"{self.inventory.folder}/{table}.csv"

    def make(self, table, step, like="night1"):
        """As it is before a step. Anew rather than emptied: an autovacuum that is due could count no rows in one that is
        being filled."""
        self.server.psql("-c", f"DROP TABLE IF EXISTS {table}", "-c", f"CREATE TABLE {table} (LIKE {like} INCLUDING ALL)")
        if step != "empty":
            self.server.psql("-c", f"INSERT INTO {table} SELECT * FROM {like}", "-c", f"VACUUM ANALYZE {table}")

    def axport(self, step):
        self.make("devices", step)
        self.inventory.restore(f"night{STEPS[step]}", STEPS[step])
        return self.load("devices")

    def transformed(self):
        self.make("devices", "empty", "transformed")
        self.inventory.restore("night1", 1)
        return self.load("devices", TRANSFORMS)

    def watched(self, step):
        """The same while a reader looks; its figures are no measure of the load."""
        self.make("devices", step)
        before = self.count()
        self.inventory.restore(f"night{STEPS[step]}", STEPS[step])
        with Reader(self.server, "devices") as reader:
            self.load("devices")
        self.slowest, self.whole = max(self.slowest, reader.slowest), self.whole and reader.counts <= {before, self.count()}
        self.reads = reader.reads if self.reads is None else min(self.reads, reader.reads)

    def count(self):
        return int(self.server.psql("-c", "SELECT count(*) FROM devices"))

    def psql(self, sql):
        os.sync()
        return succeed(self.server.psql_command(), stdin=sql)

    def merge(self, sql, step):
        self.make("floor", step)
        return self.psql(sql.format(csv=self.csv(f"night{STEPS[step]}"), same=self.same, columns=self.columns,
                                    assignments=self.assignments))

    def check(self, step):
        """That both sides did the same work."""
        for table in ("devices", "floor"):
            wrong = self.server.psql("-c", f"SELECT count(*) FROM (SELECT {self.compared} FROM night{STEPS[step]} "
                                           f"EXCEPT SELECT {self.compared} FROM {table}) AS missing")
            if wrong != "0":
                raise RuntimeError(f"{table} lacks {wrong} of the rows of the step {step}")

    def copy(self):
        self.make("floor", "empty", "transformed")
        return self.psql(f"\\copy floor from '{self.csv('transformed')}' with (format csv, header)\n")

    def plain(self):
        columns = ", ".join(f"c{number} text" for number in range(1, 22))
        self.server.psql("-c", f"DROP TABLE IF EXISTS plain; CREATE TABLE plain (serial text PRIMARY KEY, {columns})")
        os.sync()
        began = time.monotonic()
        psql = subprocess.Popen(self.server.psql_command("-c", "COPY plain FROM STDIN (FORMAT csv)"), stdin=subprocess.PIPE)
        try:
            cost = succeed([sys.executable, f"{HERE}/plain_load.py", self.inventory.file()], into=psql.stdin)
            peak = cost.peak + resident_peak(psql.pid)
        except BaseException:
            psql.kill()
            psql.communicate()
            raise
        psql.stdin.close()
        _, status, usage = os.wait4(psql.pid, 0)
        psql.returncode = os.waitstatus_to_exitcode(status)
        if psql.returncode:
            raise RuntimeError("COPY of the Python script's rows failed")
        return Cost(time.monotonic() - began, cost.cpu + usage.ru_utime + usage.ru_stime, peak)


def load_tables(section, inventory, in_full):
    """What was found, by step. In full: with a changed night, and a reader."""
    rows = inventory.rows
    table = section.table(f"Offline loads into PostgreSQL, {rows:,} rows", *report.LOAD, "× the same SQL", "× axport",
                          note=NOTE)
    steps = list(STEPS) if in_full else ["empty", "identical"]
    found = {}
    with PostgresServer() as server:
        tables = Tables(server, inventory, sorted({STEPS[step] for step in steps}))
        for step in steps:
            ours, same, hand = in_turn(lambda: tables.axport(step), lambda: tables.merge(SAME_SQL, step),
                                       lambda: tables.merge(BY_HAND, step))
            tables.check(step)
            found[step], found["same SQL", step] = ours, same
            for name, cost in (("axport", ours), ("`psql`, the same SQL", same), ("`psql`, as by hand", hand)):
                table.add_load(name, step, cost, rows, same, ours)
        found["transformed"], found["copy"] = in_turn(tables.transformed, tables.copy)
        for name, cost in (("axport, all transforms", found["transformed"]), ("`\\copy` alone", found["copy"]),
                           ("Python and COPY", best(tables.plain))):
            table.add_load(name, "empty", cost, rows, found["same SQL", "empty"], found["empty"])
        for step in steps if in_full else []:
            tables.watched(step)
        if in_full:
            found["reader"] = tables.slowest, tables.whole, tables.reads
    inventory.remove("night*", "transformed*")
    return found


def targets(section, rows, found):
    """Of loads that were measured in full."""
    for step in STEPS:
        section.at_most(f"PostgreSQL, {rows:,} rows, {step}: no slower than psql with the same SQL",
                        found[step].seconds / found["same SQL", step].seconds, 1, " ×")
    section.at_most(f"PostgreSQL, {rows:,} rows: memory at most 64 MB, the highest of all steps",
                    max(found[step].peak for step in STEPS), 64, " MB")
    slowest, whole, reads = found["reader"]
    section.target("a reader of the table never waits over 2 s, nor sees a part of the rows",
                   f"{slowest:.2f} s, {'never' if whole else 'a part seen'}, {reads} or more reads in each load",
                   "not measured: too few reads" if reads < READS else "met" if slowest <= 2 and whole else "missed")


def measure(axport, devices=200_000):
    section = report.Section("c", "Offline loads into PostgreSQL")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        inventory = Inventory(axport, folder, devices).fill()
        # The second night has others.
        rows = inventory.rows
        targets(section, rows, load_tables(section, inventory, True))
    return section


if __name__ == "__main__":
    report.alone(measure)

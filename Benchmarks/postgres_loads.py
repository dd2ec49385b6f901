#!/usr/bin/env python3
"""Loading the inventory into PostgreSQL against `psql \\copy` of a ready CSV with the same merge in SQL, in one run.

    Benchmarks/postgres_loads.py [AXPORT] [DEVICES]

Into an empty table, the same rows again, and with about 1 % changed. Both sides use the same server, with its default
settings, and tables of the same layout; the quickest of a few rounds counts for each. A reader of the table must not wait
meanwhile, nor see a part of the rows.
"""
import os
import subprocess
import sys
import tempfile
import threading
import time

import report
from inventory import Inventory
from peers import HERE
from postgres_server import PostgresServer
from process_cost import Cost, best, succeed

# What axport's load does, as somebody would write it by hand: https://www.postgresql.org/docs/15/sql-insert.html
MERGE = """
BEGIN;
CREATE TEMPORARY TABLE staging (LIKE floor) ON COMMIT DROP;
\\copy staging from '{csv}' with (format csv, header)
DELETE FROM staging AS s WHERE EXISTS (SELECT 1 FROM floor AS t WHERE t.serial_number = s.serial_number AND {same});
INSERT INTO floor SELECT * FROM staging ON CONFLICT (serial_number) DO UPDATE SET {assignments};
COMMIT;
"""
BOOKKEEPING = {"serial_number", "first_seen_at", "last_seen_at", "coverage_checked_at"}
STEPS = {"empty": 1, "identical": 1, "1 % changed": 2}
NOTE = ("CPU time and memory are those of the client; the server has its own. `psql` has a CSV of what axport computes "
        "ready, so it normalises nothing; `\\copy` alone goes into an empty table with the same primary key.")


class Reader:
    """Counts the rows of a table again and again, and how long that takes at most."""

    def __init__(self, server, table):
        self.counts, self.slowest, self.ends = set(), 0.0, False
        self.thread = threading.Thread(target=self.read, args=(server, table))

    def read(self, server, table):
        while not self.ends:
            began = time.monotonic()
            self.counts.add(int(server.psql("-c", f"SELECT count(*) FROM {table}")))
            self.slowest = max(self.slowest, time.monotonic() - began)
            time.sleep(0.2)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ends = True
        self.thread.join()


class Tables:
    def __init__(self, server, inventory, nights):
        self.server, self.inventory, self.slowest, self.whole = server, inventory, 0.0, True
        self.target = f'postgres: {{ url: "{server.url}", table: devices }}'
        for night in nights:
            if night > 1:
                inventory.fill(night)
            inventory.load(self.target.replace("devices", f"night{night}"))
            inventory.keep(f"night{night}")
            server.psql("-c", f"\\copy (SELECT * FROM night{night} ORDER BY first_seen_at) TO '{self.csv(night)}' "
                              "WITH (FORMAT csv, HEADER)")
        self.make("devices")
        self.make("floor")
        names = server.psql("-c", "SELECT column_name FROM information_schema.columns WHERE table_name = 'floor' "
                                  "ORDER BY ordinal_position").split()
        self.same = " AND ".join(f't."{name}" IS NOT DISTINCT FROM s."{name}"' for name in names if name not in BOOKKEEPING)
        self.assignments = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != "serial_number")

    def make(self, table):
        """Anew rather than emptied: an autovacuum that is due could count no rows in one that is being filled."""
        self.server.psql("-c", f"DROP TABLE IF EXISTS {table}", "-c", f"CREATE TABLE {table} (LIKE night1 INCLUDING ALL)")

    def csv(self, night):
        return f"{self.inventory.folder}/night{night}.csv"

    def axport(self, step):
        self.inventory.restore(f"night{STEPS[step]}", STEPS[step])
        if step == "empty":
            self.make("devices")
        return self.inventory.load(self.target)

    def watched(self, step):
        """The same while a reader looks; its figures are no measure of the load."""
        before = 0 if step == "empty" else int(self.server.psql("-c", "SELECT count(*) FROM devices"))
        self.inventory.restore(f"night{STEPS[step]}", STEPS[step])
        if step == "empty":
            self.make("devices")
        with Reader(self.server, "devices") as reader:
            self.inventory.load(self.target)
        after = int(self.server.psql("-c", "SELECT count(*) FROM devices"))
        self.slowest, self.whole = max(self.slowest, reader.slowest), self.whole and reader.counts <= {before, after}

    def psql(self, sql, anew):
        if anew:
            self.make("floor")
        os.sync()
        return succeed(self.server.psql_command(), stdin=sql)

    def merge(self, step):
        return self.psql(MERGE.format(csv=self.csv(STEPS[step]), same=self.same, assignments=self.assignments),
                         step == "empty")

    def copy(self):
        return self.psql(f"\\copy floor from '{self.csv(1)}' with (format csv, header)\n", True)

    def plain(self):
        columns = ", ".join(f"c{number} text" for number in range(1, 22))
        self.server.psql("-c", f"DROP TABLE IF EXISTS plain; CREATE TABLE plain (serial text PRIMARY KEY, {columns})")
        os.sync()
        began = time.monotonic()
        psql = subprocess.Popen(self.server.psql_command("-c", "COPY plain FROM STDIN (FORMAT csv)"), stdin=subprocess.PIPE)
        cost = succeed([sys.executable, f"{HERE}/plain_load.py", self.inventory.file()], into=psql.stdin)
        psql.stdin.close()
        _, status, usage = os.wait4(psql.pid, 0)
        psql.returncode = os.waitstatus_to_exitcode(status)
        if psql.returncode:
            raise RuntimeError("COPY of the Python script's rows failed")
        return Cost(time.monotonic() - began, cost.cpu + usage.ru_utime + usage.ru_stime, cost.peak)


def load_tables(section, inventory, in_full):
    table = section.table(f"Offline loads into PostgreSQL, {inventory.rows:,} rows", "load", "step", "wall s", "CPU s",
                          "peak MB", "rows/s", "runs", "× psql", "× axport", note=NOTE)
    steps = list(STEPS) if in_full else ["empty", "identical"]
    found = {}
    with PostgresServer() as server:
        tables = Tables(server, inventory, sorted({STEPS[step] for step in steps}))

        def row(name, step, cost, floor=None, ours=None):
            table.add(name, step, cost.seconds, cost.cpu, cost.peak, inventory.rows / cost.seconds, cost.runs,
                      floor and cost.seconds / floor.seconds, ours and cost.seconds / ours.seconds)

        copy = found["copy"] = best(tables.copy)
        plain = best(tables.plain)
        for step in steps:
            # Into the same table again changes nothing after the first time; a changed night is new only once.
            runs = 1 if STEPS[step] > 1 else 3
            ours, floor = best(lambda: tables.axport(step), runs), best(lambda: tables.merge(step), runs)
            found[step], found["merge", step] = ours, floor
            row("axport", step, ours, floor, ours)
            row("`psql`: `\\copy` and merge", step, floor, floor, ours)
        row("`\\copy` alone", "empty", copy, found["merge", "empty"], found["empty"])
        row("Python and COPY", "empty", plain, found["merge", "empty"], found["empty"])
        for step in steps if in_full else []:
            tables.watched(step)
        found["reader"] = tables.slowest, tables.whole
    inventory.remove("night*")
    return found


def measure(axport, devices=200_000):
    section = report.Section("c", "Offline loads into PostgreSQL")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        found = load_tables(section, Inventory(axport, folder, devices).fill(), True)
    for step in STEPS:
        section.at_most(f"{step}: at most 1.3 times psql with the same merge",
                        found[step].seconds / found["merge", step].seconds, 1.3, " ×")
        section.at_most(f"{step}: memory at most 64 MB", found[step].peak, 64, " MB")
    slowest, whole = found["reader"]
    section.target("a reader of the table never waits over 2 s, nor sees a part of the rows", f"{slowest:.2f} s",
                   "met" if slowest <= 2 and whole else "missed")
    return section


if __name__ == "__main__":
    report.alone(measure)

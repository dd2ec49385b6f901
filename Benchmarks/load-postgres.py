#!/usr/bin/env python3
"""Loading the inventory into PostgreSQL against `psql \\copy` of a ready CSV with the same merge in SQL, in one run.

    Benchmarks/load-postgres.py [AXPORT] [DEVICES] [ROUNDS]

Into an empty table, the same rows again, and with about 1 % changed. Both sides use the same server, with its default
settings, and tables of the same layout; the quickest of ROUNDS counts for each. Exits with 1 when axport takes more than
1.3 times as long or 64 MB, or when a reader of the table meanwhile waits or sees a part of the rows.
"""
import os
import shutil
import sys
import tempfile
import threading
import time

from bare_client import run_axport
from postgres_server import PostgresServer

AXPORT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".build/release/axport")
DEVICES = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else 3
PIPELINE = """
source: {{ platform: sandbox, devices: {devices}, night: {night} }}
inventory: inventory.sqlite
extract: [devices, assignments]
load:
  - {load}
"""
# What axport's load does, as somebody would write it by hand: https://www.postgresql.org/docs/15/sql-insert.html
MERGE = """
BEGIN;
CREATE TEMPORARY TABLE staging (LIKE {table}) ON COMMIT DROP;
\\copy staging from '{csv}' with (format csv, header)
DELETE FROM staging AS s WHERE EXISTS (SELECT 1 FROM {table} AS t WHERE t.serial_number = s.serial_number AND {same});
INSERT INTO {table} SELECT * FROM staging ON CONFLICT (serial_number) DO UPDATE SET {assignments};
COMMIT;
"""
BOOKKEEPING = {"serial_number", "first_seen_at", "last_seen_at"}


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


def axport(folder, night, load, *options):
    pipeline = PIPELINE.format(devices=DEVICES, night=night, load=load)
    began = time.monotonic()
    code, errors, report, peak = run_axport(AXPORT, {}, folder, pipeline, *options)
    if code:
        sys.exit(errors)
    return time.monotonic() - began, peak, report["stages"][-1]


def main():
    with PostgresServer() as server, tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        load = f'postgres: {{ url: "{server.url}", table: devices }}'
        # The inventory and the ready CSV of each night; the second one's inventory knows the first.
        for night in (1, 2):
            axport(folder, night, load.replace("devices", f"night{night}"))
            copy(f"{folder}/inventory.sqlite", f"{folder}/night{night}.sqlite")
            server.psql("-c", f"\\copy (SELECT * FROM night{night} ORDER BY first_seen_at) TO '{folder}/night{night}.csv' "
                              "WITH (FORMAT csv, HEADER)")
        failed = False
        print(f"{'':<12}{'psql s':>8}{'axport s':>10}{'ratio':>7}{'peak MB':>9}{'written':>9}{'slowest read s':>16}")
        best = {}
        for _ in range(ROUNDS):
            for table in ("devices", "floor"):
                server.psql("-c", f"DROP TABLE IF EXISTS {table}")
            for step, night in (("empty", 1), ("identical", 1), ("1 % changed", 2)):
                copy(f"{folder}/night{night}.sqlite", f"{folder}/inventory.sqlite")
                if step == "empty":
                    make_tables(server, folder, load)
                names = server.psql("-c", "SELECT column_name FROM information_schema.columns WHERE table_name = 'floor' "
                                          "ORDER BY ordinal_position").split()
                merge = MERGE.format(
                    table="floor", csv=f"{folder}/night{night}.csv",
                    same=" AND ".join(f't."{name}" IS NOT DISTINCT FROM s."{name}"' for name in names
                                      if name not in BOOKKEEPING),
                    assignments=", ".join(f'"{name}" = excluded."{name}"' for name in names if name != "serial_number"))
                before = int(server.psql("-c", "SELECT count(*) FROM devices"))
                # Whatever was written until now must not be waited for by the commits that are measured.
                os.sync()
                with Reader(server, "devices") as reader:
                    seconds, peak, stage = axport(folder, night, load, "--offline")
                os.sync()
                began = time.monotonic()
                server.psql(sql=merge)
                floor = time.monotonic() - began
                after = int(server.psql("-c", "SELECT count(*) FROM devices"))
                failed |= not reader.counts <= {before, after} or reader.slowest > 2
                old = best.get(step, (9e9, 9e9, 0, 0, 0))
                best[step] = (min(old[0], floor), min(old[1], seconds), max(old[2], peak), stage["written"],
                              max(old[4], reader.slowest))
        for step, (floor, seconds, peak, written, slowest) in best.items():
            failed |= seconds > 1.3 * floor or peak > 64
            print(f"{step:<12}{floor:>8.2f}{seconds:>10.2f}{seconds / floor:>7.2f}{peak:>9.1f}{written:>9}{slowest:>16.2f}")
        sys.exit(1 if failed else 0)


def make_tables(server, folder, load):
    """Empty tables of the layout that axport makes."""
    copy(f"{folder}/night1.sqlite", f"{folder}/inventory.sqlite")
    axport(folder, 1, load, "--offline", "--limit", "1")
    server.psql("-c", "TRUNCATE devices; CREATE TABLE floor (LIKE devices INCLUDING ALL)")


def copy(source, target):
    for suffix in ("-wal", "-shm"):
        if os.path.exists(target + suffix):
            os.remove(target + suffix)
    shutil.copyfile(source, target)


main()

#!/usr/bin/env python3
"""Loading the inventory into PostgreSQL against `psql \\copy` of a ready CSV and a merge in SQL, in one run.

    Benchmarks/postgres_loads.py [AXPORT] [DEVICES]

Into an empty table, the same rows again, and with about 1 % changed; without transforms, so that the CSV is what axport
computes. All use the same server, with its default settings, and tables of the same layout; they take turns. The floor is
psql with the SQL that axport sends; beside it stands what somebody would write by hand. A reader of the table must not wait
meanwhile, nor see a part of the rows. Exits with 1 when a target is missed.
"""
import os
import tempfile

from measuring import report
from measuring.inventory import Inventory
from measuring.postgres_tables import STEPS, Tables
from measuring.process_cost import in_turn
from servers.postgres_server import PostgresServer

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
SELECT count(*) = 0 AS empty FROM (SELECT 1 FROM floor LIMIT 1) AS t \\gset
\\if :empty
INSERT INTO floor SELECT {columns} FROM staging;
\\else
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
\\endif
COMMIT;
"""
# https://www.postgresql.org/docs/15/sql-insert.html
BY_HAND = COPY + """
DELETE FROM staging AS s WHERE EXISTS (SELECT 1 FROM floor AS t WHERE t.serial_number = s.serial_number AND {same});
INSERT INTO floor SELECT * FROM staging """ + UPSERT + "\nCOMMIT;\n"
READS = 3
NOTE = ("CPU time and memory are those of the client; the server has its own. `the same SQL` are axport's statements, "
        "`as by hand` are `\\copy`, DELETE … WHERE EXISTS and INSERT … ON CONFLICT; both get the rows that axport computes in "
        "a ready CSV.")


def load_tables(section, tables, steps, in_full):
    """What was found, by step. In full: with a reader."""
    rows = tables.rows
    table = section.table(f"Offline loads into PostgreSQL without transforms, {rows:,} rows", *report.LOAD, "× the same SQL",
                          "× axport", note=NOTE)
    found = {}
    for step in steps:
        ours, same, hand = in_turn(lambda: tables.axport(step), lambda: tables.merge(SAME_SQL, step),
                                   lambda: tables.merge(BY_HAND, step))
        tables.check(step)
        found[step], found["same SQL", step] = ours, same
        for name, cost in (("axport", ours), ("`psql`, the same SQL", same), ("`psql`, as by hand", hand)):
            table.add_load(name, step, cost, rows, same, ours)
    for step in steps if in_full else []:
        tables.watched(step)
    return found


def targets(section, tables, found, in_full):
    rows = tables.rows
    for step in STEPS:
        if step in found:
            section.at_most(f"PostgreSQL, {rows:,} rows, {step}: no slower than psql with the same SQL",
                            found[step].seconds / found["same SQL", step].seconds, 1, " ×")
    if not in_full:
        return
    section.at_most(f"PostgreSQL, {rows:,} rows: memory at most 64 MB, the highest of all steps",
                    max(found[step].peak for step in STEPS), 64, " MB")
    section.target("a reader of the table never waits over 2 s, nor sees a part of the rows",
                   f"{tables.slowest:.2f} s, {'never' if tables.whole else 'a part seen'}, {tables.reads} or more reads in "
                   "each load",
                   "not measured: too few reads" if tables.reads < READS
                   else "met" if tables.slowest <= 2 and tables.whole else "missed")


def measure(axport, devices=200_000):
    section = report.Section("c", "Offline loads into PostgreSQL")
    with tempfile.TemporaryDirectory() as folder, PostgresServer() as server:
        os.chmod(folder, 0o755)
        tables = Tables(server, Inventory(axport, folder, devices).fill(), STEPS)
        targets(section, tables, load_tables(section, tables, STEPS, True), True)
    return section


if __name__ == "__main__":
    report.alone(measure)

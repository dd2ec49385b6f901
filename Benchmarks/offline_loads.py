#!/usr/bin/env python3
"""Offline loads with all transforms into each kind of target, against copies of what is ready and a short Python script.

    Benchmarks/offline_loads.py [AXPORT] [DEVICES…]

Files, SQLite and PostgreSQL, into nothing and the same rows again. Exits with 1 when a target is missed.
"""
import os
import sys
import tempfile

import postgres_loads
import report
from inventory import Inventory
from peers import HERE
from process_cost import best, succeed

LOADS = {"CSV": ("out.csv", "csv: { file: out.csv }"), "NDJSON": ("out.ndjson", "ndjson: { file: out.ndjson }"),
         "SQLite": ("out.sqlite", "sqlite: { file: out.sqlite }")}
HEADS = ("load", "step", "wall s", "CPU s", "peak MB", "rows/s", "runs", "× floor", "× axport")
NOTE = ("All rows pass all transforms. The floor of a file is a copy of the ready one that is synchronized to disk, as "
        "axport's is; `Python` is [plain_load.py](plain_load.py), which normalises nothing.")


def load_files(section, inventory):
    table = section.table(f"Offline loads into files, {inventory.rows:,} rows", *HEADS, note=NOTE)

    def row(name, step, cost, floor=None, ours=None):
        table.add(name, step, cost.seconds, cost.cpu, cost.peak, inventory.rows / cost.seconds, cost.runs,
                  floor and cost.seconds / floor.seconds, ours and cost.seconds / ours.seconds)
        return cost

    def command(*arguments):
        def once():
            inventory.remove("copy*")
            os.sync()
            return succeed(arguments, cwd=inventory.folder)
        return best(once)

    found = {}
    for name, (file, load) in LOADS.items():
        def once():
            inventory.remove(f"{file}*")
            return inventory.load(load)
        first = best(once)
        again = best(lambda: inventory.load(load))
        copied = command("sh", "-c", f"cat {file} > copy")
        floor = command("dd", f"if={file}", "of=copy", "bs=1M", "conv=fsync", "status=none")
        found[name] = row(f"axport, {name}", "first", first, floor, first)
        row(f"axport, {name}", "identical", again, floor, first)
        row("`cat` of the ready file", "", copied, floor, first)
        row("the same, synchronized", "", floor, floor, first)
        if name == "CSV":
            plain = command(sys.executable, f"{HERE}/plain_load.py", "inventory.sqlite", "copy.csv")
            row("Python, CSV", "", plain, floor, first)
        inventory.remove(f"{file}*", "copy*")
    return found


def targets(section, rows, files, database, first_peak):
    """A machine where \\copy does 200,000 rows a second is the measure; another one is measured by its own."""
    if not database:
        return None
    copy, loaded = rows / database["copy"].seconds, rows / database["empty"].seconds
    if first_peak is None:
        section.at_least(f"PostgreSQL, {rows:,} rows: at least half the rows per second that `\\copy` of a ready CSV does "
                         f"here ({copy:,.0f})", loaded, copy / 2, " rows/s")
        section.at_most("PostgreSQL, into an empty table: at most 1.3 times psql with the same merge",
                        database["empty"].seconds / database["merge", "empty"].seconds, 1.3, " ×")
        slowest, whole = database["reader"]
        section.target("a reader of the table never waits over 2 s, nor sees a part of the rows",
                       f"{slowest:.2f} s, {'never' if whole else 'a part seen'}",
                       "met" if slowest <= 2 and whole else "missed")
    else:
        section.at_most(f"PostgreSQL, {rows:,} rows: memory as with fewer rows (1.1 times)",
                        database["empty"].peak / first_peak, 1.1, " ×")
        if files:
            section.at_least(f"CSV, {rows:,} rows: at least 1.25 times the rows per second that `\\copy` does here "
                             f"({copy:,.0f})", rows / files["CSV"].seconds, copy * 1.25, " rows/s")
            section.at_most(f"CSV, {rows:,} rows: memory under 80 MB", files["CSV"].peak, 80, " MB")
    return database["empty"].peak


def measure(axport, *sizes):
    section = report.Section("c", "Offline loads")
    peak = None
    for devices in sizes or (200_000, 1_000_000):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            inventory = Inventory(axport, folder, devices).fill()
            rows = inventory.rows
            files = section.attempt(load_files, inventory)
            # A second night, and a reader meanwhile, are measured where that takes no minutes.
            database = section.attempt(postgres_loads.load_tables, inventory, devices <= 200_000)
            peak = targets(section, rows, files, database, peak)
    return section


if __name__ == "__main__":
    report.alone(measure)

#!/usr/bin/env python3
"""Offline loads into each kind of target, against copies of what is ready and a short Python script.

    Benchmarks/offline_loads.py [AXPORT] [DEVICES…]

Files, SQLite and PostgreSQL, into nothing and the same rows again; into PostgreSQL also what
postgres_loads.py says. Exits with 1 when a target is missed.
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
NOTE = ("All rows pass all transforms. The floor of a file is a copy of the ready one that is synchronized to disk, as "
        "axport's is; `Python` is [plain_load.py](plain_load.py), which normalizes nothing.")


def load_files(section, inventory):
    table = section.table(f"Offline loads into files, {inventory.rows:,} rows", *report.LOAD,
                          "× floor", "× axport", note=NOTE)

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
        found[name], found[name, "identical"] = first, again
        lines = [(f"axport, {name}", "first", first), (f"axport, {name}", "identical", again),
                 ("`cat` of the ready file", "", copied), ("the same, synchronized", "", floor)]
        if name == "CSV":
            plain = command(sys.executable, f"{HERE}/plain_load.py", "inventory.sqlite", "copy.csv")
            lines.append(("Python, CSV", "", plain))
        for line in lines:
            table.add_load(*line, inventory.rows, floor, first)
        inventory.remove(f"{file}*", "copy*")
    return found


def targets(section, rows, files, database, first_peak):
    """What `\\copy` does with a ready CSV is the measure of a machine."""
    copy = rows / database["copy"].seconds
    beside = f" rows/s; `\\copy` does {copy:,.0f}"
    section.at_most(f"PostgreSQL, {rows:,} rows, all transforms, empty: no slower than `\\copy` of the ready CSV",
                    database["transformed"].seconds / database["copy"].seconds, 1, " ×")
    if "reader" in database:
        if files:
            section.at_least(f"SQLite, {rows:,} rows, first load: at least 160,000 rows/s where `\\copy` does 137,000, so 1.17 "
                             "times as many as it does here", rows / files["SQLite"].seconds, copy * 1.17, beside)
            section.at_least(f"SQLite, {rows:,} rows, identical: at least 1.5 times as many rows/s as before rows were compared "
                             "as they come, so 1.01 times as many as `\\copy`",
                             rows / files["SQLite", "identical"].seconds, copy * 1.01, beside)
        postgres_loads.targets(section, rows, database)
        return
    if first_peak is not None:
        section.at_most(f"PostgreSQL, {rows:,} rows, all transforms: memory as with fewer rows (1.1 times)",
                        database["transformed"].peak / first_peak, 1.1, " ×")
    if files:
        section.at_least(f"CSV, {rows:,} rows: at least 250,000 rows/s where `\\copy` does 200,000, so 1.25 times as many as "
                         "it does here", rows / files["CSV"].seconds, copy * 1.25, beside)
        section.at_most(f"CSV, {rows:,} rows: memory under 80 MB", files["CSV"].peak, 80, " MB")


def measure(axport, *sizes):
    section = report.Section("c", "Offline loads")
    peak = None
    for devices in sizes or (200_000, 1_000_000):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            inventory = Inventory(axport, folder, devices).fill()
            # The second night has others.
            rows = inventory.rows
            files = section.attempt(load_files, inventory)
            # A second night, and a reader meanwhile, are measured once, where that takes no minutes.
            database = section.attempt(postgres_loads.load_tables, inventory, peak is None and devices <= 200_000)
            if database:
                targets(section, rows, files, database, peak)
                peak = peak or database["transformed"].peak
    return section


if __name__ == "__main__":
    report.alone(measure)

#!/usr/bin/env python3
"""Offline loads into each kind of target, against copies of what is ready and a short Python script.

    Benchmarks/offline_loads.py [AXPORT] [DEVICES…]

With all transforms into nothing, and into files and SQLite the same rows again, in turn with `\\copy` of a ready CSV; then
into PostgreSQL what postgres_loads.py says. Exits with 1 when a target is missed.
"""
import os
import sys
import tempfile

import postgres_loads
from measuring import report
from measuring.inventory import Inventory
from measuring.postgres_tables import STEPS, Tables
from measuring.process_cost import in_turn, succeed
from measuring.report import HERE
from servers.postgres_server import PostgresServer

LOADS = {"CSV": ("out.csv", "csv: { file: out.csv }"), "NDJSON": ("out.ndjson", "ndjson: { file: out.ndjson }"),
         "SQLite": ("out.sqlite", "sqlite: { file: out.sqlite }")}
COPY = "`\\copy` of the ready CSV", ""
NOTE = ("All rows pass all transforms. The floor of a file is a copy of the ready one that is synchronized to disk, as "
        "axport's is; that of PostgreSQL is `\\copy`, which takes the same rows, ready, into an empty table with the same "
        "primary key. `Python` is [plain_load.py](floors/plain_load.py), which normalizes nothing, and for PostgreSQL the `psql` "
        "that it writes to. CPU time and memory of loads into PostgreSQL are those of the client.")


class FileLoads:
    """Into one kind of file, and copies of the ready one."""

    def __init__(self, inventory, file, load):
        self.inventory, self.file, self.load = inventory, file, load

    def first(self):
        self.inventory.remove(f"{self.file}*")
        return self.again()

    def again(self):
        return self.inventory.load(self.load)

    def copied(self):
        return self.command("sh", "-c", f"cat {self.file} > copy")

    def synchronized(self):
        return self.command("dd", f"if={self.file}", "of=copy", "bs=1M", "conv=fsync", "status=none")

    def plain(self):
        return self.command(sys.executable, f"{HERE}/floors/plain_load.py", "inventory.sqlite", "copy")

    def command(self, *arguments):
        self.inventory.remove("copy")
        os.sync()
        return succeed(arguments, cwd=self.inventory.folder)


def load_all(section, tables):
    """What was found, by name and step."""
    inventory, actions = tables.inventory, {}
    tables.prepare_transformed()
    for name, (file, load) in LOADS.items():
        to = FileLoads(inventory, file, load)
        actions |= {(f"axport, {name}", "first"): to.first, (f"axport, {name}", "identical"): to.again,
                    ("`cat` of the ready file", name): to.copied, ("the same, synchronized", name): to.synchronized}
        if name == "CSV":
            actions["Python, CSV", ""] = to.plain
    actions |= {("axport, PostgreSQL", "first"): tables.transformed, COPY: tables.copy,
                ("Python and COPY", ""): tables.plain}
    found = dict(zip(actions, in_turn(*actions.values())))
    table = section.table(f"Offline loads with all transforms, {tables.rows:,} rows", *report.LOAD, "× floor", "× `\\copy`",
                          note=NOTE)
    floor = None
    for (name, step), cost in found.items():
        if name.startswith("axport"):
            floor = found.get(("the same, synchronized", name.removeprefix("axport, ")), found[COPY])
        table.add_load(name, "" if step in LOADS else step, cost, tables.rows, floor, found[COPY])
    inventory.remove("out.*", "copy")
    return found


def targets(section, rows, found, in_full, first_peak):
    """What `\\copy` does with a ready CSV is the measure of a machine."""
    copy, ours, csv = rows / found[COPY].seconds, found["axport, PostgreSQL", "first"], found["axport, CSV", "first"]
    beside = f" rows/s; `\\copy` does {copy:,.0f}"
    section.at_most(f"PostgreSQL, {rows:,} rows, all transforms, empty: no slower than `\\copy` of the ready CSV",
                    ours.seconds / found[COPY].seconds, 1, " ×")
    if in_full:
        section.at_least(f"SQLite, {rows:,} rows, first load: at least 160,000 rows/s where `\\copy` does 137,000, so 1.17 "
                         "times as many as it does here", rows / found["axport, SQLite", "first"].seconds, copy * 1.17, beside)
        section.at_least(f"SQLite, {rows:,} rows, identical: at least 1.5 times as many rows/s as before rows were compared "
                         "as they come, so 1.01 times as many as `\\copy`",
                         rows / found["axport, SQLite", "identical"].seconds, copy * 1.01, beside)
        return
    if first_peak:
        section.at_most(f"PostgreSQL, {rows:,} rows, all transforms: memory as with fewer rows (1.1 times)",
                        ours.peak / first_peak, 1.1, " ×")
    section.at_least(f"CSV, {rows:,} rows: at least 250,000 rows/s where `\\copy` does 200,000, so 1.25 times as many as "
                     "it does here", rows / csv.seconds, copy * 1.25, beside)
    section.at_most(f"CSV, {rows:,} rows: memory under 80 MB", csv.peak, 80, " MB")


def measure_size(section, axport, devices, first_peak):
    """The peak of the load into PostgreSQL."""
    # A changed night, and a reader meanwhile, are measured once, where that takes no minutes.
    in_full = first_peak is None and devices <= 200_000
    steps = list(STEPS) if in_full else ["empty", "identical"]
    with tempfile.TemporaryDirectory() as folder, PostgresServer() as server:
        os.chmod(folder, 0o755)
        tables = Tables(server, Inventory(axport, folder, devices).fill(), steps)
        found = section.attempt(load_all, tables)
        if found:
            targets(section, tables.rows, found, in_full, first_peak)
        without = section.attempt(postgres_loads.load_tables, tables, steps, in_full)
        if without:
            postgres_loads.targets(section, tables, without, in_full)
        return found and found["axport, PostgreSQL", "first"].peak


def measure(axport, *sizes):
    section = report.Section("c", "Offline loads")
    peak = None
    for devices in sizes or (200_000, 1_000_000):
        peak = section.attempt(measure_size, axport, devices, peak) or peak
    return section


if __name__ == "__main__":
    report.alone(measure)

#!/usr/bin/env python3
"""CPU time that each transform, and all of them together, cost per row.

    Benchmarks/transforms.py [AXPORT] [DEVICES]

An inventory is loaded offline with and without them: the difference of CPU time, the best of several runs each, by the
number of rows. One column is written, so that writing weighs little and the same.
"""
import tempfile

import report
from inventory import TRANSFORMS, Inventory

RUNS = 7
LOAD = "csv: { file: out.csv, columns: [serial_number] }"
EXPRESSIONS = {"where": "where: product_family = 'iPad'", "compute": "compute: { asset_tag: \"'APL-' || serial_number\" }"}
# The columns that a transform adds are computed only where somebody reads them.
READ = {"where": "serial_number", "compute": "asset_tag"}


def cost(inventory, transforms, load=LOAD):
    inventory.load(load, transforms=transforms)
    return min(inventory.load(load, transforms=transforms).cpu for _ in range(RUNS))


def measure(axport, devices=200_000):
    section = report.Section("d", "Transforms")
    with tempfile.TemporaryDirectory() as folder:
        inventory = Inventory(axport, folder, devices, requests=20_000).fill()
        plain = cost(inventory, [])
        table = section.table(
            f"Transforms, {inventory.rows:,} rows, the least CPU time of {RUNS} runs", "transform", "CPU s", "ns per row",
            note="Beyond the time without transforms, the first line. `where` drops most rows, so that less is written.")
        table.add("none: reading, one column to CSV", plain, plain / inventory.rows * 1e9)

        def row(name, transforms, load=LOAD):
            found = cost(inventory, transforms, load)
            table.add(name, found, max(0.0, (found - plain) / inventory.rows * 1e9))
            return found

        for name in TRANSFORMS:
            row(name, [name])
        row("all of these", TRANSFORMS)
        for name, transform in EXPRESSIONS.items():
            row(f"`{transform}`", [transform], LOAD.replace("serial_number", READ[name]))
    return section


if __name__ == "__main__":
    report.alone(measure)

#!/usr/bin/env python3
"""CPU time that each transform, and all of them together, cost per row.

    Benchmarks/transforms.py [AXPORT] [DEVICES]

An inventory is loaded offline with and without them: the difference of CPU time, the best of several runs each, by the
number of rows. One column is written, so that writing weighs little and the same; what is not written is computed all the
same. What costs next to nothing can end below zero.
"""
import tempfile

import report
from inventory import TRANSFORMS, Inventory

RUNS = 7
LOAD = "csv: { file: out.csv, columns: [serial_number] }"
EXPRESSIONS = ["where: product_family = 'iPad'", "compute: { asset_tag: \"'APL-' || serial_number\" }"]


def cost(inventory, transforms):
    inventory.load(LOAD, transforms=transforms)
    return min(inventory.load(LOAD, transforms=transforms).cpu for _ in range(RUNS))


def measure(axport, devices=200_000):
    section = report.Section("d", "Transforms")
    with tempfile.TemporaryDirectory() as folder:
        inventory = Inventory(axport, folder, devices, requests=20_000).fill()
        plain = cost(inventory, [])
        table = section.table(
            f"Transforms, {inventory.rows:,} rows, the least CPU time of {RUNS} runs", "transform", "CPU s", "ns per row",
            note="Beyond the time without transforms, the first line. `where` drops most rows, so that less is written.")
        table.add("none: reading, one column to CSV", plain, plain / inventory.rows * 1e9)

        for name, transforms in (*((name, [name]) for name in TRANSFORMS), ("all of these", TRANSFORMS),
                                 *((f"`{expression}`", [expression]) for expression in EXPRESSIONS)):
            found = cost(inventory, transforms)
            table.add(name, found, (found - plain) / inventory.rows * 1e9)
    return section


if __name__ == "__main__":
    report.alone(measure)

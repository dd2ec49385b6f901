#!/usr/bin/env python3
"""CPU instructions that each transform, and all of them together, cost per row.

    Benchmarks/transforms.py [AXPORT] [DEVICES]

An inventory is loaded offline with and without them, under valgrind: the difference of the instructions of whole runs, by
the number of rows. One column is written, so that writing weighs little and the same; what is not written is computed all
the same. CPU time is no measure for this: it differed more from run to run than with a transform, and went below zero.
"""
import tempfile

from instructions import Counter
from measuring import report
from measuring.inventory import TRANSFORMS, Inventory

LOAD = "csv: { file: out.csv, columns: [serial_number] }"
EXPRESSIONS = ["where: product_family = 'iPad'", "compute: { asset_tag: \"'APL-' || serial_number\" }"]


def measure(axport, devices=20_000):
    section = report.Section("d", "Transforms")
    with tempfile.TemporaryDirectory() as folder:
        inventory = Inventory(axport, folder, devices, requests=devices // 10).fill()
        counter = Counter(axport, folder)

        def cost(transforms):
            # The second run judges what the first has rejected, as on any night but the first.
            pipeline = inventory.pipeline(LOAD, transforms=transforms)
            counter.count(pipeline)
            return counter.count(pipeline)
        plain = cost([])
        table = section.table(
            f"Transforms, {inventory.rows:,} rows, counted by valgrind's cachegrind", "transform", "instructions", "per row",
            note="Beyond the number without transforms, the first line, each in a run of its own; what a transform rejects is "
                 "looked up and stored, too. `where` drops most rows, so that less is written. Two runs of the same differ by "
                 f"up to 0.1 %, which is {plain / inventory.rows / 1000:,.0f} per row.")
        table.add("none: reading, one column to CSV", plain, plain / inventory.rows)

        for name, transforms in (*((name, [name]) for name in TRANSFORMS), ("all of these", TRANSFORMS),
                                 *((f"`{expression}`", [expression]) for expression in EXPRESSIONS)):
            found = cost(transforms)
            table.add(name, found, (found - plain) / inventory.rows)
    return section


if __name__ == "__main__":
    report.alone(measure)

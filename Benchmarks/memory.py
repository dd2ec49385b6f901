#!/usr/bin/env python3
"""Peak memory by size of the fleet: of a sync from a sandbox in another process, and of an offline load of what it brought.

    Benchmarks/memory.py [AXPORT] [DEVICES…]

Without coverage, whose one request per device takes long and holds little. Exits with 1 when the largest takes over 80 MB,
or over 1.5 times what 10,000 devices take.
"""
import tempfile

from measuring import report
from measuring.inventory import TRANSFORMS
from measuring.process_cost import run_well
from servers.sandbox import Sandbox, source

PIPELINE = """
inventory: inventory.sqlite
extract: [devices, assignments]
transform: [{transforms}]
load:
  - csv: {{ file: out/devices.csv }}
"""
LIMIT = 80
APPLIED = [name for name in TRANSFORMS if name != "applecare"]


def measure_size(_, table, peaks, axport, devices):
    with tempfile.TemporaryDirectory() as folder, Sandbox(axport, "--devices", devices) as sandbox:
        pipeline = source(sandbox.env) + PIPELINE.format(transforms=", ".join(APPLIED))
        for name, options in (("first sync", []), ("offline load", ["--offline"])):
            if options:
                # Another file, or it would have nothing to write.
                pipeline = pipeline.replace("devices.csv", "again.csv")
            cost = run_well(axport, sandbox.env, folder, pipeline, *options)
            table.add(devices, name, cost.seconds, cost.cpu, cost.peak, devices / cost.seconds)
            peaks[name, devices] = cost.peak


def measure(axport, *sizes):
    section = report.Section("e", "Memory by size of the fleet")
    table = section.table("Peak memory by size of the fleet, devices and assignments, to CSV",
                          "devices", "run", "wall s", "CPU s", "peak MB", "devices/s",
                          note=f"With the transforms {', '.join(APPLIED)}; `applecare` needs coverage.")
    sizes, peaks = sizes or (1_000, 10_000, 100_000, 1_000_000), {}
    for devices in sizes:
        section.attempt(measure_size, table, peaks, axport, devices)
    largest = max(sizes)
    for name in ("first sync", "offline load"):
        if (name, largest) not in peaks:
            continue
        section.at_most(f"{name}, {largest:,} devices: memory under {LIMIT} MB", peaks[name, largest], LIMIT, " MB")
        if (name, 10_000) in peaks and largest > 10_000:
            section.at_most(f"{name}: at most 1.5 times the memory of 10,000 devices",
                            peaks[name, largest] / peaks[name, 10_000], 1.5, " ×")
    return section


if __name__ == "__main__":
    report.alone(measure)

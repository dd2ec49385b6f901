#!/usr/bin/env python3
"""Peak memory by size of the fleet: of a sync from a sandbox in another process, and of an offline load of what it brought.

    Benchmarks/memory.py [AXPORT] [DEVICES…]

Without coverage, whose one request per device takes long and holds little. Exits with 1 when the largest takes over 80 MB,
or over 1.5 times what 10,000 devices take.
"""
import tempfile

import report
from process_cost import run_well
from sandbox import Sandbox, source

PIPELINE = """
inventory: inventory.sqlite
extract: [devices, assignments]
transform: [imei, meid, eid, mac, storage, part_number]
load:
  - csv: { file: out/devices.csv }
"""
LIMIT = 80


def measure(axport, *sizes):
    section = report.Section("e", "Memory by size of the fleet")
    table = section.table("Peak memory by size of the fleet, devices and assignments, all transforms to CSV",
                          "devices", "run", "wall s", "CPU s", "peak MB", "devices/s")
    peaks = {}
    for devices in sizes or (1_000, 10_000, 100_000, 1_000_000):
        with tempfile.TemporaryDirectory() as folder, Sandbox(axport, "--devices", devices) as sandbox:
            pipeline = source(sandbox.env) + PIPELINE
            for name, options in (("first sync", []), ("offline load", ["--offline"])):
                if options:
                    # Another file, or it would have nothing to write.
                    pipeline = pipeline.replace("devices.csv", "again.csv")
                cost = run_well(axport, sandbox.env, folder, pipeline, *options)
                table.add(devices, name, cost.seconds, cost.cpu, cost.peak, devices / cost.seconds)
                peaks[name, devices] = cost.peak
    largest = max(devices for _, devices in peaks)
    for name in ("first sync", "offline load"):
        section.at_most(f"{name}, {largest:,} devices: memory under {LIMIT} MB", peaks[name, largest], LIMIT, " MB")
        if (name, 10_000) in peaks and largest > 10_000:
            section.at_most(f"{name}: at most 1.5 times the memory of 10,000 devices",
                            peaks[name, largest] / peaks[name, 10_000], 1.5, " ×")
    return section


if __name__ == "__main__":
    report.alone(measure)

#!/usr/bin/env python3
"""CPU time that each normalising transform, and all of them together, cost per device.

Reads a simulated fleet into an inventory once, then loads it offline with and without the transforms: the difference of
user and system time, the best of several runs each, by the number of devices. One column is written, so that writing
weighs little and the same.
"""
import os
import resource
import subprocess
import sys
import tempfile

AXPORT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".build/release/axport")
DEVICES = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
RUNS = 5
TRANSFORMS = ["imei", "meid", "eid", "mac", "storage", "applecare"]

PIPELINE = """
source: {{ platform: sandbox, devices: {devices}, max_in_flight: 16 }}
inventory: inventory.sqlite
extract: [devices, coverage]
transform: [{transforms}]
load:
  - csv: {{ file: out.csv, columns: [serial_number] }}
"""


def run(folder, transforms, *arguments):
    with open(f"{folder}/bench.axport.yaml", "w", encoding="utf-8") as file:
        file.write(PIPELINE.format(devices=DEVICES, transforms=", ".join(transforms)))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [AXPORT, "run", "bench.axport.yaml", *arguments], cwd=folder, stderr=subprocess.PIPE, encoding="utf-8",
        env=os.environ | {"HOME": folder})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stderr)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


with tempfile.TemporaryDirectory() as folder:
    run(folder, [])
    plain = min(run(folder, [], "--offline") for _ in range(RUNS))
    print(f"{DEVICES} devices, offline, one column to CSV: {plain:.2f} s CPU without transforms\n")
    print(f"{'transforms':<12} {'µs a device':>12}")
    for chosen in [[name] for name in TRANSFORMS] + [TRANSFORMS]:
        cost = min(run(folder, chosen, "--offline") for _ in range(RUNS)) - plain
        print(f"{'all' if len(chosen) > 1 else chosen[0]:<12} {cost / DEVICES * 1e6:>12.2f}", flush=True)

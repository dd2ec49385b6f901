#!/usr/bin/env python3
"""A first full run of axport against the floor: a client of bare sockets that fetches the same bodies and keeps nothing.

Usage: floor.py [AXPORT [DEVICES]]. Both ask the same sandbox with as many requests in flight, eight. Exit 1 when axport takes more
than twice the floor's time or 80 MB.
"""
import os
import sys
import tempfile
import time

from bare_client import Client, Sandbox, run_axport, source

AXPORT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".build/release/axport")
DEVICES = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
IN_FLIGHT = 8
PIPELINE = """
inventory: inventory.sqlite
extract: [devices, assignments, coverage]
transform: [imei, meid, eid, mac, storage, applecare]
load:
  - csv: { file: out/devices.csv }
"""

with Sandbox(AXPORT, "--devices", DEVICES) as sandbox:
    began = time.monotonic()
    client = Client(sandbox.env)
    client.everything(IN_FLIGHT)
    floor = time.monotonic() - began
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        code, errors, report, peak = run_axport(AXPORT, sandbox.env, folder, source(sandbox.env) + PIPELINE)
        seconds = time.monotonic() - began
        if code:
            sys.exit(errors)
requests = sum(stage["requests"] for stage in report["stages"])
print(f"floor   {floor:7.1f} s  {client.requests} requests  {client.bytes / 1e6:.1f} MB")
print(f"axport  {seconds:7.1f} s  {requests} requests  ratio {seconds / floor:.2f}  peak {peak:.1f} MB")
sys.exit(seconds > 2 * floor or peak > 80)

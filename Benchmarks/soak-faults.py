#!/usr/bin/env python3
"""Every fault of the sandbox at once, over many seeds: what axport loads must be complete and right.

Usage: soak-faults.py [AXPORT [SEEDS [DEVICES]]]. The truth is what a client of bare sockets reads from a sandbox of the
same seed without faults. Nothing may reach the host that hostile links name, nor a proxy that stands for all other hosts:
the bearer token stays with the API. Exit 1 when a seed is wrong.
"""
import json
import os
import socket
import sys
import tempfile
import threading
import time

from floors.bare_client import Client
from measuring.process_cost import run_axport
from servers.sandbox import Sandbox, source

AXPORT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".build/release/axport")
SEEDS = int(sys.argv[2]) if len(sys.argv) > 2 else 20
DEVICES = int(sys.argv[3]) if len(sys.argv) > 3 else 2500
FAULTS = ("500:0.02,503:0.005,reset:0.01,truncate:0.005,stall:0.0003,html:0.005,badjson:0.005,expire:0.002,repeat:0.5,"
          "vanish:0.001,cursor:0.2,nexthost:0.5,429:0.001,token429:0.2")
RUNS = 5
PIPELINE = """
inventory: inventory.sqlite
extract: [devices, assignments, coverage]
load:
  - ndjson: { file: out/devices.ndjson, columns: [serial_number, server_id, coverage_state] }
  - ndjson: { file: out/coverage.ndjson, from: coverage, columns: [serial_number, coverage_id, description] }
"""


class Trap:
    """Accepts connections that must not come."""

    def __init__(self, host, port):
        self.caught = []
        self.server = socket.create_server((host, port))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            connection, _ = self.server.accept()
            self.caught.append(connection.recv(4096))
            connection.close()


def rows(folder, name):
    with open(f"{folder}/out/{name}.ndjson", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def text(value):
    """A blank text is loaded as null."""
    return value if isinstance(value, str) and value.strip() else None


def wrong(folder, truth):
    serials, servers, coverage = truth
    devices = rows(folder, "devices")
    found = sorted((row["serial_number"], row["server_id"]) for row in devices)
    if found != sorted((serial, servers.get(serial)) for serial in serials):
        return "devices or assignments"
    if any((row["coverage_state"] == "covered") != bool(coverage[row["serial_number"]]) for row in devices):
        return "coverage_state"
    records = sorted((row["serial_number"], row["coverage_id"], row["description"]) for row in rows(folder, "coverage"))
    true = sorted((serial, record["id"], text(record["attributes"].get("description")))
                  for serial, of_device in coverage.items() for record in of_device)
    return None if records == true else "coverage records"


proxy = Trap("127.0.0.1", 0)
try:
    traps = [proxy, Trap("127.0.0.2", 9)]
except OSError as error:
    print(f"hostile links lead to 127.0.0.2:9, where nobody listens now ({error}): only the proxy is watched")
    traps = [proxy]
elsewhere = {name: f"http://127.0.0.1:{proxy.port}" for name in ("HTTP_PROXY", "HTTPS_PROXY")} | {"NO_PROXY": "127.0.0.1"}
failures = 0
print(f"{'seed':>4} {'runs':>4} {'seconds':>8} {'requests':>8} {'least':>6}  result")
for seed in range(1, SEEDS + 1):
    with Sandbox(AXPORT, "--devices", DEVICES, "--seed", seed) as clean:
        client = Client(clean.env)
        serials, servers, bodies = client.everything(4)
        truth = serials, servers, {serial: json.loads(body)["data"] for serial, body in bodies.items()}
    began, requests, result = time.monotonic(), 0, "never done"
    with Sandbox(AXPORT, "--devices", DEVICES, "--seed", seed, "--fault", FAULTS) as sandbox, \
            tempfile.TemporaryDirectory() as folder:
        for run in range(1, RUNS + 1):
            cost = run_axport(AXPORT, sandbox.env, folder, source(sandbox.env) + PIPELINE, **elsewhere)
            requests += cost.requests
            if cost.code not in (0, 3, 69):
                result = f"exit code {cost.code}: {cost.errors}"
                break
            if cost.code == 0:
                problem = wrong(folder, truth)
                result = f"wrong: {problem}" if problem else "right"
                break
    if any(trap.caught for trap in traps):
        result = "the client went to another host"
    failures += result != "right"
    print(f"{seed:>4} {run:>4} {time.monotonic() - began:>8.1f} {requests:>8} {client.requests:>6}  {result}", flush=True)
print(f"{SEEDS - failures} of {SEEDS} seeds right; {sum(len(trap.caught) for trap in traps)} requests to other hosts")
sys.exit(failures > 0)

#!/usr/bin/env python3
"""What a second night costs: requests of a night on which about 1 % of the devices changed, and whether the result is
what a full run gives.

    Benchmarks/economy.py [AXPORT] [DEVICES]

Needs `faketime` (apt-get install faketime; brew install libfaketime), because the first night is yesterday. Exits with
1 when a target is missed: 5 % of the devices in requests, and the same rows as a full run. Without audit events nothing
tells that somebody bought AppleCare, so the columns of coverage may differ then; they are counted.
"""
import datetime
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

AXPORT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".build/release/axport")
DEVICES = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
# When axport looked, not what it saw.
BOOKKEEPING = {"first_seen_at", "last_seen_at", "removed_at", "coverage_checked_at"}

PIPELINE = """
source:
  platform: business
  client_id: ${env:AXPORT_CLIENT_ID}
  key_id: ${env:AXPORT_KEY_ID}
  private_key: ${file:account/private-key.pem}
  api_url: ${env:AXPORT_API_URL}
  token_url: ${env:AXPORT_TOKEN_URL}
inventory: INVENTORY.sqlite
extract:
  - devices: { changes: CHANGES }
  - assignments
  - coverage: { max_age: 30d }
load:
  - ndjson: { file: INVENTORY.devices.ndjson }
  - ndjson: { file: INVENTORY.coverage.ndjson, from: coverage }
"""


def yesterday(command):
    return ["faketime", "-f", "-1d"] + command


class Night:
    """The sandbox on one night, on the same port every night, so that it stays the same organisation."""

    def __init__(self, folder, port, number, begins, wrap=list):
        self.folder, self.wrap = folder, wrap
        self.environment = os.environ | {"HOME": folder, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        ready = f"{folder}/account/sandbox.env"
        if os.path.exists(ready):
            os.remove(ready)
        self.sandbox = subprocess.Popen(
            wrap([AXPORT, "sandbox", "--port", str(port), "--devices", str(DEVICES), "--night", str(number),
                  "--tonight", begins, "--credentials", f"{folder}/account"]),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.environment, start_new_session=True)
        while not os.path.exists(ready):
            if self.sandbox.poll() is not None:
                sys.exit("the sandbox did not start")
            time.sleep(0.05)
        with open(ready, encoding="utf-8") as file:
            for line in file:
                name, value = re.fullmatch(r"(\w+)='?(.*?)'?", line.strip()).groups()
                self.environment[name] = value

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # faketime runs the program as its child.
        os.killpg(self.sandbox.pid, 15)
        self.sandbox.wait()

    def run(self, inventory, changes):
        with open(f"{self.folder}/night.axport.yaml", "w", encoding="utf-8") as file:
            file.write(PIPELINE.replace("INVENTORY", inventory).replace("CHANGES", changes))
        done = subprocess.run(self.wrap([AXPORT, "run", "--json", "night.axport.yaml"]), cwd=self.folder,
                              env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr)
        return json.loads(done.stdout.splitlines()[-1])["stages"]


def rows(folder, inventory, dataset):
    with open(f"{folder}/{inventory}.{dataset}.ndjson", encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    return {(row["serial_number"], row.get("coverage_id")): {k: v for k, v in row.items() if k not in BOOKKEEPING}
            for row in found}


def differences(folder, dataset, without=()):
    def plain(inventory):
        return {key: {name: value for name, value in row.items() if name not in without}
                for key, row in rows(folder, inventory, dataset).items()}
    found, truth = plain("acme"), plain("truth")
    return {key[0] for key in found.keys() | truth.keys() if found.get(key) != truth.get(key)}


def measure(changes):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    now = datetime.datetime.now(datetime.timezone.utc)
    first, second = ((now - datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ") for days in (1, 0))
    with tempfile.TemporaryDirectory() as folder:
        with Night(folder, port, 1, first, yesterday) as night:
            first_stages = night.run("acme", changes)
        with Night(folder, port, 2, second) as night:
            stages = night.run("acme", changes)
            night.run("truth", "listing")
        devices = differences(folder, "devices", without={"coverage_state", "coverage_error"})
        coverage = differences(folder, "devices") | differences(folder, "coverage")
        total = sum(stage["requests"] for stage in stages)
        print(f"\nchanges: {changes}")
        print(f"  first night: {sum(stage['requests'] for stage in first_stages)} requests")
        for stage in stages:
            if stage["kind"] == "extract":
                print(f"  {stage['stage']}: {stage['requests']} requests {stage['reasons'] or ''} {stage['notes'] or ''}")
        print(f"  second night: {total} requests; devices that differ from a full run: {len(devices)}, "
              f"in coverage: {len(coverage)}")
        budget = DEVICES // 20 - (DEVICES // 1000 if changes == "audit_events" else 0)
        return total <= budget and not devices and (changes == "listing" or not coverage)


if not shutil.which("faketime"):
    sys.exit("faketime is missing; run: apt-get install faketime (macOS: brew install libfaketime)")
results = [measure(changes) for changes in ("listing", "audit_events")]
sys.exit(0 if all(results) else 1)

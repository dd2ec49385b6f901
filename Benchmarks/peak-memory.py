#!/usr/bin/env python3
"""Peak memory of `axport run` (no coverage stage) by size of the fleet, against `axport sandbox` in another process.

Prints one line a size: devices, seconds, CPU seconds, peak resident memory in MB, and its ratio to the first size.
"""
import os
import re
import subprocess
import sys
import tempfile
import time

SIZES = [int(size) for size in sys.argv[2:]] or [10_000, 100_000]
AXPORT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".build/release/axport")

PIPELINE = """
source:
  platform: business
  client_id: ${env:AXPORT_CLIENT_ID}
  key_id: ${env:AXPORT_KEY_ID}
  private_key: ${file:account/private-key.pem}
  api_url: ${env:AXPORT_API_URL}
  token_url: ${env:AXPORT_TOKEN_URL}
inventory: inventory.sqlite
extract: [devices, assignments]
transform: [imei, meid, eid, mac, storage]
load:
  - csv: { file: out/devices.csv }
  - ndjson: { file: out/devices.ndjson }
  - sqlite: { file: out/assets.sqlite }
"""


def settings(folder):
    with open(f"{folder}/account/sandbox.env", encoding="utf-8") as file:
        return dict(re.fullmatch(r"(\w+)='?(.*?)'?", line.strip()).groups() for line in file)


def measure(devices):
    with tempfile.TemporaryDirectory() as folder:
        sandbox = subprocess.Popen(
            [AXPORT, "sandbox", "--port", "0", "--devices", str(devices), "--credentials", f"{folder}/account"],
            stdout=subprocess.DEVNULL)
        try:
            while not os.path.exists(f"{folder}/account/sandbox.env"):
                time.sleep(0.05)
            with open(f"{folder}/memory.axport.yaml", "w", encoding="utf-8") as file:
                file.write(PIPELINE)
            began = time.monotonic()
            child = subprocess.Popen(
                [AXPORT, "run", "memory.axport.yaml"], cwd=folder, stderr=subprocess.PIPE,
                env=os.environ | settings(folder) | {"HOME": folder})
            errors = child.stderr.read().decode()
            _, status, usage = os.wait4(child.pid, 0)
            if status:
                sys.exit(errors)
            return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
        finally:
            sandbox.terminate()
            sandbox.wait()


print(f"{'devices':>9} {'seconds':>8} {'CPU s':>7} {'peak MB':>8} {'ratio':>6}")
first = None
for size in SIZES:
    seconds, cpu, peak = measure(size)
    first = first or peak
    print(f"{size:>9} {seconds:>8.1f} {cpu:>7.1f} {peak:>8.1f} {peak / first:>6.2f}", flush=True)

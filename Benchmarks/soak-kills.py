#!/usr/bin/env python3
"""A first run that is killed with SIGKILL at random moments, again and again, and then left to finish.

    Benchmarks/soak-kills.py [AXPORT] [DEVICES] [KILLS]

Counts, in the sandbox, the requests of all these runs together against those of one undisturbed run. Exits with 1 when
they are more than 2 % more, or when the result is not the same.
"""
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

AXPORT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".build/release/axport")
DEVICES = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
KILLS = int(sys.argv[3]) if len(sys.argv) > 3 else 50
BOOKKEEPING = {"first_seen_at", "last_seen_at", "coverage_checked_at"}

PIPELINE = """
source:
  platform: business
  client_id: ${env:AXPORT_CLIENT_ID}
  key_id: ${env:AXPORT_KEY_ID}
  private_key: ${file:account/private-key.pem}
  api_url: ${env:AXPORT_API_URL}
  token_url: ${env:AXPORT_TOKEN_URL}
inventory: inventory.sqlite
extract: [devices, assignments, coverage]
load:
  - ndjson: { file: devices.ndjson, order: serial }
  - ndjson: { file: coverage.ndjson, from: coverage, order: serial }
"""


class Job:
    """One inventory and a sandbox of its own, which says at its end what it was asked for."""

    def __init__(self, folder):
        self.folder = folder
        os.mkdir(folder)
        # About 300 requests a second: long enough that kills fall into all parts of the job.
        self.sandbox = subprocess.Popen(
            [AXPORT, "sandbox", "--port", "0", "--devices", str(DEVICES), "--latency-ms", "10",
             "--credentials", f"{folder}/account"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        while not os.path.exists(f"{folder}/account/sandbox.env"):
            time.sleep(0.05)
        with open(f"{folder}/account/sandbox.env", encoding="utf-8") as file:
            pairs = dict(re.fullmatch(r"(\w+)='?(.*?)'?", line.strip()).groups() for line in file)
        self.environment = os.environ | pairs | {"HOME": folder}
        with open(f"{folder}/soak.axport.yaml", "w", encoding="utf-8") as file:
            file.write(PIPELINE)

    def start(self):
        return subprocess.Popen([AXPORT, "run", "soak.axport.yaml"], cwd=self.folder, env=self.environment,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def finish(self):
        run = self.start()
        errors = run.communicate()[1]
        if run.returncode:
            sys.exit(errors)

    def close(self):
        """Requests that arrived, without those for tokens."""
        self.sandbox.terminate()
        said = self.sandbox.communicate()[1]
        counts = {name: int(count) for count, name in re.findall(r"(\d+) (\w+)", said.splitlines()[-1])}
        counts.pop("token", None)
        return sum(counts.values())

    def rows(self, dataset):
        with open(f"{self.folder}/{dataset}.ndjson", encoding="utf-8") as file:
            return [{name: value for name, value in json.loads(line).items() if name not in BOOKKEEPING}
                    for line in file]


with tempfile.TemporaryDirectory() as place:
    quiet = Job(f"{place}/quiet")
    began = time.monotonic()
    quiet.finish()
    seconds = time.monotonic() - began
    once = quiet.close()
    print(f"undisturbed: {once} requests in {seconds:.0f} s")

    soak = Job(f"{place}/soak")
    killed = 0
    while killed < KILLS:
        run = soak.start()
        try:
            run.wait(random.uniform(0, 2 * 0.9 * seconds / KILLS))
            break
        except subprocess.TimeoutExpired:
            run.kill()
            run.communicate()
            killed += 1
    soak.finish()
    same = all(soak.rows(dataset) == quiet.rows(dataset) for dataset in ("devices", "coverage"))
    total = soak.close()
    print(f"killed {killed} times: {total} requests, {(total / once - 1) * 100:+.2f} %; "
          f"the result is {'the same' if same else 'ANOTHER ONE'}")
    sys.exit(0 if same and killed == KILLS and total <= once * 1.02 else 1)

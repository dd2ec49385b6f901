#!/usr/bin/env python3
"""Whole runs of axport against a server that changes the sandbox's answers.

Usage: runs.py AXPORT [ANSWERS [SEED]]. However odd the answers, a run ends in time with an exit code of the table,
prints nothing raw, and no secret reaches what it prints or leaves behind. Exit 1 when anything else happened.
"""
import collections
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time

from recorded import Recorded
from server import CANARY, Server

from servers.sandbox import Sandbox

AXPORT = os.path.abspath(sys.argv[1])
ANSWERS = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
WORKERS, DEVICES = 6, 120
# Of exit codes, those that answers may lead to.
CODES = {0, 3, 65, 69, 75, 77}
# A run asks for five seconds; ten more are a hang.
ASKING, PATIENCE = 5, 15
# A crash is told by its signal; Swift's own account of it takes longer than any run.
ENVIRONMENT = {"PATH": os.environ["PATH"], "SWIFT_BACKTRACE": "enable=no"}
RAW = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]")
PIPELINE = """
source:
  platform: business
  client_id: {AXPORT_CLIENT_ID}
  key_id: {AXPORT_KEY_ID}
  private_key: "${{file:{AXPORT_PRIVATE_KEY_FILE}}}"
  api_url: http://127.0.0.1:{port}
  token_url: http://127.0.0.1:{port}/auth/oauth2/token
  max_in_flight: {in_flight}
  max_wait: 1s
  max_time: {ASKING}s
inventory: inventory.sqlite
extract: [devices: {{ changes: {changes} }}, assignments, coverage]
transform: [imei, meid, eid, mac, storage, applecare]
load:
  - sqlite: {{ file: out/assets.sqlite, table: devices }}
  - csv: {{ file: out/devices.csv }}
  - ndjson: {{ file: out/coverage.ndjson, from: coverage }}
  - ndjson: {{ file: out/rejects.ndjson, from: rejects }}
  - ndjson: {{ file: out/runs.ndjson, from: runs }}
"""


class Worker:
    """Plays one run after another, four in a folder, until there were enough answers."""

    def __init__(self, recorded, env, number):
        self.recorded, self.env, self.draw = recorded, env, random.Random(SEED * 1000 + number)
        self.codes, self.problems, self.answers, self.slowest = collections.Counter(), [], 0, 0.0
        self.thread = threading.Thread(target=self.work)

    def work(self):
        while self.answers < ANSWERS / WORKERS:
            server = Server(self.recorded)
            with tempfile.TemporaryDirectory() as folder:
                for _ in range(3):
                    self.play(folder, server, self.draw.choice([0.01, 0.05, 0.2, 0.5, 1]), CODES)
                # What they left behind must not keep the next night from going well: only a guard may, which was told
                # of devices that never were, and a pace that was found to be slow.
                self.play(folder, server, 0, {0, 3, 65})
            server.stop()
            self.answers += server.answers

    def play(self, folder, server, share, codes):
        seed = self.draw.getrandbits(32)
        server.begin(seed, share)
        pipeline = PIPELINE.format(
            **self.env, port=server.port, in_flight=self.draw.choice([1, 8, 100]), ASKING=ASKING,
            changes=self.draw.choice(["listing", "audit_events"]))
        with open(f"{folder}/fuzz.axport.yaml", "w", encoding="utf-8") as file:
            file.write(pipeline)
        began = time.monotonic()
        process = subprocess.Popen(
            [AXPORT, "run", "fuzz.axport.yaml", "--json"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=ENVIRONMENT | {"HOME": f"{folder}/home", "TMPDIR": folder})
        try:
            output, errors = process.communicate(timeout=PATIENCE)
            code = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            (output, errors), code = process.communicate(), "none: it hangs"
        self.slowest = max(self.slowest, time.monotonic() - began)
        self.codes[code] += 1
        for problem in problems(code in codes, code, output, errors, folder, server, self.env):
            self.problems.append(f"seed {seed}, share {share}: {problem}")
            print(self.problems[-1], flush=True)


def problems(is_expected, code, output, errors, folder, server, env):
    if not is_expected:
        yield f"exit code {code}: {errors[-600:]}"
    for name, text in (("stdout", output), ("stderr", errors)):
        if found := RAW.search(text):
            yield f"{name} has raw characters: {text[max(0, found.start() - 80):found.end() + 40]}"
        if (longest := max(map(len, text.splitlines()), default=0)) > 60_000:
            yield f"{name} has a line of {longest} bytes"
    with open(env["AXPORT_PRIVATE_KEY_FILE"], "rb") as file:
        key = b"".join(line for line in file.read().splitlines() if not line.startswith(b"-"))
    secrets = [CANARY.encode() * 2] + [
        secret[at:at + 12] for secret in [key, *(text.split(".")[-1].encode() for text in server.assertions)]
        for at in range(0, len(secret) - 12, 6)]
    places = [("stdout", output), ("stderr", errors)]
    for place, _, names in os.walk(folder):
        for name in names:
            with open(f"{place}/{name}", "rb") as file:
                places.append((f"{place}/{name}"[len(folder):], file.read()))
    for name, text in places:
        if "/home/.cache/" in name:
            if os.stat(folder + name).st_mode & 0o077:
                yield f"others may read {name}"
        elif found := next((secret for secret in secrets if secret in text), None):
            at = text.find(found)
            yield f"{name} holds a secret: {text[max(0, at - 100):at + 60]}"


def main():
    began = time.monotonic()
    with Sandbox(AXPORT, "--devices", DEVICES) as sandbox:
        recorded = Recorded(sandbox.env)
        workers = [Worker(recorded, sandbox.env, number) for number in range(WORKERS)]
        for worker in workers:
            worker.thread.start()
        for worker in workers:
            worker.thread.join()
    codes = sum((worker.codes for worker in workers), collections.Counter())
    found = sum(len(worker.problems) for worker in workers)
    answers, slowest = sum(worker.answers for worker in workers), max(worker.slowest for worker in workers)
    print(f"{answers} answers in {codes.total()} runs in {time.monotonic() - began:.0f} s; the slowest {slowest:.1f} s")
    print("exit codes " + ", ".join(f"{code}: {count}" for code, count in sorted(codes.items(), key=str)))
    print(f"{found} problems (seed {SEED})")
    sys.exit(found > 0)


main()

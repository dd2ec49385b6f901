#!/usr/bin/env python3
"""`assign apply` that is killed with SIGKILL at random moments, while answers are cut and lost at random.

    Benchmarks/soak-assign.py [AXPORT] [DEVICES] [KILLS]

Asks the sandbox afterwards what happened. Exits with 1 when a device was sent twice, two activities overlapped, or a verdict
of the journal is not the truth.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request

from servers.sandbox import Sandbox, source

AXPORT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".build/release/axport")
DEVICES = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
KILLS = int(sys.argv[3]) if len(sys.argv) > 3 else 100
# Seconds after which a device that did not land is said to be so; the sandbox's clock is 100 times as fast.
SETTLE = 5

PIPELINE = """inventory: inventory.sqlite
assign:
  rules: [{ name: all, where: "1", from: [none], to: "%s" }]
  limits: { max_devices: 10000, chunk: 2, max_activities: 100 }
  settle: %ds
"""


def axport(*arguments, **options):
    return subprocess.Popen([AXPORT, *arguments], cwd=FOLDER, env=ENVIRONMENT, text=True, **options)


def succeed(*arguments, codes=(0,)):
    child = axport(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said, errors = child.communicate()
    if child.returncode not in codes:
        sys.exit(f"{' '.join(arguments)}: {child.returncode}\n{said}{errors}")
    return said


def truth():
    with urllib.request.urlopen(ENVIRONMENT["AXPORT_API_URL"] + "/sandbox/truth") as answer:
        return json.load(answer)


with tempfile.TemporaryDirectory() as FOLDER:
    sandbox = Sandbox(AXPORT, "--devices", DEVICES, "--activities", "speed=100",
                      "--fault", "lost:0.1,lost500:0.05,reset:0.01,truncate:0.01")
    try:
        ENVIRONMENT = os.environ | sandbox.env | {"HOME": FOLDER}
        servers = {device.get("server") for device in truth()["devices"]} - {None}
        target = None
        for server in sorted(servers):
            with open(f"{FOLDER}/soak.axport.yaml", "w", encoding="utf-8") as file:
                file.write(source(sandbox.env) + PIPELINE % (server, SETTLE))
            child = axport("assign", "plan", "soak.axport.yaml", "-o", "plan.ndjson",
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if child.wait() == 0:
                target = server
                break
        with open(f"{FOLDER}/plan.ndjson", encoding="utf-8") as file:
            planned = [json.loads(line)["serial_number"] for line in file if '"action"' in line]
        kills = 0
        for _ in range(KILLS):
            child = axport("assign", "apply", "plan.ndjson", "--yes",
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(random.uniform(0.05, 1.5))
            kills += child.poll() is None
            child.kill()
            child.wait()
        time.sleep(SETTLE)
        # 75: more activities than one apply may start, or one that is still open.
        for _ in range(50):
            child = axport("assign", "apply", "plan.ndjson", "--yes", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if child.wait() != 75:
                break
            time.sleep(1)
        time.sleep(SETTLE)
        succeed("assign", "resume", "soak.axport.yaml", codes=(0, 3))
        happened = truth()
        places = {device["serialNumber"]: device.get("server") for device in happened["devices"]}
        sent = [serial for write in happened["writes"] if write.get("activity") for serial in write["serialNumbers"]]
        status = succeed("assign", "status", "soak.axport.yaml", "--limit", "100000", "--json")
        verdicts = {}
        for entry in reversed([json.loads(line) for line in status.splitlines()]):
            if entry["verdict"] != "skipped":
                verdicts[entry["serial_number"]] = entry["verdict"]
        twice = len(sent) - len(set(sent))
        wrong = [serial for serial, verdict in verdicts.items() if (verdict == "landed") != (places[serial] == target)]
        foreign = set(sent) - set(planned)
        print(f"{len(planned)} devices planned, {kills} kills, {len(happened['activities'])} activities, {len(sent)} devices sent")
        print(f"sent twice {twice}, overlaps {len(happened['overlaps'])}, wrong verdicts {len(wrong)}, not planned {len(foreign)}")
        sys.exit(1 if twice or happened["overlaps"] or wrong or foreign else 0)
    finally:
        sandbox.stop()

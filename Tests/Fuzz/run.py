#!/usr/bin/env python3
"""Runs every fuzz target for a number of executions, beginning from the inputs of the vectors; ends with 1 at a crash.

Arguments: the fuzzer's binary, executions in all.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

FUZZER, TOTAL = os.path.abspath(sys.argv[1]), int(sys.argv[2])
FIXTURES = pathlib.Path(__file__).parent.parent / "TransformTests" / "Fixtures"
TARGETS = ["imei", "meid", "eid", "mac", "storage_bytes", "datetime", "part_number", "imei_list", "applecare_flatten",
           "json"]
# Structured inputs are longer and slower.
RUNS = {"imei_list": 0.5, "applecare_flatten": 0.25, "json": 0.25}


def seeds(target, folder):
    count = 0
    for fixture in FIXTURES.glob("*.json"):
        for vector in json.loads(fixture.read_text(encoding="utf-8")):
            value = vector["input"]
            if target == "json" or (target == "imei_list" and vector["field"] == "imei_list"):
                value = json.dumps(value)
            elif target == "applecare_flatten" and vector["field"] == target:
                value = json.dumps(value["records"])
            elif vector["field"] != target or not isinstance(value, str):
                continue
            (folder / str(count)).write_bytes(value.encode("utf-8", "surrogatepass"))
            count += 1


weight = sum(RUNS.get(target, 1) for target in TARGETS)
done = 0
print(f"{'target':<18} {'executions':>11} {'a second':>9} {'edges':>6}", flush=True)
for target in TARGETS:
    runs = round(TOTAL * RUNS.get(target, 1) / weight)
    with tempfile.TemporaryDirectory() as folder:
        corpus = pathlib.Path(folder) / "corpus"
        corpus.mkdir()
        seeds(target, corpus)
        run = subprocess.run(
            [FUZZER, f"-runs={runs}", "-seed=1", "-max_len=400", "-print_final_stats=1", str(corpus)], cwd=folder,
            env=os.environ | {"AXPORT_FUZZ": target}, capture_output=True, encoding="utf-8", errors="replace")
        if run.returncode:
            crash = [path.read_bytes() for path in pathlib.Path(folder).glob("crash-*")]
            sys.exit(f"{target}: {run.stderr[-3000:]}\ninput: {crash}")
    executed = int(re.search(r"number_of_executed_units: (\d+)", run.stderr)[1])
    speed = re.search(r"average_exec_per_sec: +(\d+)", run.stderr)[1]
    edges = re.findall(r"cov: (\d+)", run.stderr)[-1]
    print(f"{target:<18} {executed:>11} {speed:>9} {edges:>6}", flush=True)
    done += executed
print(f"{done} executions, no crash")
if done < TOTAL * 0.99:
    sys.exit(1)

#!/usr/bin/env python3
"""Many organizations in one process: time, lateness, memory and descriptors of `axport run --jobs N`.

    Benchmarks/side_by_side.py [AXPORT [ORGANIZATIONS [DEVICES [RATE [JOBS]]]]]

One sandbox has them all, each with its own limit of RATE requests a second (0: none). The first night reads everything,
the second what a second night reads; both load one PostgreSQL table and a file for each. Prints for each night the wall
time, that of the slowest organization by its limit (its requests over the rate), requests, how late the latest turn of a
limiter was, the most memory, descriptors and threads. Exits with 1 when a run fails, or, with a rate and as many jobs as
organizations, when the first night takes over 1.2 times the slowest floor, a turn comes over 100 ms late, or the process
takes over 200 MB.
"""
import csv
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

from servers.postgres_server import PostgresServer

AXPORT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".build/release/axport")
ORGANIZATIONS, DEVICES, RATE, JOBS = (
    int(sys.argv[2 + index]) if len(sys.argv) > 2 + index else usual for index, usual in enumerate((40, 500, 4, 40)))
PATIENCE = 60


def tenants(folder, sandbox):
    """The sources of a pipeline, as the sandbox lists them."""
    path = f"{folder}/account/tenants.csv"
    deadline = time.monotonic() + PATIENCE
    while not os.path.exists(path) or len(open(path, encoding="utf-8").readlines()) <= ORGANIZATIONS:
        if sandbox.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"the sandbox did not start: {sandbox.communicate()[1]}")
        time.sleep(0.1)
    with open(path, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    lines = []
    for row in rows:
        row["private_key"] = row["private_key"].replace("${file:", "${file:account/")
        lines.append("  - { " + ", ".join(f'{key}: "{value}"' for key, value in row.items()) + " }")
    return "\n".join(lines)


class Watch:
    """The most memory, descriptors and threads of a process, looked at ten times a second."""

    def __init__(self, process):
        self.process = process
        self.most = {"descriptors": 0, "threads": 0, "MB": 0.0}
        self.thread = threading.Thread(target=self.look)
        self.thread.start()

    def look(self):
        place = f"/proc/{self.process.pid}"
        while self.process.poll() is None:
            try:
                with open(f"{place}/status", encoding="utf-8") as file:
                    status = dict(line.split(":", 1) for line in file)
                found = {"descriptors": len(os.listdir(f"{place}/fd")), "threads": int(status["Threads"]),
                         "MB": int(status["VmHWM"].split()[0]) / 1024}
                self.most = {name: max(self.most[name], value) for name, value in found.items()}
            except (OSError, KeyError):
                pass
            time.sleep(0.1)


def night(name, folder, jobs):
    began = time.monotonic()
    process = subprocess.Popen(
        [AXPORT, "run", "tenants.axport.yaml", "--jobs", str(jobs), "--json"], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=open(f"{folder}/{name}.log", "w", encoding="utf-8"),
        env=os.environ | {"HOME": folder, "XDG_STATE_HOME": "", "XDG_CACHE_HOME": ""})
    watch = Watch(process)
    reports = [json.loads(line) for line in process.stdout]
    code = process.wait()
    watch.thread.join()
    wall = time.monotonic() - began
    requests = [sum(stage.get("requests", 0) for stage in report["stages"]) for report in reports]
    late = sorted(report["late_seconds"] for report in reports)
    floor = max(requests) / RATE if RATE else 0
    print(f"{name}: exit code {code}, {len(reports)} runs, {wall:.1f} s, slowest floor {floor:.1f} s, "
          f"{sum(requests)} requests, {sum(report['limited'] for report in reports)} limited, latest turn "
          f"{late[-1] * 1000:.0f} ms (median of the sources {late[len(late) // 2] * 1000:.0f} ms), "
          + ", ".join(f"{value:.0f} {what}" for what, value in watch.most.items()), flush=True)
    if code or len(reports) != ORGANIZATIONS:
        with open(f"{folder}/{name}.log", encoding="utf-8") as file:
            print(file.read()[-3000:])
        raise SystemExit(1)
    return wall, floor, late[-1], watch.most["MB"]


def main():
    with tempfile.TemporaryDirectory() as folder:
        rate = ["--rate", f"{RATE}/s"] if RATE else []
        sandbox = subprocess.Popen(
            [AXPORT, "sandbox", "--port", "0", "--credentials", f"{folder}/account", "--organizations",
             str(ORGANIZATIONS), "--devices", str(DEVICES), *rate], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True)
        database = PostgresServer()
        try:
            with open(f"{folder}/tenants.axport.yaml", "w", encoding="utf-8") as file:
                file.write(f"""name: tenants
sources:
{tenants(folder, sandbox)}
extract: [devices, assignments, coverage]
transform: [imei, mac, storage]
load:
  - postgres: {{ url: "{database.url}", table: devices }}
  - csv: {{ file: "out/{{source}}.csv" }}
""")
            wall, floor, late, memory = night("first", folder, JOBS)
            night("second", folder, JOBS)
        finally:
            sandbox.terminate()
            sandbox.wait()
            database.stop()
    if RATE and JOBS >= ORGANIZATIONS and (wall > 1.2 * floor or late > 0.1 or memory > 200):
        raise SystemExit("above the limits")


if __name__ == "__main__":
    main()

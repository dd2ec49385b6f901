#!/usr/bin/env python3
"""What a second night costs: requests of a night on which about 1 % of the devices changed, and whether the result is
what a full run gives.

    Benchmarks/economy.py [AXPORT] [DEVICES]

The first night is made yesterday by moving every moment in its inventory back by a day. Exits with 1 when a target is
missed: 5 % of the devices in requests, and the same rows as a full run. Without audit events nothing tells that somebody
bought AppleCare, so the columns of coverage may differ then; they are counted.
"""
import datetime
import json
import os
import re
import socket
import sqlite3
import sys
import tempfile

from bare_client import Sandbox, run_axport, source

AXPORT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".build/release/axport")
DEVICES = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
# When axport looked, not what it saw.
BOOKKEEPING = {"first_seen_at", "last_seen_at", "removed_at", "coverage_checked_at"}

PIPELINE = """
inventory: INVENTORY.sqlite
extract:
  - devices: { changes: CHANGES }
  - assignments
  - coverage: { max_age: 30d }
load:
  - ndjson: { file: INVENTORY.devices.ndjson }
  - ndjson: { file: INVENTORY.coverage.ndjson, from: coverage }
"""


def run(folder, env, inventory, changes):
    pipeline = PIPELINE.replace("INVENTORY", inventory).replace("CHANGES", changes)
    code, errors, report, _ = run_axport(AXPORT, env, folder, source(env) + pipeline)
    if code:
        sys.exit(errors)
    return report["stages"]


def microseconds(date):
    return int(datetime.datetime.fromisoformat(date.replace("Z", "+00:00")).timestamp() * 1_000_000)


def move_back_a_day(inventory):
    """All moments at which axport looked, and the dates of coverage that are the next ones, seen from there."""
    day = 86_400_000_000
    with sqlite3.connect(inventory) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for _, column, kind, *_ in database.execute(f'PRAGMA table_info("{table}")').fetchall():
                if kind == "INTEGER" and column.endswith("_at") and column != "due_at":
                    database.execute(f'UPDATE "{table}" SET "{column}" = "{column}" - {day}')
        for device, answer, read in database.execute(
                "SELECT id, answer, checked_at FROM coverage WHERE answer IS NOT NULL").fetchall():
            moments = [microseconds(date) for date in re.findall(r'"(?:start|end|contractCancel)DateTime": ?"(.+?)"', answer)]
            coming = min((moment for moment in moments if moment > read), default=None)
            database.execute("UPDATE coverage SET due_at = min(ifnull(?, due_at), ifnull(due_at, ?)) WHERE id = ?",
                             (coming, coming, device))
        database.execute(f"UPDATE meta SET value = value - {day} WHERE name IN ('heard_until', 'round_began_at', 'served_at')")


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
    def night(number, folder):
        return Sandbox(AXPORT, "--devices", DEVICES, "--night", number, "--tonight", (first, second)[number - 1],
                       port=port, folder=folder)
    with tempfile.TemporaryDirectory() as folder:
        with night(1, folder) as sandbox:
            first_stages = run(folder, sandbox.env, "acme", changes)
        move_back_a_day(f"{folder}/acme.sqlite")
        with night(2, folder) as sandbox:
            stages = run(folder, sandbox.env, "acme", changes)
            run(folder, sandbox.env, "truth", "listing")
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


results = [measure(changes) for changes in ("listing", "audit_events")]
sys.exit(0 if all(results) else 1)

#!/usr/bin/env python3
"""What a second night costs: requests, time and CPU of a night on which about 1 % of the devices changed, and whether the
result is what a full run gives.

    Benchmarks/second_night.py [AXPORT] [DEVICES]

The first night is made yesterday by moving every moment in its inventory back by a day. Exits with 1 when a target is
missed: 5 % of the devices in requests, and the same rows as a full run. Without audit events nothing tells that somebody
bought AppleCare, so the columns of coverage may differ then; they are counted.
"""
import datetime
import json
import re
import socket
import sqlite3
import tempfile

from measuring import report
from measuring.process_cost import run_well
from servers.sandbox import Sandbox, source

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


def run(axport, folder, env, inventory, changes):
    pipeline = PIPELINE.replace("INVENTORY", inventory).replace("CHANGES", changes)
    return run_well(axport, env, folder, source(env) + pipeline)


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
            moments = [microseconds(date)
                       for date in re.findall(r'"(?:start|end|contractCancel)DateTime": ?"(.+?)"', answer)]
            coming = min((moment for moment in moments if moment > read), default=None)
            database.execute("UPDATE coverage SET due_at = min(ifnull(?, due_at), ifnull(due_at, ?)) WHERE id = ?",
                             (coming, coming, device))
        database.execute(f"UPDATE meta SET value = value - {day} "
                         "WHERE name IN ('heard_until', 'round_began_at', 'served_at')")


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


def compare(section, table, axport, devices, changes):
    """Two nights of one organization, and the second one anew without an inventory."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    now = datetime.datetime.now(datetime.timezone.utc)
    begins = [(now - datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ") for days in (1, 0)]

    def night(number, folder):
        return Sandbox(axport, "--devices", devices, "--night", number, "--tonight", begins[number - 1],
                       port=port, folder=folder)

    with tempfile.TemporaryDirectory() as folder:
        with night(1, folder) as sandbox:
            run(axport, folder, sandbox.env, "acme", changes)
        move_back_a_day(f"{folder}/acme.sqlite")
        with night(2, folder) as sandbox:
            second = run(axport, folder, sandbox.env, "acme", changes)
            full = run(axport, folder, sandbox.env, "truth", "listing")
        listed = differences(folder, "devices", without={"coverage_state", "coverage_error"})
        coverage = differences(folder, "devices") | differences(folder, "coverage")
    for label, cost, *counts in (("second night", second, len(listed), len(coverage)),
                                 ("full run of the same night", full, None, None)):
        table.add(label, changes, cost.requests, cost.seconds, cost.cpu, cost.peak, cost.seconds / full.seconds, *counts)
    budget = devices // 20 - (devices // 1000 if changes == "audit_events" else 0)
    section.at_most(f"second night by {changes}: at most {budget:,} requests", second.requests, budget, " requests")
    wrong = len(listed) + (len(coverage) if changes == "audit_events" else 0)
    section.target(f"second night by {changes}: the rows of a full run", f"{wrong} devices differ",
                   "missed" if wrong else "met")


def measure(axport, devices=20_000):
    section = report.Section("b", "The second night, 1 % changed")
    table = section.table(
        f"{devices:,} devices, the second of two nights", "run", "changes", "requests", "wall s", "CPU s", "peak MB",
        "× full run", "devices that differ", "in coverage",
        note="Without audit events nothing tells that somebody bought AppleCare before the device's turn comes: rows may "
             "differ in coverage then.")
    for changes in ("listing", "audit_events"):
        section.attempt(compare, table, axport, devices, changes)
    return section


if __name__ == "__main__":
    report.alone(measure)

#!/usr/bin/env python3
"""Nights in a row of an organization that evolves; then `axport diff` since the first one, compared with the sandbox's
own record of what it did (`/sandbox/truth`) and with what its lists said on the first and on the last night.

    Benchmarks/soak-diff.py [AXPORT] [NIGHTS] [SEED] [DEVICES]

Exits with 1 when anything differs; the same SEED plays the same nights.
"""
import collections
import csv
import datetime
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request

from floors.bare_client import Client
from nights.axport import Axport
from nights.organization import FIRST_NIGHT, Organization
from servers.sandbox import Sandbox, source

AXPORT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".build/release/axport")
NIGHTS = int(sys.argv[2]) if len(sys.argv) > 2 else 30
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
DEVICES = int(sys.argv[4]) if len(sys.argv) > 4 else 1000
PIPELINE = """
inventory: inventory.sqlite
extract: [devices: { max_removed: 100% }, assignments, coverage: { max_age: 1m }]
load: [{ csv: { file: devices.csv } }]
"""
# A run begins so many seconds after its night.
LATER = 600
COVERAGE = {"coverage_plan", "coverage_end", "agreement_number", "payment_type"}
# Apple's own books, and what a move changes anyway.
BOOKS = {"updatedDateTime", "addedToOrgDateTime", "releasedFromOrgDateTime", "status"}

State = collections.namedtuple("State", "attributes records")


class Reader(Client):
    """Also keeps what the list says of each device."""

    def pages(self, path):
        for resource in super().pages(path):
            if path == "/v1/orgDevices":
                self.attributes[resource["id"]] = resource["attributes"]
            yield resource


def look(organization, night):
    """What the lists say on a night, and what the sandbox did until then."""
    with Sandbox(AXPORT, *organization.options(night)) as sandbox:
        reader = Reader(sandbox.env)
        reader.attributes = {}
        _, _, bodies = reader.everything(4)
        records = {serial: [each["attributes"] for each in json.loads(body)["data"]] for serial, body in bodies.items()}
        place = sandbox.env["AXPORT_API_URL"].removesuffix("/v1")
        with urllib.request.urlopen(f"{place}/sandbox/truth") as answer:
            return State(reader.attributes, records), json.load(answer)["changes"]


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def rank(records, at):
    """2 with AppleCare, 1 with a limited warranty, 0 without coverage."""
    best = 0
    for record in records:
        ends = [moment(record[name]) for name in ("endDateTime", "contractCancelDateTime") if record.get(name)]
        is_void = record.get("isCanceled") and not record.get("contractCancelDateTime")
        start = moment(record.get("startDateTime"))
        if record.get("status") == "ACTIVE" and not is_void and (not start or start <= at) and (not ends or at < min(ends)):
            best = max(best, 1 if record["description"].strip().lower() == "limited warranty" else 2)
    return best


def expected(record, first, last, since, now):
    """The devices of each kind, and for those that moved from where to where."""
    story = collections.defaultdict(list)
    for change in sorted(record, key=lambda change: change["night"]):
        story[change["serialNumber"]].append(change)
    kinds = collections.defaultdict(set)
    for serial in set(story) | set(first.attributes):
        told = [change["what"] for change in story[serial]]
        is_there, was_there = serial in last.attributes, serial in first.attributes
        # One that had left before the first night is new to whoever sees it return.
        came = "added" in told or (not was_there and told[:1] == ["returned"])
        if came:
            kinds["came"].add(serial)
        if not is_there and ("released" in told or "vanished" in told):
            kinds["went"].add(serial)
        returned = is_there and not came and "returned" in told
        if returned:
            kinds["returned"].add(serial)
        if came or not is_there or returned or not was_there:
            continue
        moves = [change for change in story[serial] if change["what"] == "moved"]
        if moves and moves[0]["from"] != moves[-1]["to"]:
            kinds["moved"].add((serial, moves[0]["from"], moves[-1]["to"]))
        before, after = rank(first.records[serial], since), rank(last.records[serial], now)
        if before != after:
            kinds["got_coverage" if after > before else "lost_coverage"].add(serial)
        old, new = first.attributes[serial], last.attributes[serial]
        changed = {name for name in set(old) | set(new) if old.get(name) != new.get(name)} - BOOKS
        if changed:
            kinds["changed"].add(serial)
            if "edited" not in told:
                raise SystemExit(f"{serial} was not edited, and its {changed} changed")
    return kinds


def found(text):
    """The same from a CSV of `axport diff`."""
    kinds = collections.defaultdict(set)
    for row in csv.DictReader(io.StringIO(text, newline="")):
        serial = row["serial_number"]
        if row["kind"] == "moved":
            kinds["moved"].add((serial, row["before"] or None, row["after"] or None))
        elif row["kind"] != "changed" or row["column"] not in COVERAGE:
            kinds[row["kind"]].add(serial)
    # What a device that returned has in place of what it had is not in the first list.
    kinds["changed"] -= kinds["returned"]
    for kind in ("got_coverage", "lost_coverage"):
        kinds[kind] -= kinds["returned"]
    return kinds


def play(organization, axport):
    """All nights. Returns the ID of the run of the second one."""
    second = None
    for night in range(1, NIGHTS + 1):
        with organization.serve(night, ahead=LATER):
            run = axport.run(organization.at(night, LATER))
        if run.code != 0:
            raise SystemExit(f"night {night} ended with {run.code}:\n{run.errors}")
        second = run.report["run"] if night == 2 else second
    return second


def main():
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        organization = Organization(AXPORT, folder, DEVICES, SEED)
        with organization.serve(1) as sandbox:
            pipeline = source(sandbox.env) + PIPELINE
        axport = Axport(AXPORT, folder, pipeline, SEED)
        run = play(organization, axport)
        environment = os.environ | {"HOME": folder} | organization.at(NIGHTS, LATER + 60)
        command = [AXPORT, "diff", "--from", "nights.axport.yaml", "--since", run, "--format", "csv"]
        start = time.monotonic()
        diff = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
        seconds = time.monotonic() - start
        if diff.returncode != 0:
            raise SystemExit(f"diff ended with {diff.returncode}: {diff.stderr.decode()}")
        (first, _), (last, record) = look(organization, 1), look(organization, NIGHTS)
        later = datetime.timedelta(seconds=LATER)
        since, now = (FIRST_NIGHT + datetime.timedelta(days=night - 1) + later for night in (2, NIGHTS))
        truth, told = expected(record, first, last, since, now), found(diff.stdout.decode())
    wrong = 0
    for kind in ("came", "returned", "went", "moved", "got_coverage", "lost_coverage", "changed"):
        missing, extra = truth[kind] - told[kind], told[kind] - truth[kind]
        wrong += len(missing) + len(extra)
        print(f"{kind:<14}{len(truth[kind]):>6} in truth{len(told[kind]):>6} told", sorted(missing)[:5], sorted(extra)[:5])
    print(f"{NIGHTS} nights, {len(record)} changes on record, {wrong} differences; diff took {seconds:.2f} s, "
          f"all {time.monotonic() - began:.0f} s (seed {SEED}, {DEVICES} devices)")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

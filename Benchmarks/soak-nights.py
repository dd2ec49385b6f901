#!/usr/bin/env python3
"""Nights in a row of an organization that evolves, with clocks that jump, lists that lack devices, elements that cannot be
read, faults and kill -9: at the end of each one the tables equal the truth, or the run said that they do not.

    Benchmarks/soak-nights.py [AXPORT] [NIGHTS] [SEED] [DEVICES]

Whatever happens, no device may be taken away that is there, none may hold what was never so, the books balance, and a
night without trouble ends with 0. Exits with 1 when anything else happened; the same SEED plays the same nights.
"""
import collections
import dataclasses
import os
import sys
import tempfile
import time

from nights.axport import Axport, lacking, unbalanced
from nights.judge import EQUAL, TOLD, WRONG, Judge
from nights.organization import FAULTS, Organization
from nights.script import BACK, CLOCKS, FAULTS as FAULTY, ON, QUIET, RIGHT, SHORT, UNREADABLE, script
from nights.tables import Tables, loads
from postgres_server import PostgresServer
from sandbox import source

AXPORT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".build/release/axport")
NIGHTS = int(sys.argv[2]) if len(sys.argv) > 2 else 300
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
DEVICES = int(sys.argv[4]) if len(sys.argv) > 4 else 400
PIPELINE = """
inventory: inventory.sqlite
extract: [devices: { max_removed: 10% }, assignments, coverage: { max_age: 1m }]
"""


class Soak:
    def __init__(self, server, folder):
        self.organization = Organization(AXPORT, folder, DEVICES, SEED)
        self.tables, self.judge = Tables(server, folder), Judge()
        with self.organization.serve(1) as sandbox:
            pipeline = source(sandbox.env).replace("platform", "max_wait: 5s\n  platform") + PIPELINE + loads(server)
        self.axport = Axport(AXPORT, folder, pipeline, SEED)
        self.ended_well = True
        self.rows, self.failures = {}, []

    def options(self, night):
        if night.trouble == SHORT:
            return ("--lacking", f"{night.lacking:.3f}")
        if night.trouble == UNREADABLE:
            return ("--unreadable", "0.02")
        return ("--fault", FAULTS) if night.trouble == FAULTY else ()

    def play(self, night):
        """One night; how it ended, and what is wrong."""
        if night.clock in (ON, BACK) and not self.ended_well:
            # A run minutes after one that did not end goes on with it, and need not see that a day has passed.
            night = dataclasses.replace(night, clock=RIGHT)
        whole = self.organization.truth(night.number)
        listed = self.organization.truth(night.number, *self.options(night)) if night.trouble == SHORT else whole
        own = self.organization.at(night.number, night.clock)
        with self.organization.serve(night.number, *self.options(night), ahead=night.clock * night.is_signed_well):
            for _ in range(night.kills):
                run = self.axport.kill(own)
            if night.ends:
                run = self.axport.run(own)
            problems = list(unbalanced(run.report))
            if night.is_accepted and run.code == 65:
                run = self.axport.run(own, "--accept-removals", str(lacking(run.errors)))
            elif night.again is not None and run.code == 0:
                run = self.axport.run(self.organization.at(night.number, night.clock + night.again))
                if run.code == 0 and run.report["written"]:
                    problems.append(f"{run.report['written']} rows were written again")
            problems += unbalanced(run.report)
        self.ended_well = run.code == 0
        verdict, more = self.judge.verdict(night, run, self.tables.look(), listed, whole)
        self.note(night, run, WRONG if problems else verdict, problems + more)

    def note(self, night, run, verdict, problems):
        retired = sum(stage["retired"] for stage in run.report["stages"] if stage["kind"] == "extract") if run.report else 0
        for name in (night.trouble, f"clock {CLOCKS[night.clock]}", "all"):
            row = self.rows.setdefault(name, collections.Counter())
            row.update({"nights": 1, verdict: 1, f"code {run.code}": 1, "kills": night.kills, "retired": retired})
        if problems:
            self.failures.append(night.number)
            print(f"night {night.number} ({night}):", *problems, sep="\n    ", flush=True)

    def summary(self, seconds):
        codes = sorted({name for row in self.rows.values() for name in row if name.startswith("code ")})
        columns = ["nights", EQUAL, TOLD, WRONG, "kills", "retired", *codes]
        print(f"\n{'':<38}" + "".join(f"{name:>9}" for name in columns))
        for name, row in self.rows.items():
            print(f"{name:<38}" + "".join(f"{row[column]:>9}" for column in columns))
        print(f"\n{self.rows['all']['nights'] - len(self.failures)} of {self.rows['all']['nights']} nights right, "
              f"{self.axport.count} runs in {seconds:.0f} s (seed {SEED}, {DEVICES} devices)")


def main():
    began = time.monotonic()
    with PostgresServer() as server, tempfile.TemporaryDirectory() as folder:
        soak = Soak(server, folder)
        try:
            for night in script(NIGHTS, SEED):
                soak.play(night)
        except KeyboardInterrupt:
            print("interrupted")
        soak.summary(time.monotonic() - began)
    sys.exit(1 if soak.failures else 0)


main()

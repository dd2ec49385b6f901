#!/usr/bin/env python3
"""Nights in a row of an organization that evolves, with clocks that jump, lists that lack devices, elements that cannot
be read, faults and kill -9: at the end of each one the tables equal the truth, or the run said that they do not.

    Benchmarks/soak-nights.py [AXPORT] [NIGHTS] [SEED] [DEVICES]

Whatever happens, no device may be taken away that is there, none may hold what was never so, the books balance, and a
night without trouble ends with 0. Exits with 1 when anything else happened; the same SEED plays the same nights.
"""
import collections
import contextlib
import dataclasses
import os
import signal
import sys
import tempfile
import time

from nights import truth
from nights.axport import Axport, lacking, unbalanced
from nights.gateway import Gateway
from nights.judge import CLOCK_TOLD, EQUAL, TOLD, WRONG, Judge
from nights.organization import FAULTS, Organization
from nights.script import BACK, CLOCKS, FAULTS as FAULTY, ON, RIGHT, SHORT, UNREADABLE, script
from nights.tables import Tables, loads
from servers.postgres_server import PostgresServer
from servers.sandbox import source

AXPORT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".build/release/axport")
NIGHTS = int(sys.argv[2]) if len(sys.argv) > 2 else 300
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
DEVICES = int(sys.argv[4]) if len(sys.argv) > 4 else 400
PIPELINE = """  max_wait: 5s
  max_in_flight: 32
inventory: inventory.sqlite
extract: [devices: { max_removed: 10% }, assignments, coverage: { max_age: 1m }]
"""


class Soak:
    def __init__(self, server, folder):
        self.organization = Organization(AXPORT, folder, DEVICES, SEED)
        self.tables, self.judge = Tables(server, folder), Judge()
        with self.organization.serve(1) as sandbox:
            pipeline = source(sandbox.env) + PIPELINE + loads(server)
        self.axport = Axport(AXPORT, folder, pipeline, SEED)
        self.is_plain = True
        self.rows, self.failures = {}, []

    @contextlib.contextmanager
    def apple(self, night):
        """The organization in this night, and what changes its lists."""
        faults = ("--fault", FAULTS) if night.trouble == FAULTY else ()
        ahead = night.clock * night.is_signed_well
        if night.trouble not in (SHORT, UNREADABLE):
            with self.organization.serve(night.number, *faults, ahead=ahead):
                yield None
            return
        with self.organization.serve(night.number, ahead=ahead, port=0) as sandbox, \
                Gateway(self.organization.port, sandbox.env["AXPORT_API_URL"], night.seed, night.lacking,
                        0.02 if night.trouble == UNREADABLE else 0) as gateway:
            yield gateway

    def play(self, night):
        """One night, from what is true to what the tables say."""
        if night.clock in (ON, BACK) and not self.is_plain:
            # A run minutes after one that did not end goes on with it, and need not see that a day has passed; nor does
            # anything tell that the run before the last was later, where the clock has gone back between these two.
            night = dataclasses.replace(night, clock=RIGHT)
        whole = self.organization.truth(night.number)
        with self.apple(night) as gateway:
            run, problems = self.run(night)
        listed = truth.without(whole, gateway.lacks) if gateway else whole
        self.is_plain = run.code == 0 and night.again is None
        verdict, more = self.judge.verdict(night, run, self.tables.look(), listed, whole)
        self.note(night, run, WRONG if problems else verdict, problems + more)

    def run(self, night):
        """How the night ended, and where books do not balance."""
        own = self.organization.at(night.number, night.clock)
        killed = [self.axport.kill(own) for _ in range(night.kills)]
        run = self.axport.run(own) if night.ends else killed[-1]
        # One that was quicker than its killer, or was killed after its last word, has told what it had to.
        run = run._replace(errors="".join(each.errors for each in killed if each is not run) + run.errors)
        problems = list(unbalanced(run.report))
        if night.is_accepted and lacking(run.errors):
            run = self.again(run, own, "--accept-removals", str(lacking(run.errors)))
        elif night.again is not None and run.code == 0:
            run = self.again(run, self.organization.at(night.number, night.clock + night.again))
            if run.code == 0 and run.report["written"] and CLOCK_TOLD not in run.errors:
                problems.append(f"{run.report['written']} rows were written again")
        return run, problems + list(unbalanced(run.report))

    def again(self, run, *how):
        """Another run of the same night, which has told what both did."""
        other = self.axport.run(*how)
        return other._replace(errors=run.errors + other.errors)

    def note(self, night, run, verdict, problems):
        stages = run.report["stages"] if run.report else []
        retired = sum(stage["retired"] for stage in stages if stage["kind"] == "extract")
        for name in (night.trouble, f"clock {CLOCKS[night.clock]}", "all"):
            row = self.rows.setdefault(name, collections.Counter())
            row.update({"nights": 1, verdict: 1, f"code {run.code}": 1, "kills": night.kills, "retired": retired})
        if problems:
            self.failures.append(night.number)
            print(f"night {night}", *problems, sep="\n    ", flush=True)

    def summary(self, seconds):
        codes = sorted({name for row in self.rows.values() for name in row if name.startswith("code ")})
        columns = ["nights", EQUAL, TOLD, WRONG, "kills", "retired", *codes]
        print(f"\n{'':<38}" + "".join(f"{name:>9}" for name in columns))
        for name, row in self.rows.items():
            print(f"{name:<38}" + "".join(f"{row[column]:>9}" for column in columns))
        print(f"\n{self.rows['all']['nights'] - len(self.failures)} of {self.rows['all']['nights']} nights right, "
              f"{self.axport.count} runs in {seconds:.0f} s (seed {SEED}, {DEVICES} devices)")


def main():
    # As Ctrl-C does: what is known is printed, and nothing is left running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
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

#!/usr/bin/env python3
"""Loads that are killed at random moments, over all modes and targets, while readers look.

    Benchmarks/soak-loads.py [AXPORT] [KILLS] [CRASHES] [SEED] [DEVICES]

Each round brings a few targets from one state of the organization to another. In KILLS rounds axport is killed with
SIGKILL; in CRASHES rounds, in turn, the database ends axport's connection or is killed as by a power cut, and comes back
soon or only after the run. Readers must see only whole old or whole new contents, never an older one after a newer, and a
run that may go to its end must leave exactly its own state: tables, versions, files and what stands beside them. Exits
with 1 when anything else happened; a failure names its round, and the same SEED plays the same rounds.
"""
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

from loads.bench import STATES, LoadBench
from loads.tally import COMES_BACK, MERGING, STAYS_AWAY, TERMINATED, Tally
from loads.targets import BETWEEN, NEW, Files, Readers
from servers.postgres_server import PostgresServer

AXPORT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".build/release/axport")
KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else 200
CRASHES = int(sys.argv[3]) if len(sys.argv) > 3 else 50
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else 1
DEVICES = int(sys.argv[5]) if len(sys.argv) > 5 else 10_000
BACKENDS = "backend_type = 'client backend' AND application_name = 'axport'"


class Soak(LoadBench):
    def __init__(self, server, folder):
        super().__init__(AXPORT, server, folder, SEED, DEVICES)
        self.random = random.Random(SEED)
        self.tally = Tally(SEED)

    def choose(self, count, of_database=False):
        """Some targets that are in the same state, and the other state."""
        while True:
            new = self.random.choice(list(STATES))
            targets = [target for target in self.targets if target.state != new
                       and (not of_database or target.name.startswith("pg_"))]
            if len(targets) >= count:
                return self.random.sample(targets, count), new

    def other(self, state):
        return next(other for other in STATES if other != state)

    @staticmethod
    def load_of(target, report):
        return next(stage for stage in report["stages"] if target.name in stage.get("destination", ""))

    def settle(self, targets, steps, new, final, problems, more_runs=()):
        """Lets a run go to its end and looks whether all is as it must be."""
        old = self.other(new)
        with Readers(targets, old, new, final, problems):
            report = self.run_well(problems)
        for target in targets:
            before = steps[target.name]
            problems += [f"{target.name}: {problem}" for problem in
                         target.settle(before + [(final, report)], [*more_runs, report])]
            if target.is_ordered and before and before[0][0] == final and self.load_of(target, report)["written"]:
                problems.append(f"{target.name}: what had been committed was written again")
        whole = {f"/out/{name}" for target in targets if isinstance(target, Files) for name in target.known[final][0]}
        if left := sorted(self.all_files() - self.files - whole):
            problems.append(f"left behind: {left}")
            # So that it is told once.
            for name in left:
                os.remove(self.folder + name)
        if self.all_relations() != self.relations:
            problems.append("relations were left behind in the database")
        if self.tables.ask("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'"):
            problems.append("an advisory lock is still held")

    @staticmethod
    def wait(run, seconds):
        try:
            run.wait(seconds)
        except subprocess.TimeoutExpired:
            pass

    def wait_for_commits(self, run):
        """Until the first load goes from staging into its destination."""
        before = self.file_versions()
        while (run.poll() is None and self.file_versions() == before and
               not self.tables.ask(f"SELECT 1 FROM pg_stat_activity WHERE {BACKENDS} AND query ~ '{MERGING}'")):
            time.sleep(0.001)

    def file_versions(self):
        found = {}
        with os.scandir(f"{self.folder}/out") as entries:
            for entry in entries:
                if not entry.name.startswith(".") and not entry.name.endswith("-shm"):
                    try:
                        status = entry.stat()
                    except FileNotFoundError:
                        continue
                    if status.st_size:
                        found[entry.name] = status.st_ino, status.st_size
        return found

    def wait_for_backends(self, problems):
        """What the server was told before the kill it may still do."""
        for _ in range(300):
            if not self.tables.ask(f"SELECT 1 FROM pg_stat_activity WHERE {BACKENDS}"):
                return
            time.sleep(0.1)
        problems.append("backends of a killed run are still there after 30 s")

    def verdicts(self, targets, new, problems):
        found = {target: target.verdict(target.look(), self.other(new), new) for target in targets}
        for target, verdict in found.items():
            if verdict is None:
                problems.append(f"{target.name}: neither state after the kill: {str(target.look())[:300]}")
        return found

    def kill(self):
        """One round; false when the run was over before its end came."""
        problems = []
        targets, new = self.choose(4)
        # At times the organization is back at its old state when the next run comes.
        final = new if self.random.random() < 0.8 else self.other(new)
        # Commits take the least time of a run; half of the kills are for them.
        at_commits, delay = self.random.random() < 0.5, self.random.random() * self.seconds
        for target in targets:
            target.begin()
        self.write(new, targets)
        with Readers(targets, self.other(new), new, new, problems):
            run = self.start_run()
            if at_commits:
                delay /= 5
                self.wait_for_commits(run)
            self.wait(run, delay)
            run.send_signal(signal.SIGSTOP)
            doing = [row[0] for row in self.tables.ask(
                f"SELECT split_part(query, chr(10), 1) FROM pg_stat_activity WHERE {BACKENDS}")]
            copying = any(query.startswith("COPY") for query in doing)
            temporary = [name for name in os.listdir(f"{self.folder}/out") if name.endswith(".axport")]
            run.kill()
            run.communicate()
            self.wait_for_backends(problems)
        was_killed = run.returncode == -signal.SIGKILL
        if not was_killed and run.returncode:
            problems.append(f"ended with {run.returncode}")
        found = self.verdicts(targets, new, problems)
        noted = self.new_run()
        if noted:
            self.known_runs.add(noted["run"])
        committed = [target for target in targets if found[target] in (NEW, BETWEEN)]
        if was_killed:
            for target, verdict in found.items():
                if verdict:
                    target.kills[verdict] += 1
            if noted and noted["status"] != "unfinished" and len(committed) < len(targets):
                problems.append(f"axport runs shows the killed run as {noted['status']}")
            self.tally.phases[Tally.phase(noted, found, doing, copying, temporary)] += 1
        if committed and not noted:
            problems.append("axport runs does not know of a run that has committed")
        steps = {target.name: [(new, noted)] if found[target] == NEW else [] for target in targets}
        self.write(final, targets)
        self.settle(targets, steps, new, final, problems, [noted] if noted else [])
        moment = f"{delay:.3f} s after {'the first commit began' if at_commits else 'the start'}"
        self.tally.report(f"kill {moment}, to {new} then {final}", targets, problems)
        return was_killed

    def crash(self, kind):
        """One round in which the database fails."""
        problems = []
        targets, new = self.choose(3, of_database=True)
        others = [target for target in self.targets if target.state != new and not target.name.startswith("pg_")]
        targets += self.random.sample(others, min(len(others), self.random.choice([0, 1])))
        self.random.shuffle(targets)
        for target in targets:
            target.begin()
        self.write(new, targets, retries=1 if kind == STAYS_AWAY else 3)
        delay, pause = self.random.uniform(0.2, 1) * self.seconds, self.random.uniform(0, 2)
        with Readers(targets, self.other(new), new, new, problems):
            run = self.start_run()
            self.wait(run, delay)
            if kind == TERMINATED:
                self.tables.ask("SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity "
                                f"WHERE {BACKENDS} ORDER BY random() LIMIT 1) AS one")
            else:
                self.server.kill()
                self.tables.close()
            if kind == COMES_BACK:
                time.sleep(pause)
                self.server.start()
            code, report, errors = self.finish(run)
            if kind == STAYS_AWAY:
                self.server.start()
        self.wait_for_backends(problems)
        found = self.verdicts(targets, new, problems)
        loads = {target.name: self.load_of(target, report) for target in targets}
        failed = [name for name, stage in loads.items() if stage["status"] == "failed"]
        expected = 0 if not failed else 73 if len(failed) == len(loads) else 3
        if code != expected or (failed and kind != STAYS_AWAY):
            problems.append(f"ended with {code} instead of {expected}: {errors[-1000:]}")
        for target, verdict in found.items():
            if loads[target.name]["status"] == "done" and verdict != NEW:
                problems.append(f"{target.name}: reported as loaded, but it is not")
        self.tally.crashes[kind].append((code, any(stage["notes"] for stage in loads.values()),
                                         [verdict for target, verdict in found.items() if target.name.startswith("pg_")]))
        self.tally.messages.update(loads[name]["error"].replace(str(self.server.port), "PORT") for name in failed)
        steps = {target.name: [(new, report)] if found[target] == NEW else [] for target in targets}
        self.settle(targets, steps, new, new, problems, [report])
        self.tally.report(f"{kind} after {delay:.3f} s, to {new}", targets, problems)


def main():
    # As Ctrl-C does: what is known is printed, and nothing is left running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with PostgresServer() as server, tempfile.TemporaryDirectory() as folder:
        soak = Soak(server, folder)
        soak.prepare()
        print(f"{DEVICES} devices, {len(soak.targets)} targets; a run of all takes {soak.seconds:.1f} s", flush=True)
        soak.seconds /= 2
        try:
            killed = 0
            while killed < KILLS:
                killed += soak.kill()
            for number in range(CRASHES):
                # Of four crashes two end a backend, one the server for a moment, one for longer than the run.
                soak.crash([TERMINATED, COMES_BACK, TERMINATED, STAYS_AWAY][number % 4])
        except KeyboardInterrupt:
            print("interrupted")
        soak.tally.summary(soak.targets)
        soak.tables.close()
        sys.exit(1 if soak.tally.failures else 0)


main()

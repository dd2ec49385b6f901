"""What a soak test loads into, and how one who reads it tells whole old contents, whole new ones and anything else."""
import hashlib
import json
import os
import subprocess
import threading
import time

OLD, BETWEEN, NEW = "old", "between", "new"


class Target:
    """A destination that goes from one known state to another and back."""

    # Whether a reader must never see an older state after a newer one.
    is_ordered = True

    def __init__(self, name, kind, place, settings=""):
        self.name = name
        self.load = f"{kind}: {{ {place}{settings} }}"
        self.known = {}
        self.kills = dict.fromkeys((OLD, BETWEEN, NEW), 0)
        self.reads = dict.fromkeys((OLD, BETWEEN, NEW), 0)

    def begin(self):
        """Before a round."""

    def learn(self, state, _run):
        """Takes what an undisturbed run has left for the state's contents."""
        self.state = state
        self.known[state] = self.look()

    def verdict(self, seen, old, new):
        """Old, between or new; None for what must never be seen."""
        if seen == self.known[new]:
            return NEW
        return OLD if seen == self.known[old] else None

    def settle(self, steps, _runs):
        """Problems, once a run has ended well. Steps are the states that were committed, each with its run."""
        state, _ = steps[-1]
        problems = [] if self.look() == self.known[state] else ["not the state of the last run"]
        self.state = state
        return problems


class Table(Target):
    def __init__(self, name, kind, tables, place, settings=""):
        super().__init__(name, kind, place, f", table: {name}{settings}")
        self.tables = tables

    def look(self):
        return self.tables.digests(self.tables.part("table", self.name))


class HistoryTable(Table):
    """With its versions, which a model follows run by run."""

    LIVE = "removed_at IS NULL"

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.live = {}

    def look(self):
        """The table and its current versions, in one statement."""
        return self.tables.digests(
            self.tables.part("table", self.name),
            self.tables.part("current", f"{self.name}_history", "valid_to IS NULL"))

    def versions(self):
        return set(self.tables.rows(f"{self.name}_history", "true", "valid_from", "valid_to"))

    def learn(self, state, run):
        super().learn(state, run)
        self.live[state] = {row[0] for row in self.tables.rows(self.name, self.LIVE)}
        self.model = self.versions()

    def settle(self, steps, runs):
        before = self.state
        problems = super().settle(steps, runs)
        for state, run in steps:
            gone, come = self.live[before] - self.live[state], self.live[state] - self.live[before]
            moment, before = run["started_at"], state
            self.model = {(row, since, moment if until is None and row in gone else until)
                          for row, since, until in self.model} | {(row, moment, None) for row in come}
        found = self.versions()
        if found != self.model:
            problems.append(f"history: {len(found - self.model)} versions too many, {len(self.model - found)} missing, "
                            f"such as {sorted(found ^ self.model, key=repr)[:2]}")
        self.model = found
        return problems


class AppendTable(Table):
    """Holds the rows of every run that committed; those of older ones are taken out before each round."""

    is_ordered = False

    def look(self):
        return {run: digest for (_, run), digest in
                self.tables.digests(self.tables.part("run", self.name, run="run_id")).items()}

    def learn(self, state, run):
        self.state, self.last = state, run["run"]
        self.known[state] = self.look()[self.last]

    def begin(self):
        self.tables.change(f"DELETE FROM {self.name} WHERE run_id <> '{self.last}'")

    def verdict(self, seen, old, new):
        if self.last not in seen or not set(seen.values()) <= {self.known[old], self.known[new]}:
            return None
        return OLD if len(seen) == 1 else NEW

    def settle(self, steps, _runs):
        expected = {self.last: self.known[self.state]} | {run["run"]: self.known[state] for state, run in steps}
        found = self.look()
        self.state, self.last = steps[-1][0], steps[-1][1]["run"]
        return [] if found == expected else [f"append: {found} instead of {expected}"]


class Files(Target):
    """One file or the parts of a list, with what stands beside them."""

    def __init__(self, name, kind, folder, settings=""):
        super().__init__(name, kind, f"file: out/{name}", settings)
        self.folder = folder
        self.is_split, self.has_manifest = "split_rows" in settings, "manifest" in settings
        self.has_checksum, self.keeps_previous = "checksum" in settings, "keep_previous" in settings

    def parts(self):
        if not self.is_split:
            yield self.name
            return
        stem, end = self.name.split(".", 1)
        number = 1
        while os.path.exists(f"{self.folder}/{stem}-{number:03}.{end}"):
            yield f"{stem}-{number:03}.{end}"
            number += 1

    def hash(self, name):
        try:
            with open(f"{self.folder}/{name}", "rb") as file:
                return hashlib.sha256(file.read()).hexdigest()
        except FileNotFoundError:
            return None

    def manifest(self):
        with open(f"{self.folder}/{self.name}.manifest.json", encoding="utf-8") as file:
            manifest = json.load(file)
        return {file["name"]: file["sha256"] for file in manifest["files"]}, manifest["run"]

    def look(self):
        # The manifest before the files: those that agree with it are all of its run.
        told = self.manifest()[0] if self.has_manifest else None
        return {name: self.hash(name) for name in self.parts()}, told

    def verdict(self, seen, old, new):
        files, told = seen
        old, new = self.known[old][0], self.known[new][0]
        if told not in (None, old, new):
            return None
        if files in (old, new):
            return NEW if files == new else OLD
        if told == files or not self.is_split:
            return None
        # Each part is whole, and one of a longer list may be gone already.
        return BETWEEN if all(hashed in (old.get(name), new.get(name)) for name, hashed in files.items()) else None

    def learn(self, state, run):
        super().learn(state, run)
        self.writer = run["run"]

    def settle(self, steps, runs):
        # Files that an undone change leaves as they were are still of the run that wrote them.
        writers = {run["run"] for run in runs} | ({self.writer} if steps[-1][0] == self.state else set())
        problems = super().settle(steps, runs)
        names = self.known[self.state][0]
        if self.has_checksum:
            checked = subprocess.run(["sha256sum", "--check", "--strict", f"{self.name}.sha256"], cwd=self.folder,
                                     capture_output=True, text=True, check=False)
            if checked.returncode or checked.stdout.count(": OK") != len(names):
                problems.append(f"checksum: {checked.stdout}{checked.stderr}")
        if self.has_manifest:
            self.writer = self.manifest()[1]
            if self.writer not in writers:
                problems.append(f"the manifest names another run, {self.writer}")
        if self.keeps_previous:
            for name in names:
                versions = {files.get(name) for files, _ in self.known.values()}
                if len(versions) > 1 and self.hash(f"{name}.previous") not in versions:
                    problems.append(f"{name}.previous is neither version")
        return problems


class Reader:
    """Looks at one target again and again."""

    def __init__(self, target, old, new, towards, problems):
        self.target, self.states, self.towards, self.problems = target, (old, new), towards, problems
        self.ends = False
        self.thread = threading.Thread(target=self.read)

    def read(self):
        ranks = {OLD: 0, BETWEEN: 1, NEW: 2}
        last = None
        while not self.ends:
            try:
                seen = self.target.look()
            except ConnectionError:
                time.sleep(0.1)
                continue
            verdict = self.target.verdict(seen, *self.states)
            if verdict is None:
                self.problems.append(f"{self.target.name}: a reader saw neither state: {str(seen)[:300]}")
                break
            rank = ranks[verdict] if self.towards == self.states[1] else -ranks[verdict]
            if self.target.is_ordered and last is not None and rank < last:
                self.problems.append(f"{self.target.name}: a reader saw an older state after a newer one")
            last = rank
            self.target.reads[verdict] += 1
            # The readers must leave time for axport.
            time.sleep(0.05)
        if hasattr(getattr(self.target, "tables", None), "close"):
            self.target.tables.close()


class Readers:
    """One for each target, as long as the block lasts."""

    def __init__(self, targets, *how):
        self.readers = [Reader(target, *how) for target in targets]

    def __enter__(self):
        for reader in self.readers:
            reader.thread.start()

    def __exit__(self, *_):
        for reader in self.readers:
            reader.ends = True
        for reader in self.readers:
            reader.thread.join()

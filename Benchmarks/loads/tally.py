"""What a soak test of loads has seen: rounds, failures, what was killed, and how crashes of the database ended."""
import collections
import re
import sys

from loads.targets import BETWEEN, NEW, OLD

TERMINATED, COMES_BACK, STAYS_AWAY = "backend ended", "server killed, back soon", "server killed, stays away"
MERGING = "^(INSERT|UPDATE|DELETE|SELECT count|SELECT pg_advisory|COMMIT)"


class Tally:
    def __init__(self, seed):
        self.seed, self.rounds, self.failures = seed, 0, []
        self.phases, self.messages = collections.Counter(), collections.Counter()
        self.crashes = {kind: [] for kind in (TERMINATED, COMES_BACK, STAYS_AWAY)}

    def report(self, what, targets, problems):
        self.rounds += 1
        if self.rounds % 50 == 0:
            print(f"{self.rounds} rounds, {len(self.failures)} failed", flush=True)
        if problems:
            what = f"round {self.rounds} of seed {self.seed}: {what}"
            names = ", ".join(target.name for target in targets)
            self.failures.append(what)
            print(f"FAILED: {what} ({names})")
            for problem in dict.fromkeys(problems):
                print(f"    {problem}")
            sys.stdout.flush()

    def summary(self, all_targets):
        heads = f"{'old':>7}{'between':>9}{'new':>7}"
        print(f"\n{'target':<14}{'kills':>7}{heads}   {'reads':>7}{heads}")
        for target in all_targets:
            line = f"{target.name:<14}"
            for counts in (target.kills, target.reads):
                line += f"{sum(counts.values()):>7}{counts[OLD]:>7}{counts[BETWEEN]:>9}{counts[NEW]:>7}   "
            print(line.rstrip())
        print(f"\n{'kills':>5}  while")
        for phase, count in self.phases.most_common():
            print(f"{count:>5}  {phase}")
        print(f"\n{'crash':<28}{'rounds':>7}{'tried again':>13}{'exit 0':>8}{'3':>4}{'73':>4}   "
              "tables old, new before the next run")
        for kind, rounds in self.crashes.items():
            codes = collections.Counter(code for code, *_ in rounds)
            verdicts = collections.Counter(verdict for *_, verdicts in rounds for verdict in verdicts)
            print(f"{kind:<28}{len(rounds):>7}{sum(retried for _, retried, _ in rounds):>13}{codes[0]:>8}{codes[3]:>4}"
                  f"{codes[73]:>4}   {verdicts[OLD]}, {verdicts[NEW]}")
        for message, count in self.messages.most_common(8):
            print(f"    {count} times: {message}")
        print(f"\n{self.rounds - len(self.failures)} of {self.rounds} rounds as they must be (seed {self.seed})")

    @staticmethod
    def phase(noted, found, doing, copying, temporary):
        if not noted:
            return "starting: the run is not in the history yet"
        verdicts = set(found.values())
        if verdicts == {NEW}:
            return "all committed: the history is written"
        if BETWEEN in verdicts:
            return "files are renamed, some are new"
        if any(query.startswith("COMMIT") for query in doing):
            return "in the database: COMMIT"
        if any(re.match(MERGING, query) for query in doing):
            return "in the database: the merge"
        if NEW in verdicts:
            return "between two commits, or in SQLite's or a file's"
        return "rows are read and staged" if copying or temporary else "starting: nothing is staged"

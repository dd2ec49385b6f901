"""Runs of axport in one night."""
import collections
import json
import os
import random
import re
import subprocess
import time

Run = collections.namedtuple("Run", "code report errors")
# Longer than any run that is not stuck.
PATIENCE = 180


class Axport:
    def __init__(self, program, folder, pipeline, seed):
        self.program, self.folder, self.random = program, folder, random.Random(seed)
        self.seconds, self.count = 1.0, 0
        with open(f"{folder}/nights.axport.yaml", "w", encoding="utf-8") as file:
            file.write(pipeline)

    def start(self, environment, *options):
        self.count += 1
        return subprocess.Popen(
            [self.program, "run", "nights.axport.yaml", "--json", *options], cwd=self.folder, text=True,
            env=os.environ | {"HOME": self.folder, "XDG_STATE_HOME": "", "XDG_CACHE_HOME": ""} | environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, environment, *options):
        began = time.monotonic()
        process = self.start(environment, *options)
        try:
            output, errors = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            return Run("none: it hangs", None, process.communicate()[1])
        self.seconds += (time.monotonic() - began - self.seconds) / 4
        lines = output.splitlines()
        return Run(process.returncode, json.loads(lines[-1]) if lines else None, errors)

    def kill(self, environment):
        """One run that does not live to its end, unless it is quicker than its killer."""
        process = self.start(environment)
        try:
            process.wait(self.random.uniform(0, self.seconds))
        except subprocess.TimeoutExpired:
            process.kill()
        errors = process.communicate()[1]
        return Run(process.returncode, None, errors)


def unbalanced(report):
    """Loads whose rows do not add up."""
    for stage in report["stages"] if report else []:
        if stage["kind"] == "load" and stage["status"] == "done":
            settled = sum(stage[name] for name in ("written", "unchanged", "filtered", "retired")) - stage["deleted"]
            if settled != stage["received"]:
                yield f"the books of {stage['destination']} do not balance: {stage}"


def lacking(errors):
    """How many devices a refused list lacks, as the refusal says."""
    found = re.search(r"lacks ([\d,]+) of", errors)
    return int(found[1].replace(",", "")) if found else 0

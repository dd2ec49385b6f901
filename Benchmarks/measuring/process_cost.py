"""What a process costs: wall time, CPU time of its own, and the most memory that it held."""
import dataclasses
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

# How often each action runs, and how many seconds all its runs may take.
RUNS, BUDGET = 5, 60


@dataclasses.dataclass
class Cost:
    """Of one process; the memory in MB. `requests` and `report` are filled by those who know them. Of several runs, `seconds`
    and `cpu` are medians, `spread` is the quickest and the slowest, and `peak` the highest."""

    seconds: float
    cpu: float
    peak: float
    code: int = 0
    output: str = ""
    errors: str = ""
    requests: int | None = None
    report: dict | None = None
    runs: int = 1
    spread: tuple[float, float] | None = None


def measure(command, stdin=None, into=None, **options):
    """Runs a command to its end. `stdin` is text. What it prints is kept, through files so that nobody waits for a pipe,
    save what goes `into` an open one."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        if stdin is not None:
            given.write(stdin.encode())
            given.seek(0)
        began = time.monotonic()
        child = subprocess.Popen(command, stdin=given, stdout=into or output, stderr=errors, **options)
        # Not wait4's ru_maxrss: it counts what this script held when it started the child.
        peak, done = 0, 0
        while not done:
            peak = max(peak, resident_peak(child.pid))
            time.sleep(0.0005 if time.monotonic() - began < 0.2 else 0.005)
            done, status, usage = os.wait4(child.pid, os.WNOHANG)
        seconds = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for file in (output, errors):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    return Cost(seconds, usage.ru_utime + usage.ru_stime, peak, child.returncode, *texts)


def succeed(command, stdin=None, **options):
    """The same of a command that has to end with 0."""
    cost = measure(command, stdin, **options)
    if cost.code:
        raise RuntimeError(f"{os.path.basename(command[0])} ended with {cost.code}: {cost.errors[-2000:]}")
    return cost


def in_turn(*actions):
    """What each of several actions costs. They run one after another in every round, so that what slows the machine down for
    a while does so for all. An action sits out as soon as another run would exceed its budget; one that returns None has no
    cost."""
    costs = [[] for _ in actions]
    for _ in range(RUNS):
        for action, own in zip(actions, costs):
            if None not in own and sum(spent := seconds_of(own)) + max(spent, default=0) <= BUDGET:
                own.append(action())
                # Long measurements show that they are alive.
                print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return [None if None in own else together(own) for own in costs]


def seconds_of(costs):
    return [cost.seconds for cost in costs]


def together(costs):
    """Several runs of one action as one cost."""
    seconds = seconds_of(costs)
    return dataclasses.replace(
        costs[0], seconds=statistics.median(seconds), cpu=statistics.median(cost.cpu for cost in costs),
        peak=max(cost.peak for cost in costs), runs=len(costs),
        spread=(min(seconds), max(seconds)) if len(costs) > 1 else None)


def run_axport(axport, env, folder, pipeline, *options, **more):
    """One `axport run` of a pipeline, whatever it ends with. Its cost, with the report and the requests that it counted."""
    with open(f"{folder}/run.axport.yaml", "w", encoding="utf-8") as file:
        file.write(pipeline)
    environment = os.environ | env | {"HOME": str(folder), "XDG_STATE_HOME": "", "XDG_CACHE_HOME": ""} | more
    cost = measure([axport, "run", "run.axport.yaml", "--json", *options], cwd=folder, env=environment)
    lines = cost.output.splitlines()
    if not lines:
        raise RuntimeError(f"axport ended with {cost.code}: {cost.errors[-2000:]}")
    cost.report = json.loads(lines[-1])
    cost.requests = sum(stage["requests"] for stage in cost.report["stages"])
    return cost


def run_well(axport, env, folder, pipeline, *options, **more):
    """The same of a run that has to end with 0."""
    cost = run_axport(axport, env, folder, pipeline, *options, **more)
    if cost.code:
        raise RuntimeError(f"axport ended with {cost.code}: {cost.errors[-2000:]}")
    return cost


def resident_peak(process):
    """The most memory that a running process has held so far, in MB."""
    try:
        with open(f"/proc/{process}/status", encoding="utf-8") as lines:
            return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0)
    except OSError:
        return 0

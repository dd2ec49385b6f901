#!/usr/bin/env python3
"""Measures everything, prints the tables, and writes them to Benchmarks/README.md.

    Benchmarks/bench.py [AXPORT] [--only a,c] [--small]

`--only` measures some sections and writes nothing; `--small` takes small fleets, to see whether all works, and writes
nothing either. A section that fails is named and leaves the others alone. Exits with 1 when something could not be measured;
a missed target is shown and is no failure.
"""
import argparse
import datetime
import os
import platform
import subprocess
import sys
import time

import full_sync
import instructions
import memory
import offline_loads
import second_night
import start_up
import transforms
from measuring import report
from measuring.report import HERE, written
from peers.installed import PLACE
from servers.postgres_server import programs

# Section, measurement, and the sizes of --small.
PARTS = [("a", full_sync, (500,)), ("b", second_night, (1_000,)), ("c", offline_loads, (5_000, 10_000)),
         ("d", transforms, (5_000,)), ("e", start_up, (5,)), ("e", memory, (1_000, 10_000)), ("f", instructions, (20_000,))]
INTRODUCTION = """# Benchmarks

Made by `make bench` in {minutes:.0f} minutes; this page is its output, never edited. All figures are of one run on one
machine, and only their ratios mean something elsewhere: axport, the floors and the peers do the same work in turn.

- **Floors** are the least that the work can cost: [bare_sockets.c](floors/bare_sockets.c) fetches the same answers and forgets
  them, `dd` copies a ready file, `psql` copies a ready CSV and merges it by hand.
- **Peers** are what PyPI has for this job ([peers.txt](peers/peers.txt)), each with the shortest script that a user would write
  (`peers/peer_*.py`).{python}
- Wall time is that of the whole process, start-up included; CPU time is user and system of that process and what it
  started; memory is the peak of its own resident set. Up to five `runs`, as many as fit into a minute, take turns with
  those of the others in the table: times are medians, the `spread` reaches from the quickest to the slowest, and memory is
  the highest.

To repeat it: `make bench`, on Debian or Ubuntu with a Swift toolchain. `Benchmarks/bench.py --only c,d` prints some
sections; each is a script of its own, too, and exits with 1 when it misses a target:
`Benchmarks/offline_loads.py .build/release/axport 200000`. `make instructions` is the part that CI runs.

| machine | |
| --- | --- |
{machine}
"""


def line_of(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE)
    except OSError:
        return "unknown"
    return done.stdout.strip().splitlines()[0] if done.stdout.strip() else "unknown"


def first_of(path, name):
    with open(path, encoding="utf-8") as file:
        return next((line.split(":", 1)[1].strip() for line in file if line.startswith(name)), "unknown")


def machine(axport):
    commit = line_of(["git", "rev-parse", "--short", "HEAD"])
    dirty = subprocess.run(["git", "status", "--porcelain", "--", "..", ":!README.md"], capture_output=True, text=True,
                           check=False, cwd=HERE).stdout.strip()
    return {
        "cores": f"{os.cpu_count()} × {first_of('/proc/cpuinfo', 'model name')}",
        "memory": f"{int(first_of('/proc/meminfo', 'MemTotal').split()[0]) / 1e6:.0f} GB",
        "system": f"{platform.freedesktop_os_release()['PRETTY_NAME']}, Linux {platform.release()}, {platform.machine()}",
        "PostgreSQL": line_of([f"{programs()}/postgres", "--version"]).removeprefix("postgres (PostgreSQL) "),
        "Python of the scripts": platform.python_version(),
        "axport": f"{line_of([axport, '--version'])}, commit {commit}{' with changes' if dirty else ''}",
        "date": datetime.date.today().isoformat(),
    }


def run(part, axport, sizes):
    """The section, or one that says why there is none."""
    letter, module, small = part
    began = time.monotonic()
    print(f"{letter}. {module.__name__}", file=sys.stderr, flush=True)
    empty = report.Section(letter, module.__name__.replace("_", " ").capitalize())
    section = empty.attempt(lambda _: module.measure(axport, *(small if sizes else ()))) or empty
    print(f"    {module.__name__} took {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return section


def peers_python(sections):
    """What they run on, and what applebusiness needed, where it ran."""
    version = line_of([f"{PLACE}/bin/python", "--version"])
    if version == "unknown":
        return ""
    text = f" They run on {version}."
    rows = [row for section in sections for table in section.tables for row in table.rows]
    # Of one that could not run there is a reason instead of figures.
    if any(row[0].startswith("applebusiness") and row[-1] != written(None) for row in rows):
        text += " applebusiness is told that a device may lack attributes, or it reads none"
        text += "." if int(version.split(".")[1]) >= 14 else (
            "; it asks for Python 3.14 and gets what it uses of it, deferred annotations, by an import.")
    return text


def page(sections, measured_on, minutes):
    rows = "\n".join(f"| {name} | {value} |" for name, value in measured_on.items())
    parts = [INTRODUCTION.format(minutes=minutes, python=peers_python(sections), machine=rows)]
    failed = [f"- {section.letter}, {section.title}: {failure}" for section in sections for failure in section.failures]
    if failed:
        parts.append("## Not measured\n\n" + "\n".join(failed) + "\n")
    parts.append("## Targets\n\n" + "\n".join(report.targets_table(sections).markdown().splitlines()[2:]) + "\n")
    for section in sections:
        parts.append(f"## {section.letter}. {section.title}\n\n"
                     + "\n\n".join(table.markdown() for table in section.tables) + "\n")
    return "\n".join(parts)


def main():
    options = argparse.ArgumentParser(description="Measures axport against floors and peers.")
    options.add_argument("axport", nargs="?", default=report.AXPORT)
    options.add_argument("--only", default="", help="sections, such as a,c")
    options.add_argument("--small", action="store_true", help="small fleets, to see whether all works")
    chosen = options.parse_args()
    axport, only = os.path.abspath(chosen.axport), set(filter(None, chosen.only.split(",")))
    # Before anything else: the tree may change meanwhile.
    began, measured_on, sections = time.monotonic(), machine(axport), []
    for part in PARTS:
        if not only or part[0] in only:
            sections.append(run(part, axport, chosen.small))
            print(sections[-1].text() + "\n", flush=True)
    print(report.targets_table(sections).text())
    if not only and not chosen.small:
        with open(f"{HERE}/README.md", "w", encoding="utf-8") as file:
            file.write(page(sections, measured_on, (time.monotonic() - began) / 60))
        print("\nBenchmarks/README.md is written")
    failures = [failure for section in sections for failure in section.failures]
    if failures:
        sys.exit("not measured: " + "; ".join(failures))


if __name__ == "__main__":
    main()

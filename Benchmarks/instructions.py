#!/usr/bin/env python3
"""CPU instructions of a fixed offline load, counted by valgrind: a regression shows without a clock.

    Benchmarks/instructions.py [AXPORT] [DEVICES]

20,000 devices, all transforms, into CSV and NDJSON. The number is kept in instructions.txt; RECORD=1 writes it anew. Exits
with 1 when it is 5 % away from the one kept, also when it is less: then a worse one would hide in what was won.
Two runs differ by about 0.1 %, since threads wait for each other for more or fewer rounds. The number belongs to this
toolchain and these libraries: Debian 12, Swift 6.3 and versions of packages as resolved. Another compiler or library calls
for RECORD=1.
"""
import os
import re
import subprocess
import sys
import tempfile

from measuring import report
from measuring.inventory import Inventory
from measuring.process_cost import succeed
from measuring.report import HERE

KEPT = f"{HERE}/instructions.txt"
LOADS = ("csv: { file: out.csv }", "ndjson: { file: out.ndjson }")
ALLOWED = 0.05


class Counter:
    """Counts what offline runs take in the folder of an inventory, which is made without valgrind."""

    def __init__(self, axport, folder):
        self.folder = folder
        # Valgrind cannot read the debugging information of a Swift binary.
        subprocess.run(["strip", "-o", f"{folder}/axport", axport], check=True)
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", f"{folder}/sigsuspend.so", f"{HERE}/measuring/sigsuspend.c"],
                       check=True)

    def count(self, pipeline):
        """Instructions of one run of a pipeline."""
        with open(f"{self.folder}/run.axport.yaml", "w", encoding="utf-8") as file:
            file.write(pipeline)
        environment = os.environ | {"HOME": self.folder, "LD_PRELOAD": f"{self.folder}/sigsuspend.so",
                                    "SWIFT_DETERMINISTIC_HASHING": "1", "XDG_STATE_HOME": "", "XDG_CACHE_HOME": ""}
        cost = succeed(["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null",
                        f"{self.folder}/axport", "run", "run.axport.yaml", "--offline"], cwd=self.folder, env=environment)
        return int(re.search(r"I +refs: +([\d,]+)", cost.errors).group(1).replace(",", ""))


def count(axport, devices=20_000):
    """Instructions of the fixed load."""
    with tempfile.TemporaryDirectory() as folder:
        inventory = Inventory(axport, folder, devices, requests=500).fill()
        return Counter(axport, folder).count(inventory.pipeline(*LOADS))


def compared(found):
    """The number kept, the share by which the found one differs, and whether that is allowed."""
    with open(KEPT, encoding="utf-8") as file:
        old = int(re.search(r"^\d+", file.read(), re.MULTILINE).group())
    change = found / old - 1
    return old, change, abs(change) <= ALLOWED


def measure(axport, devices=20_000):
    section = report.Section("f", "CPU instructions of a fixed offline load")
    table = section.table(f"{devices:,} devices, all transforms, to CSV and NDJSON, counted by valgrind's cachegrind",
                          "", "instructions", "per device", note="CI compares the number with the one kept, within 5 %.")
    found = count(axport, devices)
    old, change, is_allowed = compared(found)
    table.add("measured", found, found / devices)
    table.add("kept in instructions.txt", old, old / devices)
    section.target("instructions within 5 % of the number kept", f"{change * 100:+.2f} %", "met" if is_allowed else "missed")
    return section


def main():
    axport = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else report.AXPORT)
    found = count(axport, *map(int, sys.argv[2:3]))
    if os.environ.get("RECORD") == "1":
        with open(KEPT, "w", encoding="utf-8") as file:
            file.write(f"{found}\n")
        print(f"instructions.txt keeps {found:,} instructions now: say in the commit why")
        return
    old, change, is_allowed = compared(found)
    if not is_allowed:
        sys.exit(f"The offline load takes {found:,} CPU instructions, where Benchmarks/instructions.txt has {old:,} "
                 f"({change * 100:+.1f} %): mend what made it so, or keep the new number with `make instructions RECORD=1` "
                 "and say why in the commit.")
    print(f"{found:,} CPU instructions for the offline load, {change * 100:+.2f} % from the {old:,} kept")


if __name__ == "__main__":
    main()

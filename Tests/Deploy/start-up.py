#!/usr/bin/env python3
"""How long the installed binary takes to say its help, beside a C program that loads the same libraries; and sizes."""
import glob
import os
import subprocess
import tempfile
import time

from checks import DIST, check, end, run, succeeds

DEB = glob.glob(f"{DIST}/axport_*.deb")[0]
RUNS = 40


def milliseconds(*words):
    begin = time.perf_counter()
    subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - begin) * 1000


with tempfile.TemporaryDirectory() as folder:
    run("dpkg-deb", "--extract", DEB, folder)
    axport = f"{folder}/usr/bin/axport"
    needed = [line.split()[1] for line in run("objdump", "-p", axport).stdout.splitlines() if "NEEDED" in line]
    with open(f"{folder}/same.c", "w", encoding="utf-8") as file:
        file.write('#include <stdio.h>\nint main(void) { return puts("help") < 0; }\n')
    succeeds("a C program with the same libraries builds", "cc", "-O2", "-o", f"{folder}/same", f"{folder}/same.c",
             "-Wl,--no-as-needed", *[f"-l:{name}" for name in needed if not name.startswith("ld-linux")])
    times = {"C": [], "axport": []}
    for _ in range(RUNS):
        times["C"].append(milliseconds(f"{folder}/same"))
        times["axport"].append(milliseconds(axport, "--help"))
    plain, own = (min(values) for values in times.values())
    check(f"`axport --help` takes {own:.1f} ms, the C program {plain:.1f} ms (best of {RUNS}); at most 25 ms more", own < plain + 25)
    size, packed = os.path.getsize(axport) / 1e6, os.path.getsize(DEB) / 1e6
    check(f"the binary is {size:.1f} MB and the package {packed:.1f} MB; at most 110 and 40", size < 110 and packed < 40)
end()

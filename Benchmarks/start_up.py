#!/usr/bin/env python3
"""How long `axport --help` and `axport check` of the largest shipped pipeline take, and how large the binary is.

    Benchmarks/start_up.py [AXPORT] [RUNS]

Exits with 1 when a target is missed: 25 ms, 50 ms, and 100 MB without symbols, with Swift's runtime in it.
"""
import glob
import os
import re
import statistics
import subprocess
import tempfile

from measuring import report
from measuring.process_cost import succeed
from measuring.report import HERE


def check(axport, folder):
    """The command, and its environment, with a value for every reference of the pipeline."""
    largest = max(glob.glob(f"{os.path.dirname(HERE)}/pipelines/*.axport.yaml"), key=os.path.getsize)
    with open(largest, encoding="utf-8") as file:
        text = file.read()
    key = f"{folder}/key.pem"
    subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key], check=True)
    os.chmod(key, 0o600)
    copy = f"{folder}/{os.path.basename(largest)}"
    with open(copy, "w", encoding="utf-8") as file:
        file.write(re.sub(r"\$\{file:[^}]*\}", f"${{file:{key}}}", text))
    values = {name: f"postgresql://{name.lower()}@127.0.0.1/x" if "URL" in name else "BUSINESSAPI.bench"
              for name in re.findall(r"\$\{env:(\w+)", text)}
    return os.path.basename(largest), [axport, "check", copy], os.environ | values | {"HOME": folder}


def measure(axport, runs=30):
    section = report.Section("e", "Start-up, size and memory")
    with tempfile.TemporaryDirectory() as folder:
        file, command, environment = check(axport, folder)
        table = section.table(f"Start-up, {runs} runs", "command", "best ms", "median ms", "CPU ms", "peak MB")
        commands = {"`axport --help`": [axport, "--help"], f"`axport check {file}`": command,
                    "`true`, for comparison": ["true"]}
        medians = []
        for name, words in commands.items():
            costs = [succeed(words, env=environment, cwd=folder) for _ in range(runs)]
            medians.append(statistics.median(cost.seconds for cost in costs) * 1000)
            table.add(name, min(cost.seconds for cost in costs) * 1000, medians[-1],
                      min(cost.cpu for cost in costs) * 1000, max(cost.peak for cost in costs))
        subprocess.run(["strip", "-o", f"{folder}/stripped", axport], check=True)
        sizes = {"as built": os.path.getsize(axport), "after `strip`": os.path.getsize(f"{folder}/stripped")}
    table = section.table("The release binary", "binary", "MB")
    for name, size in sizes.items():
        table.add(name, size / 1e6)
    section.at_most("`--help` under 25 ms (median)", medians[0], 25, " ms")
    section.at_most("`check` under 50 ms (median)", medians[1], 50, " ms")
    section.at_most("binary under 100 MB after `strip`", sizes["after `strip`"] / 1e6, 100, " MB")
    return section


if __name__ == "__main__":
    report.alone(measure)

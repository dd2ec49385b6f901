#!/usr/bin/env python3
"""The manifests of deploy/kubernetes before kubernetes-validate, and their parts beside what axport says of its sources."""

import json
import os
import re
import subprocess
import sys
import tempfile

from checks import AXPORT, TOP, check, end, run
from virtual import environment

MANIFEST = f"{TOP}/deploy/kubernetes/cronjob.yaml"
PARTS = 16


def codes_of_page():
    """The exit codes that deploy/kubernetes/README.md says a person has to see to."""
    with open(f"{TOP}/deploy/kubernetes/README.md") as page:
        row = re.search(r"^\| ([\d, ]+) \| the part has failed", page.read(), re.MULTILINE)
    return [int(code) for code in row.group(1).split(",")]


def check_manifest(python):
    with open(MANIFEST) as file:
        text = file.read()
    for version in ["1.29.0", "1.33.0"]:
        done = run(python, "-m", "kubernetes_validate", "--strict", "-k", version, MANIFEST)
        check(f"kubernetes-validate accepts the CronJob for {version}", done.returncode == 0, done.stdout)
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as wrong:
        wrong.write(text.replace("backoffLimitPerIndex", "backoffLimitByIndex"))
        wrong.flush()
        done = run(python, "-m", "kubernetes_validate", "--strict", wrong.name)
        check("and refuses one with a wrong name", done.returncode != 0, done.stdout)
    job = json.loads(subprocess.run(
        [python, "-c", "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))", MANIFEST],
        text=True, stdout=subprocess.PIPE, check=True).stdout)["spec"]["jobTemplate"]["spec"]
    rule = job["podFailurePolicy"]["rules"][1]["onExitCodes"]["values"]
    check("the page and the manifest name the same exit codes", rule == codes_of_page(), (rule, codes_of_page()))
    known = {int(code) for code in re.findall(r"^ *(\d+) +\S", run(AXPORT, "--help").stdout, re.MULTILINE)}
    check("they are exit codes of axport", set(rule) <= known, known)
    check("as many shards as parts", job["completions"] == PARTS and f"+ 1))/{PARTS}" in text, job["completions"])
    return job


def check_parts(job):
    """The command of the container, with each index: together the parts have every source once."""
    container = job["template"]["spec"]["containers"][0]
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/nightly.axport.yaml"
        with open(f"{folder}/tenants.csv", "w") as table:
            table.write("name\n" + "".join(f"org-{number:04}\n" for number in range(100)))
        with open(file, "w") as pipeline:
            pipeline.write("sources: { file: tenants.csv, defaults: { platform: sandbox } }\n"
                           "extract: [devices]\nload: [csv: { file: '{source}.csv' }]\n")
        command = container["args"][0].replace("/etc/axport/nightly.axport.yaml", file)
        # What the part would run, listed.
        command = command.replace("axport run", f"{AXPORT} sources --json").replace("--wait 5m --log-format json", "")
        found = []
        for index in range(PARTS):
            done = subprocess.run([*container["command"], command], text=True, stdout=subprocess.PIPE,
                                  env={**os.environ, "HOME": folder, "JOB_COMPLETION_INDEX": str(index)})
            found += [source["source"] for source in json.loads(done.stdout or '{"sources": []}')["sources"]]
        check("the parts have every source once", sorted(found) == [f"org-{number:04}" for number in range(100)],
              len(found))


with tempfile.TemporaryDirectory() as folder:
    python = environment(folder, "kubernetes-validate==1.37.0")
    if python:
        check_parts(check_manifest(python))
end()

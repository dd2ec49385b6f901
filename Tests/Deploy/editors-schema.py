#!/usr/bin/env python3
"""What an independent validator says of pipeline files with the schema, beside what `axport check` says of them."""

import glob
import json
import os
import subprocess
import sys
import tempfile

from checks import AXPORT, TOP, check, end
from mutations import BEYOND_THE_SCHEMA, CHANGES, changed

SCHEMA = f"{TOP}/pipelines/axport.schema.json"


def validated(tools, files):
    """The files that the validator refuses, each with its first complaint."""
    run = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--schemafile", SCHEMA, "--output-format", "json", *files],
        text=True, capture_output=True, env={**os.environ, "PYTHONPATH": tools})
    answer = json.loads(run.stdout)
    if answer.get("parse_errors"):
        raise ValueError(answer["parse_errors"])
    return {error["filename"]: f"{error['path']}: {error['message']}" for error in reversed(answer.get("errors", []))}


def accepted(file):
    """Whether axport takes the file, and what it says."""
    run = subprocess.run([AXPORT, "check", "--without-secrets", file], text=True, capture_output=True)
    if run.returncode not in (0, 78):
        raise ValueError(f"{file}: exit code {run.returncode}: {run.stderr}")
    return run.returncode == 0, run.stdout + run.stderr


def write_changes(folder):
    """Each change as a file of its own."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    # A name that is broken over two lines is no name.
    yaml.width = 10_000
    # Dates stay the texts that they are in the file.
    texts = yaml.constructor.yaml_constructors
    texts["tag:yaml.org,2002:timestamp"] = texts["tag:yaml.org,2002:str"]
    files = []
    for number, (kind, name, place, value) in enumerate(CHANGES):
        with open(f"{TOP}/pipelines/{name}.axport.yaml") as original:
            content = yaml.load(original)
        files.append(f"{folder}/{number:02}-{name}.axport.yaml")
        with open(files[-1], "w") as file:
            yaml.dump(changed(content, place, value), file)
    return files


with tempfile.TemporaryDirectory() as tools, tempfile.TemporaryDirectory() as folder:
    pip = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--target", tools, "check-jsonschema==0.39.0"],
        text=True, capture_output=True)
    check("check-jsonschema is there", pip.returncode == 0, pip.stderr)
    sys.path.insert(0, tools)

    shipped = sorted(glob.glob(f"{TOP}/pipelines/*.axport.yaml"))
    complaints = validated(tools, shipped)
    check(f"each of {len(shipped)} shipped files is valid", not complaints and len(shipped) >= 20, complaints)
    check("axport check says so too", all(accepted(file)[0] for file in shipped),
          "\n".join(accepted(file)[1] for file in shipped))
    meta = subprocess.run([sys.executable, "-m", "check_jsonschema", "--check-metaschema", SCHEMA],
                          text=True, capture_output=True, env={**os.environ, "PYTHONPATH": tools})
    check("the schema is a schema", meta.returncode == 0, meta.stdout)

    files = write_changes(folder)
    complaints = validated(tools, files)
    answers = {file: accepted(file) for file in files}
    check(f"{len(complaints)} of {len(files)} changes are refused by the schema",
          len(files) == 60 and len(complaints) >= len(files) - BEYOND_THE_SCHEMA,
          "\n".join(f"{change[:3]} is accepted" for change, file in zip(CHANGES, files) if file not in complaints))
    wrong = [f"{change[:3]}: {complaints[file]}" for change, file in zip(CHANGES, files)
             if file in complaints and answers[file][0]]
    check("none of them is accepted by axport check", not wrong, "\n".join(wrong))
    levels = [(change, file) for change, file in zip(CHANGES, files) if change[0] == "unknown name"]
    check(f"an unknown name is refused at {len(levels)} levels", all(file in complaints for _, file in levels),
          "\n".join(str(change) for change, file in levels if file not in complaints))
    right = [answers[file][1] for change, file in zip(CHANGES, files)
             if change[0] == "other spelling" and (file in complaints or not answers[file][0])]
    check("other spellings of right values are accepted by both", not right, "\n".join(right))
end()

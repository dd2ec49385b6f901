#!/usr/bin/env python3
"""Metrics and alert rules before Prometheus' own tools, and files that node_exporter serves while they are replaced."""
import glob
import os
import re
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request

from checks import AXPORT, TOP, check, end, run, succeeds

RULES = f"{TOP}/deploy/prometheus"
RUNS = 200
PIPELINES = {"nightly": "acme", "weekly": "acme", "a b/\"c\\": "h\"ill"}


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def write_pipelines(folder):
    for number, (name, source) in enumerate(PIPELINES.items()):
        with open(f"{folder}/{number}.axport.yaml", "w", encoding="utf-8") as file:
            file.write(f"""name: {quoted(name)}
source: {{ platform: sandbox, name: {quoted(source)}, seed: 7, devices: 60 }}
inventory: {folder}/{number}.sqlite
metrics: {{ textfile: {folder}/metrics }}
extract: [devices, coverage]
transform: [imei]
load: [csv: {{ file: {folder}/{number}.csv }}]
""")


def served(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return answer.read().decode()


def text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def introduced(metrics):
    """The names of all metrics of a file, in their order."""
    return re.findall(r"^# HELP (\S+)", metrics, re.M)


class Reader(threading.Thread):
    """Reads every file that node_exporter would, again and again, and keeps what is not whole."""

    def __init__(self, folder, whole):
        super().__init__()
        self.folder, self.whole, self.parts, self.reads, self.is_done = folder, whole, [], 0, False

    def run(self):
        while not self.is_done:
            names = glob.glob(f"{self.folder}/*.prom")
            if len(names) != len(PIPELINES):
                self.parts.append(names)
            for name in names:
                found = text(name)
                self.reads += 1
                if introduced(found) not in self.whole or not found.endswith("\n"):
                    self.parts.append(found)


def check_rules():
    succeeds("promtool check rules", "promtool", "check", "rules", f"{RULES}/axport.rules.yml")
    succeeds("promtool test rules", "promtool", "test", "rules", f"{RULES}/axport.rules.test.yml")


def check_files(folder):
    for number in range(len(PIPELINES)):
        succeeds(f"a run of pipeline {number}", AXPORT, "run", f"{folder}/{number}.axport.yaml")
    files = sorted(glob.glob(f"{folder}/metrics/*"))
    check("one file for each pipeline", len(files) == len(PIPELINES), files)
    for file in files:
        done = run("promtool", "check", "metrics", input=text(file))
        check(f"promtool check metrics: {os.path.basename(file)}", done.returncode == 0 and not done.stdout, done.stdout)
    return files


def check_reader(folder, files):
    # A run that asks Apple nothing has no metrics of that.
    whole = [introduced(text(files[1]))]
    run(AXPORT, "run", "--offline", f"{folder}/0.axport.yaml")
    whole.append(introduced(text(files[1])))
    reader = Reader(f"{folder}/metrics", whole)
    reader.start()
    codes = []
    for number in range(RUNS):
        codes.append(run(AXPORT, "run", "--offline", f"{folder}/{number % len(PIPELINES)}.axport.yaml").returncode)
    reader.is_done = True
    reader.join()
    check(f"{RUNS} runs", not any(codes), codes)
    check(f"a reader saw only whole files in {reader.reads} reads", reader.reads > RUNS and not reader.parts,
          reader.parts[:2])


def check_kills(folder):
    began = time.monotonic()
    run(AXPORT, "run", "--offline", f"{folder}/0.axport.yaml")
    took = time.monotonic() - began
    left = 0
    for number in range(40):
        process = subprocess.Popen([AXPORT, "run", "--offline", f"{folder}/0.axport.yaml"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(took * (0.6 + number / 80))
        process.kill()
        process.wait()
        left += len(glob.glob(f"{folder}/metrics/.*"))
    files = glob.glob(f"{folder}/metrics/*.prom")
    wrong = [name for name in files if run("promtool", "check", "metrics", input=text(name)).returncode]
    check(f"40 kills leave whole files ({left} leftovers of other names seen)",
          len(files) == len(PIPELINES) and not wrong, files + wrong)
    succeeds("the next run", AXPORT, "run", "--offline", f"{folder}/0.axport.yaml")
    hidden = glob.glob(f"{folder}/metrics/.*")
    check("and it sweeps up", not hidden, hidden)


def check_exporter(folder):
    port = free_port()
    log = open(f"{folder}/exporter.log", "w", encoding="utf-8")
    # As a user who has no right but to read.
    exporter = subprocess.Popen(
        ["prometheus-node-exporter", "--collector.disable-defaults", "--collector.textfile",
         f"--collector.textfile.directory={folder}/metrics", f"--web.listen-address=127.0.0.1:{port}"],
        stdout=log, stderr=log, user="nobody" if os.geteuid() == 0 else None)
    try:
        for _ in range(100):
            try:
                page = served(port)
                break
            except OSError:
                time.sleep(0.1)
        series = re.findall(r'^axport_last_run_exit_code\{pipeline="(.*)",source="(.*)"\} 0$', page, re.M)
        names = sorted((re.sub(r"\\(.)", r"\1", one), re.sub(r"\\(.)", r"\1", other)) for one, other in series)
        check("node_exporter serves the files of three pipelines", names == sorted(PIPELINES.items()), page)
        check("without an error", "node_textfile_scrape_error 0" in page, page)
    finally:
        exporter.terminate()
        exporter.wait()
        log.close()


def check_minutes(folder):
    """A line a minute, where a run takes longer and no terminal is attached."""
    with open(f"{folder}/slow.axport.yaml", "w", encoding="utf-8") as file:
        file.write(f"""source: {{ platform: sandbox, seed: 7, devices: 150, rate: 2 }}
inventory: {folder}/slow.sqlite
extract: [devices, coverage]
load: [csv: {{ file: {folder}/slow.csv }}]
""")
    log = succeeds("a run of more than a minute", AXPORT, "run", f"{folder}/slow.axport.yaml")
    lines = re.findall(r"^\S+Z axport: coverage  \d+ of \d+ \(\d+ %\), .* left$", log, re.M)
    check(f"says how far it is ({len(lines)} times)", len(lines) >= 1, log)


with tempfile.TemporaryDirectory() as folder:
    os.chmod(folder, 0o755)
    os.umask(0o077)
    os.mkdir(f"{folder}/metrics", 0o755)
    os.chmod(f"{folder}/metrics", 0o755)
    os.environ["HOME"] = folder
    write_pipelines(folder)
    check_rules()
    check_reader(folder, check_files(folder))
    check_kills(folder)
    check_exporter(folder)
    check_minutes(folder)
end()

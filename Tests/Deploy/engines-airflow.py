#!/usr/bin/env python3
"""The DAG of deploy/airflow with Airflow from PyPI: `airflow dags test`, and the LocalExecutor whose scheduler is killed.

The sandbox's organizations are the sources. One has a revoked key (77), one is held by another run (75)."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time

from checks import AXPORT, TOP, check, end, run
from virtual import environment

COUNT = 6
REVOKED, HELD, SLOW = "org-0003", "org-0004", "org-0005"
DAG = "axport_nightly"
EXPECTED = {name: "success" for name in (f"org-{number:04}" for number in range(1, COUNT + 1))}
EXPECTED |= {REVOKED: "failed", HELD: "skipped"}


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Engine:
    """Airflow with a home of its own."""

    def __init__(self, folder, python, pipeline):
        self.folder, self.programs = folder, {}
        self.airflow = f"{os.path.dirname(python)}/airflow"
        self.port = port = free_port()
        self.environment = {
            **os.environ,
            "PATH": f"{os.path.dirname(python)}:{os.environ['PATH']}",
            "HOME": folder, "XDG_STATE_HOME": f"{folder}/state", "AIRFLOW_HOME": f"{folder}/airflow",
            "AXPORT_PIPELINE": pipeline, "AXPORT_PROGRAM": AXPORT, "AXPORT_WAIT": "25s", "AXPORT_AT_ONCE": "3", "AXPORT_AGAIN": "5",
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "AIRFLOW__CORE__DAGS_FOLDER": f"{TOP}/deploy/airflow",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor", "AIRFLOW__CORE__PARALLELISM": "4",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
            "AIRFLOW__CORE__INTERNAL_API_SECRET_KEY": "of-this-test", "AIRFLOW__API_AUTH__JWT_SECRET": "of-this-test" * 4,
            "AIRFLOW__API__SECRET_KEY": "of-this-test", "AIRFLOW__API__PORT": str(port), "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__WORKERS": "1", "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
            # What takes minutes elsewhere takes seconds here.
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
            "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "10",
        }

    def __call__(self, *words):
        return run(self.airflow, *words, env=self.environment)

    def start(self, name, *words):
        log = open(f"{self.folder}/{name}.log", "a")
        self.programs[name] = subprocess.Popen([self.airflow, *words], env=self.environment, stdout=log,
                                               stderr=subprocess.STDOUT, start_new_session=True)

    def kill(self, name):
        """Ends the program and all its children at once."""
        try:
            os.killpg(self.programs[name].pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.programs.pop(name).wait()

    def log(self, name):
        with open(f"{self.folder}/{name}.log") as file:
            return file.read()

    def rows(self, query, *values):
        database = sqlite3.connect(f"file:{self.folder}/airflow/airflow.db?mode=ro", uri=True, timeout=30)
        try:
            return database.execute(query, values).fetchall()
        finally:
            database.close()

    def answers(self):
        with socket.socket() as found:
            return found.connect_ex(("127.0.0.1", self.port)) == 0

    def scheduled(self):
        """The night that the scheduler began."""
        found = self.rows("SELECT run_id FROM dag_run WHERE run_id LIKE 'scheduled%'")
        return found[0][0] if found else None

    def state(self, night):
        found = self.rows("SELECT state FROM dag_run WHERE run_id = ?", night)
        return found[0][0] if found else None

    def tasks(self, night):
        """The state of each source's task."""
        found = self.rows("SELECT rendered_map_index, state FROM task_instance WHERE run_id = ? AND task_id = 'run' "
                          "AND map_index >= 0", night)
        return dict(found)

    def is_running(self, night, source):
        """The names of tasks are known when they end; before, their places are."""
        found = self.rows("SELECT state FROM task_instance WHERE run_id = ? AND task_id = 'run' AND map_index = ?", night,
                          sorted(EXPECTED).index(source))
        return found == [("running",)]

    def reports(self, night):
        found = self.rows("SELECT value FROM xcom WHERE run_id = ? AND task_id = 'run' AND key = 'report'", night)
        values = [json.loads(value) if isinstance(value, (str, bytes)) else value for (value,) in found]
        values = [json.loads(value) if isinstance(value, str) else value for value in values]
        return {report["source"]: report["exit_code"] for report in values}

    def summary(self, night):
        found = self.rows("SELECT value FROM xcom WHERE run_id = ? AND key = 'summary'", night)
        value = json.loads(found[0][0]) if found else {}
        return json.loads(value) if isinstance(value, str) else value

    def end(self):
        for name in list(self.programs):
            self.kill(name)


def waited(condition, seconds):
    """Whether it comes true."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.5)
    return False


def check_night(engine, night, what):
    tasks, reports = engine.tasks(night), engine.reports(night)
    check(f"{what}: 75 is skipped, 77 is failed, the others succeed", tasks == EXPECTED, tasks)
    codes = {REVOKED: 77, HELD: 75}
    check(f"{what}: every report is an XCom", reports == {name: codes.get(name, 0) for name in EXPECTED}, reports)
    summary = engine.summary(night)
    check(f"{what}: the summary counts them", summary.get("exit_codes") == {"0": COUNT - 2, "75": 1, "77": 1}
          and summary.get("failed") == [REVOKED], summary)
    check(f"{what}: a night with a failed source has failed", engine.state(night) == "failed", engine.state(night))


def check_test(engine):
    done = engine("dags", "test", DAG, "2026-11-28")
    nights = engine.rows("SELECT run_id FROM dag_run ORDER BY id DESC LIMIT 1")
    if check("airflow dags test runs the DAG", bool(nights), done.stdout):
        check_night(engine, nights[0][0], "dags test")


def check_executor(engine):
    engine.start("api", "api-server")
    if not check("the API server answers", waited(engine.answers, 180), engine.log("api")):
        return
    engine.start("processor", "dag-processor")
    engine.start("scheduler", "scheduler")
    # The night of the schedule.
    is_planned = waited(engine.scheduled, 180)
    if not check("the DAG is imported and its night begins", is_planned, engine.log("processor")):
        return
    night = engine.scheduled()
    is_running = waited(lambda: engine.is_running(night, SLOW), 180)
    time.sleep(3)
    engine.kill("scheduler")
    check("the scheduler is killed while a source runs", is_running, engine.log("scheduler"))
    engine.start("scheduler", "scheduler")
    is_done = waited(lambda: engine.state(night) in ("success", "failed"), 420)
    check("the night ends after another scheduler has started", is_done, engine.log("scheduler"))
    left = run("pgrep", "-f", f"{AXPORT} run .*--source {SLOW}").stdout.split()
    check("no run outlives its task", not left, left)
    tries = dict(engine.rows("SELECT rendered_map_index, try_number FROM task_instance WHERE run_id = ? "
                             "AND task_id = 'run'", night))
    check("the run that was killed is tried again", tries.get(SLOW, 0) >= 2, tries)
    check_night(engine, night, "LocalExecutor")


def sandbox(folder):
    """The sandbox as a process, and the pipeline file of its organizations."""
    process = subprocess.Popen(
        [AXPORT, "sandbox", "--port", "0", "--organizations", str(COUNT), "--devices", "40",
         "--credentials", f"{folder}/accounts", "--organization", "3:key=revoked",
         "--organization", "4-5:latency-ms=400"],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    process.stdout.readline()
    pipeline = f"{folder}/nightly.axport.yaml"
    with open(pipeline, "w") as file:
        file.write("sources: { file: accounts/tenants.csv, defaults: { max_in_flight: 1, max_time: 10m } }\n"
                   "extract: [devices, coverage: { max_age: 1s }]\nload: [csv: { file: 'out/{source}.csv' }]\n")
    return process, pipeline


def hold(folder, pipeline):
    """Another run of one source, which does not end: its program is stopped."""
    environment = {**os.environ, "HOME": folder, "XDG_STATE_HOME": f"{folder}/state"}
    process = subprocess.Popen([AXPORT, "run", pipeline, "--source", HELD], env=environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    lock = f"{folder}/state/axport/{HELD}.sqlite.lock"
    is_held = waited(lambda: os.path.exists(lock), 20)
    process.send_signal(signal.SIGSTOP)
    check("another run holds a source", is_held and process.poll() is None, os.listdir(f"{folder}/state/axport"))
    return process


with tempfile.TemporaryDirectory() as folder:
    python = environment(folder, "apache-airflow==3.3.2")
    if python:
        server, pipeline = sandbox(folder)
        engine = Engine(folder, python, pipeline)
        holder = None
        try:
            holder = hold(folder, pipeline)
            migrated = engine("db", "migrate")
            if check("airflow db migrate", migrated.returncode == 0, migrated.stdout):
                check_test(engine)
                check_executor(engine)
        finally:
            engine.end()
            for process in (holder, server):
                if process:
                    process.kill()
                    process.wait()
end()

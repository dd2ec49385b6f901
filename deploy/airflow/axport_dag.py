"""Runs an axport pipeline every night, with a task for each of its sources.

For Airflow 3. Each worker needs the program, the pipeline file, and the keys of the sources. Where workers have no disk
of their own, the file says `inventory: { keep_in: … }`.

Variables of the environment of scheduler and workers:
  AXPORT_PIPELINE  the pipeline file (default /etc/axport/nightly.axport.yaml)
  AXPORT_PROGRAM   the program (default axport)
  AXPORT_AT_ONCE   how many sources run at the same time (default 8)
  AXPORT_AGAIN     seconds before a run is tried again (default 600)
  AXPORT_WAIT      how long a run waits for another one of its source, or for its lease (default 5m)
"""

import json
import os
import subprocess
from datetime import datetime, timedelta, timezone

from airflow.sdk import dag, get_current_context, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

PIPELINE = os.environ.get("AXPORT_PIPELINE", "/etc/axport/nightly.axport.yaml")
PROGRAM = os.environ.get("AXPORT_PROGRAM", "axport")

# `axport --help` lists the exit codes. After these, a later try can help; all others but 0 and 75 need a person.
AGAIN = {69, 73}
SKIPPED = 75


def axport(*words):
    """The exit code and the output. Messages go to the task's log.

    A run does not outlive its task: it would hold the source's inventory, and the next try would find it locked.
    """
    command = ["setpriv", "--pdeathsig", "TERM", "--", PROGRAM, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL) as process:
        try:
            output = process.stdout.read()
            return process.wait(), output
        except BaseException:
            process.terminate()
            raise


def why(report):
    """The first cause in a report."""
    errors = [part["error"] for part in [report, *report.get("stages", [])] if "error" in part]
    return errors[0] if errors else "see the log of its task"


@dag(
    schedule="17 2 * * *",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(seconds=int(os.environ.get("AXPORT_AGAIN", "600")))},
    tags=["axport"],
)
def axport_nightly():
    @task
    def sources():
        """The names of all sources. One that cannot be used is among them, and its run says why."""
        code, output = axport("sources", PIPELINE, "--json")
        if code != 0:
            raise AirflowFailException(f"axport sources ended with exit code {code}")
        return [source["source"] for source in json.loads(output)["sources"]]

    @task(
        map_index_template="{{ axport_source }}",
        max_active_tis_per_dagrun=int(os.environ.get("AXPORT_AT_ONCE", "8")),
        execution_timeout=timedelta(hours=12),
    )
    def run(source):
        """One source. Its report is the XCom `report`, whatever became of the run."""
        context = get_current_context()
        context["axport_source"] = source
        wait = os.environ.get("AXPORT_WAIT", "5m")
        code, output = axport("run", PIPELINE, "--source", source, "--wait", wait, "--json")
        lines = output.splitlines()
        report = json.loads(lines[-1]) if lines else {"source": source, "exit_code": code}
        context["ti"].xcom_push(key="report", value=report)
        if code == SKIPPED:
            raise AirflowSkipException("another run has the source, or no time was left for it")
        if code in AGAIN or code < 0:
            raise AirflowException(f"exit code {code}: a later try can help")
        if code != 0:
            raise AirflowFailException(f"exit code {code}: {why(report)}")

    @task(trigger_rule="all_done", retries=0)
    def summary(names):
        """How many sources ended how. Fails if one failed, because the last task decides about the whole DAG run."""
        ti = get_current_context()["ti"]
        found = ti.xcom_pull(task_ids="run", key="report", map_indexes=range(len(names))) if names else []
        reports = {report["source"]: report for report in found if report}
        counts, failed = {}, []
        for name in names:
            code = reports.get(name, {}).get("exit_code")
            counts[str(code)] = counts.get(str(code), 0) + 1
            if code not in (0, SKIPPED):
                failed.append(name)
                print(f"{name}: exit code {code}: {why(reports.get(name, {}))}")
        totals = {key: sum(report.get(key, 0) for report in reports.values()) for key in ("requests", "written", "retired")}
        answer = {"sources": len(names), "exit_codes": counts, "failed": failed, **totals}
        print(json.dumps(answer))
        ti.xcom_push(key="summary", value=answer)
        if failed:
            raise AirflowFailException(f"{len(failed)} of {len(names)} sources failed: {', '.join(failed[:20])}")

    names = sources()
    run.expand(source=names) >> summary(names)


axport_nightly()

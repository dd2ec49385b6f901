"""Where a soak test of loads takes place: an organization at two nights, and targets that hold either of them."""
import json
import os
import subprocess
import time

from loads.table_digests import PostgresTables, SQLiteTables
from loads.targets import AppendTable, Files, HistoryTable, Table

# The nights that stand for the two states; the refused values that each of them leaves out.
STATES = {"early": (1, "type"), "late": (4, "placeholder")}
PIPELINE = """
name: soak
source: {{ platform: sandbox, devices: {devices}, seed: {seed}, night: {night} }}
inventory: {state}.sqlite
extract: [devices, assignments, coverage: {{ max_requests: 500 }}]
transform: [imei, mac]
load:
"""


def make_targets(tables, folder, devices):
    place = f'url: "{tables.server.url}", retries: $retries'
    assets, more = (SQLiteTables(f"{folder}/out/{name}.sqlite") for name in ("assets", "more"))
    return [
        Table("pg_merge", "postgres", tables, place),
        Table("pg_delete", "postgres", tables, place, ", removed: delete"),
        HistoryTable("pg_history", "postgres", tables, place, ", history: true"),
        Table("pg_replace", "postgres", tables, place, ", mode: replace"),
        AppendTable("pg_append", "postgres", tables, place, ", mode: append"),
        Table("pg_keyless", "postgres", tables, place,
              ", transform: [select: { model: device_model, state: status, mac: wifi_mac_address }]"),
        Table("pg_rejects", "postgres", tables, place, ", from: rejects, transform: [where: code <> '$code'], "
              "columns: [serial_number, column, code, value, message]"),
        Table("lite_merge", "sqlite", assets, "file: out/assets.sqlite"),
        Table("lite_replace", "sqlite", assets, "file: out/assets.sqlite", ", mode: replace"),
        HistoryTable("lite_history", "sqlite", more, "file: out/more.sqlite", ", history: true"),
        AppendTable("lite_append", "sqlite", more, "file: out/more.sqlite", ", mode: append"),
        Files("plain.csv", "csv", f"{folder}/out", ", keep_previous: true, checksum: true"),
        Files("packed.csv.gz", "csv", f"{folder}/out"),
        Files("lines.ndjson", "ndjson", f"{folder}/out", ", checksum: true, manifest: true"),
        Files("document.json", "json", f"{folder}/out", ", document: '{\"devices\": $rows}'"),
        Files("split.csv", "csv", f"{folder}/out", f", split_rows: {devices // 100}, keep_previous: true, "
                                                    "checksum: true, manifest: true"),
    ]


class LoadBench:
    """A folder with an organization at two nights, every target in a known state, and axport to run on them."""

    def __init__(self, axport, server, folder, seed, devices):
        self.axport, self.server, self.folder, self.seed, self.devices = axport, server, folder, seed, devices
        self.tables = PostgresTables(server)
        self.targets = make_targets(self.tables, folder, devices)
        self.seconds, self.known_runs = 1.0, set()
        for name in ("out", "tmp"):
            os.mkdir(f"{folder}/{name}")

    def write(self, state, targets, retries=3):
        night, code = STATES[state]
        text = PIPELINE.format(devices=self.devices, seed=self.seed, night=night, state=state)
        for target in targets:
            text += f"  - {target.load}\n".replace("$retries", str(retries)).replace("$code", code)
        with open(f"{self.folder}/soak.axport.yaml", "w", encoding="utf-8") as file:
            file.write(text)

    def start(self, *arguments):
        environment = {"PATH": os.environ["PATH"], "HOME": self.folder, "TMPDIR": f"{self.folder}/tmp"}
        return subprocess.Popen([self.axport, *arguments], cwd=self.folder, env=environment, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def start_run(self):
        return self.start("run", "soak.axport.yaml", "--offline", "--json")

    def finish(self, run=None):
        """Exit code, report and what was said."""
        run = run or self.start_run()
        output, errors = run.communicate()
        lines = output.splitlines()
        report = json.loads(lines[-1]) if lines else None
        if report:
            self.known_runs.add(report["run"])
        return run.returncode, report, errors

    def run_well(self, problems):
        began = time.monotonic()
        code, report, errors = self.finish()
        self.seconds += (time.monotonic() - began - self.seconds) / 4
        if code != 0:
            problems.append(f"a run that nothing disturbed ended with {code}: {errors[-1000:]}")
            return report
        for stage in report["stages"]:
            found = sum(stage[name] for name in ("written", "unchanged", "filtered", "retired")) - stage["deleted"]
            if stage["kind"] == "load" and found != stage["received"]:
                problems.append(f"books do not balance: {stage}")
        return report

    def new_run(self):
        """The run that the history holds and that nobody has reported, if any."""
        output, errors = self.start("runs", "--from", "soak.axport.yaml", "--json", "--limit", "1").communicate()
        if not output:
            raise SystemExit(f"axport runs: {errors}")
        run = json.loads(output.splitlines()[0])
        return None if run["run"] in self.known_runs else run

    def prepare(self):
        """Two inventories that both know all devices of both nights, and every target in both states."""
        for state in (*STATES, *STATES):
            self.write(state, self.targets[-1:])
            self.copy("night.sqlite", f"{state}.sqlite")
            code, _, errors = self.finish(self.start("run", "soak.axport.yaml", "--json"))
            if code not in (0, 3):
                raise SystemExit(errors)
            self.copy(f"{state}.sqlite", "night.sqlite")
        for _ in range(2):
            for state in STATES:
                self.write(state, self.targets)
                problems = []
                report = self.run_well(problems)
                if problems:
                    raise SystemExit("\n".join(problems))
                for target in self.targets:
                    target.learn(state, report)
        same = [target.name for target in self.targets if len(set(map(str, target.known.values()))) != len(STATES)]
        if same:
            raise SystemExit(f"both states are the same for {', '.join(same)}")
        self.files, self.relations = self.all_files(), self.all_relations()

    def copy(self, source, target):
        if os.path.exists(f"{self.folder}/{source}"):
            subprocess.run(["cp", f"{self.folder}/{source}", f"{self.folder}/{target}"], check=True)

    def all_files(self):
        return {os.path.join(place, name)[len(self.folder):] for place, _, names in os.walk(self.folder) for name in names
                if not name.endswith(("-wal", "-shm", ".previous"))}

    def all_relations(self):
        return self.tables.ask("SELECT relnamespace::regnamespace, relname FROM pg_class WHERE relkind IN ('r', 'i') AND "
                               "relnamespace::regnamespace::text NOT IN ('pg_catalog', 'pg_toast') ORDER BY 1, 2")

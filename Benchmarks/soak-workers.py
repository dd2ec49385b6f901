#!/usr/bin/env python3
"""Workers without a common folder, which share one PostgreSQL: killed, stopped, and replaced.

    Benchmarks/soak-workers.py [AXPORT] [ORGANIZATIONS] [DEVICES] [KILLS]

A second night of all organizations by one machine with its disk, by four workers with --shard, and by four workers that
take what is free: their requests must agree within 3 %. Then workers are killed or stopped beyond their lease while they
run a night of their own, and others take over. Exits with 1 when an organization was run by two at a time, when one was
lost, when a table has not what Apple has, or when a stopped worker loaded anything after another one had taken over.
"""
import csv
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

from servers.postgres_server import PostgresServer

AXPORT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".build/release/axport")
ORGANIZATIONS = int(sys.argv[2]) if len(sys.argv) > 2 else 200
DEVICES = int(sys.argv[3]) if len(sys.argv) > 3 else 100
KILLS = int(sys.argv[4]) if len(sys.argv) > 4 else 50
LEASE = 5
WORKERS = 4


def pipeline(accounts, database, keep, age):
    def source(row):
        row = dict(row, private_key=row["private_key"].replace("${file:", "${file:account/"))
        return "  - { " + ", ".join(f'{name}: "{value}"' for name, value in row.items()) + " }"

    inventory = f'inventory: {{ keep_in: "{database}", lease: {LEASE}s, keep_every: 2s }}\n' if keep else ""
    sources = "\n".join(map(source, accounts))
    return f"""{inventory}sources:
{sources}
extract: [devices, assignments, coverage: {{ max_age: {age} }}]
load:
  - postgres: {{ url: "{database}", table: devices, removed: mark }}
"""


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Estate:
    """All organizations in one night, on one sandbox that counts what it is asked."""

    port = free_port()

    def __init__(self, folder, night, *options):
        file = f"{folder}/account/tenants.csv"
        if os.path.exists(file):
            os.remove(file)
        self.process = subprocess.Popen(
            [AXPORT, "sandbox", "--port", str(self.port), "--credentials", f"{folder}/account", "--organizations",
             str(ORGANIZATIONS), "--devices", str(DEVICES), "--night", str(night), *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        while not os.path.exists(file) or len(open(file, encoding="utf-8").readlines()) <= ORGANIZATIONS:
            if self.process.poll() is not None:
                raise SystemExit(self.process.communicate()[1])
            time.sleep(0.1)
        with open(file, encoding="utf-8") as rows:
            self.accounts = list(csv.DictReader(rows))

    def stop(self):
        """How many requests it was asked, without those for tokens."""
        self.process.terminate()
        said = self.process.communicate()[1].splitlines()[-1]
        return sum(int(count) for count, name in re.findall(r"(\d+) (\w+)", said) if name not in ("token", "of"))


class Workers:
    """Processes that share the folder with the accounts and a database, each with a disk of its own that is lost."""

    def __init__(self, folder, database, accounts, keep=True, age="30d"):
        self.folder, self.database, self.count = folder, database, 0
        self.name = database.rsplit("/", 1)[1]
        with open(f"{folder}/{self.name}.axport.yaml", "w", encoding="utf-8") as file:
            file.write(pipeline(accounts, database, keep, age))

    def start(self, *options, disk=None):
        self.count += 1
        disk = disk or f"{self.folder}/disk-{self.name}-{self.count}"
        return subprocess.Popen(
            [AXPORT, "run", f"{self.name}.axport.yaml", "--json", *options], cwd=self.folder, text=True,
            # A sandbox that is started again refuses the tokens of the one before.
            env=os.environ | {"HOME": disk, "XDG_STATE_HOME": disk, "XDG_CACHE_HOME": tempfile.mkdtemp(dir=self.folder)},
            stdout=subprocess.PIPE, stderr=open(f"{self.folder}/{self.name}-{self.count}.log", "w", encoding="utf-8"))


def finished(processes, what):
    codes = [process.communicate() and process.returncode for process in processes]
    if any(code not in (0, 3) for code in codes):
        raise SystemExit(f"{what}: exit codes {codes}")


def night(folder, number, what, run, *options):
    """The requests and the seconds of one night."""
    estate = Estate(folder, number, *options)
    began = time.monotonic()
    run(estate)
    seconds = time.monotonic() - began
    requests = estate.stop()
    print(f"{what}: {requests} requests, {seconds:.0f} s", flush=True)
    return requests


DIGEST = """
    SELECT source, count(*), md5(string_agg(concat_ws('|', serial_number, server_id, coverage_state, removed_at IS NULL),
        ',' ORDER BY serial_number)) FROM devices GROUP BY source ORDER BY source
"""
# Remembers who had the lease of each organization, and until when.
WATCH = """
    CREATE TABLE IF NOT EXISTS held (at timestamptz, organization text, token text, fence bigint, ends_at timestamptz);
    CREATE OR REPLACE FUNCTION note_lease() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO held VALUES (clock_timestamp(), NEW.organization, NEW.token, NEW.fence, NEW.ends_at);
        RETURN NEW; END $$;
    CREATE TRIGGER note_lease AFTER INSERT OR UPDATE ON axport_inventory.lease
        FOR EACH ROW EXECUTE FUNCTION note_lease();
"""
OVERLAPS = """
    SELECT count(*) FROM (SELECT token, at, lag(token) OVER w AS former, lag(ends_at) OVER w AS ended
        FROM held WINDOW w AS (PARTITION BY organization ORDER BY at)) AS h WHERE token <> former AND at < ended
"""


def disturbed(workers, names):
    """An engine with four workers, each of which runs one organization. Again and again one is killed, or stopped for
    longer than its lease, while another worker takes the organization over."""
    tasks, running, codes, kills, stops = list(names), {}, {}, 0, 0
    ripe = {}
    while tasks or running:
        while tasks and len(running) < WORKERS:
            name = tasks.pop(0)
            process = workers.start("--source", name, "--wait", "60s")
            running[process] = name
            # It has taken the lease by then, and is asking.
            ripe[process] = time.monotonic() + random.uniform(0.4, 1.5)
        time.sleep(random.uniform(0.05, 0.3))
        for process, name in list(running.items()):
            if process.poll() is None:
                continue
            process.communicate()
            codes[process.returncode] = codes.get(process.returncode, 0) + 1
            del running[process]
            if process.returncode not in (0, 3):
                tasks.append(name)
        victims = [process for process in running if time.monotonic() > ripe.get(process, float("inf"))]
        if kills + stops >= KILLS or not victims:
            continue
        victim = random.choice(victims)
        if (kills + stops) % 4 < 3:
            victim.kill()
            kills += 1
        else:
            victim.send_signal(signal.SIGSTOP)
            other = workers.start("--source", running[victim], "--wait", "60s")
            time.sleep(LEASE * 1.5)
            victim.send_signal(signal.SIGCONT)
            del ripe[victim]
            running[other] = running[victim]
            stops += 1
    print(f"  {kills} killed, {stops} stopped; exit codes {codes}", flush=True)


def main():
    server = PostgresServer()
    with tempfile.TemporaryDirectory(prefix="axport-workers-") as folder:
        def base(name, template="template1"):
            server.psql("-qc", f"CREATE DATABASE {name} TEMPLATE {template}")
            return server.url.rsplit("/", 1)[0] + "/" + name

        def query(database, sql):
            return server.psql("-tAq", "-d", database, "-c", sql).strip()

        disk, machine, first = f"{folder}/machine", base("machine"), base("first")
        night(folder, 1, "first night, one machine", lambda estate: finished(
            [Workers(folder, machine, estate.accounts, keep=False).start(disk=disk)], "one machine"))
        night(folder, 1, "first night, one worker", lambda estate: finished(
            [Workers(folder, first, estate.accounts).start()], "one worker"))
        counts = {}
        counts["machine"] = night(folder, 2, "second night, one machine", lambda estate: finished(
            [Workers(folder, machine, estate.accounts, keep=False).start(disk=disk)], "one machine"))
        for way in ("shard", "free"):
            database = base(way, "first")

            def run(estate):
                workers = Workers(folder, database, estate.accounts)
                options = [["--shard", f"{n + 1}/{WORKERS}"] if way == "shard" else ["--wait", "60s"]
                           for n in range(WORKERS)]
                finished([workers.start(*each) for each in options], way)

            counts[way] = night(folder, 2, f"second night, four workers, {way}", run)
        chaos = base("chaos", "free")
        query(chaos, WATCH)
        calm = base("calm", "free")
        counts["calm"] = night(folder, 3, "third night in full, undisturbed", lambda estate: finished(
            [Workers(folder, calm, estate.accounts, age="1s").start()], "calm"), "--latency-ms", "100")
        counts["chaos"] = night(folder, 3, "third night in full, disturbed", lambda estate: disturbed(
            Workers(folder, chaos, estate.accounts, age="1s"), [row["name"] for row in estate.accounts]),
            "--latency-ms", "100")
        overlaps = query(chaos, OVERLAPS)
        takings = query(chaos, "SELECT count(DISTINCT token) FROM held")
        same = query(chaos, DIGEST) == query(calm, DIGEST)
        print(f"  {takings} leases, {overlaps} of them before the one before had ended; tables "
              f"{'agree' if same else 'DIFFER'}; {counts['chaos'] / counts['calm']:.2f} times the requests")
        near = all(abs(counts[way] - counts["machine"]) <= 0.03 * counts["machine"] for way in ("shard", "free"))
        if not near or overlaps != "0" or not same:
            raise SystemExit("the workers do not agree")
    server.stop()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Eight workers load one hash-partitioned table at once, again and again, while a reader looks.

    Benchmarks/partitioned_loads.py [AXPORT [WORKERS [ROUNDS [DEVICES]]]]

Each worker is a process with organizations of its own and changes every row of theirs in every round. The reader asks
all the time for the rounds of each organization: it must find one round and all its rows, never two or a part. Exits
with 1 after a deadlock, a failed run, or such a sight.
"""
import os
import subprocess
import sys
import tempfile
import threading
import time

from servers.postgres_server import PostgresServer

AXPORT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".build/release/axport")
WORKERS, ROUNDS, DEVICES = (
    int(sys.argv[2 + index]) if len(sys.argv) > 2 + index else usual for index, usual in enumerate((8, 100, 100)))
ORGANIZATIONS = 1
TABLE = """
CREATE TABLE devices (source text, serial_number text, round text, PRIMARY KEY (source, serial_number))
    PARTITION BY HASH (serial_number);
""" + "".join(
    f"CREATE TABLE devices_{rest} PARTITION OF devices FOR VALUES WITH (MODULUS 4, REMAINDER {rest});\n"
    for rest in range(4))


def pipeline(worker, url):
    sources = "\n".join(
        f"  - {{ name: w{worker}-{number}, platform: sandbox, devices: {DEVICES}, seed: {worker * 10 + number} }}"
        for number in range(ORGANIZATIONS))
    return f"""name: worker{worker}
sources:
{sources}
inventory: "{{source}}.sqlite"
extract: [devices]
transform:
  - compute: {{ round: "'0'" }}
load:
  - postgres: {{ url: "{url}", table: devices, columns: [source, serial_number, round], removed: delete }}
"""


def work(worker, folder, failures):
    for turn in range(ROUNDS):
        run = subprocess.run(
            [AXPORT, "run", f"w{worker}.axport.yaml", "--set", f"compute.round='{turn}'"]
            + (["--offline"] if turn else []), cwd=folder, capture_output=True, text=True, check=False,
            env=os.environ | {"HOME": folder, "XDG_STATE_HOME": "", "XDG_CACHE_HOME": ""})
        if run.returncode:
            failures.append(run.stderr[-1500:])
            return


def look(database, counts, stop, failures):
    looks = 0
    while not stop.is_set():
        seen = database.psql("-tAc", "SELECT source, count(DISTINCT round), count(*) FROM devices GROUP BY 1")
        looks += 1
        for line in seen.split():
            source, rounds, rows = line.split("|")
            if rounds != "1" or counts.setdefault(source, rows) != rows:
                failures.append(f"a reader saw {rows} rows of {rounds} rounds of {source}, and {counts[source]} before")
    print(f"{looks} looks, {len(counts)} organizations")


def main():
    failures, stop = [], threading.Event()
    with tempfile.TemporaryDirectory() as folder, PostgresServer() as database:
        database.psql("-qc", TABLE)
        for worker in range(WORKERS):
            with open(f"{folder}/w{worker}.axport.yaml", "w", encoding="utf-8") as file:
                file.write(pipeline(worker, database.url))
        began = time.monotonic()
        reader = threading.Thread(target=look, args=(database, {}, stop, failures))
        reader.start()
        workers = [threading.Thread(target=work, args=(worker, folder, failures)) for worker in range(WORKERS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        stop.set()
        reader.join()
        deadlocks = database.psql("-tAc", "SELECT sum(deadlocks) FROM pg_stat_database").strip()
        rows = database.psql("-tAc", "SELECT count(*), count(DISTINCT source), min(round), max(round) FROM devices")
        print(f"{WORKERS} workers, {ROUNDS} rounds of {ORGANIZATIONS} organizations each: "
              f"{time.monotonic() - began:.1f} s, {deadlocks} deadlocks; rows, organizations, rounds: {rows.strip()}")
    if failures or deadlocks != "0":
        raise SystemExit("\n".join(failures[:3]) or "deadlocks")


if __name__ == "__main__":
    main()

"""Tables of a PostgreSQL server that axport and psql load: as they are before each step, and each way to load them."""
import os
import subprocess
import sys
import threading
import time

from measuring.inventory import TRANSFORMS
from measuring.process_cost import Cost, resident_peak, succeed
from measuring.report import HERE

# Each with the night whose rows are loaded.
STEPS = {"empty": 1, "identical": 1, "1 % changed": 2}
BOOKKEEPING = {"serial_number", "first_seen_at", "last_seen_at", "coverage_checked_at"}


class Reader:
    """Counts the rows of a table again and again, and how long that takes at most."""

    def __init__(self, server, table):
        self.counts, self.slowest, self.reads, self.ends, self.error = set(), 0.0, 0, False, None
        self.thread = threading.Thread(target=self.read, args=(server, table))

    def read(self, server, table):
        try:
            while not self.ends:
                began = time.monotonic()
                self.counts.add(int(server.psql("-c", f"SELECT count(*) FROM {table}")))
                self.slowest, self.reads = max(self.slowest, time.monotonic() - began), self.reads + 1
                time.sleep(0.1)
        except Exception as error:
            self.error = error

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, kind, *_):
        self.ends = True
        self.thread.join()
        if self.error and not kind:
            raise self.error


class Tables:
    """`devices` is axport's, `floor` that of psql; each step begins with what the one before it leaves."""

    def __init__(self, server, inventory, steps):
        # The second night has others.
        self.server, self.inventory, self.rows = server, inventory, inventory.rows
        self.slowest, self.whole, self.reads = 0.0, True, None
        nights = sorted({STEPS[step] for step in steps})
        for night in nights:
            if night > 1:
                inventory.fill(night)
                self.make(f"night{night}", "identical")
            self.load(f"night{night}")
            inventory.keep(f"night{night}")
            self.write(f"night{night}")
        names = server.psql("-c", "SELECT column_name FROM information_schema.columns WHERE table_name = 'night1' "
                                  "ORDER BY ordinal_position").split()
        self.same = " AND ".join(f't."{name}" IS NOT DISTINCT FROM s."{name}"' for name in names if name not in BOOKKEEPING)
        self.columns = ", ".join(f'"{name}"' for name in names)
        self.compared = ", ".join(f'"{name}"' for name in names if name not in BOOKKEEPING - {"serial_number"})
        self.assignments = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != "serial_number")

    def load(self, table, transforms=()):
        return self.inventory.load(f'postgres: {{ url: "{self.server.url}", table: {table} }}', transforms=transforms)

    def write(self, table):
        self.server.psql("-c", f"\\copy (SELECT * FROM {table} ORDER BY first_seen_at) TO '{self.csv(table)}' "
                               "WITH (FORMAT csv, HEADER)")

    def csv(self, table):
        return f"{self.inventory.folder}/{table}.csv"

    def make(self, table, step, like="night1"):
        """As it is before a step. Anew rather than emptied: an autovacuum that is due could count no rows in one that is
        being filled."""
        self.server.psql("-c", f"DROP TABLE IF EXISTS {table}", "-c", f"CREATE TABLE {table} (LIKE {like} INCLUDING ALL)")
        if step != "empty":
            self.server.psql("-c", f"INSERT INTO {table} SELECT * FROM {like}", "-c", f"VACUUM ANALYZE {table}")

    def axport(self, step):
        self.make("devices", step)
        self.inventory.restore(f"night{STEPS[step]}", STEPS[step])
        return self.load("devices")

    def prepare_transformed(self):
        """What `transformed` and `copy` need."""
        self.inventory.restore("night1", 1)
        self.load("transformed", TRANSFORMS)
        self.write("transformed")

    def transformed(self):
        self.make("devices", "empty", "transformed")
        self.inventory.restore("night1", 1)
        return self.load("devices", TRANSFORMS)

    def watched(self, step):
        """The same while a reader looks; its figures are no measure of the load."""
        self.make("devices", step)
        before = self.count()
        self.inventory.restore(f"night{STEPS[step]}", STEPS[step])
        with Reader(self.server, "devices") as reader:
            self.load("devices")
        self.slowest, self.whole = max(self.slowest, reader.slowest), self.whole and reader.counts <= {before, self.count()}
        self.reads = reader.reads if self.reads is None else min(self.reads, reader.reads)

    def count(self):
        return int(self.server.psql("-c", "SELECT count(*) FROM devices"))

    def psql(self, sql):
        os.sync()
        return succeed(self.server.psql_command(), stdin=sql)

    def merge(self, sql, step):
        self.make("floor", step)
        return self.psql(sql.format(csv=self.csv(f"night{STEPS[step]}"), same=self.same, columns=self.columns,
                                    assignments=self.assignments))

    def check(self, step):
        """That both sides did the same work."""
        for table in ("devices", "floor"):
            wrong = self.server.psql("-c", f"SELECT count(*) FROM (SELECT {self.compared} FROM night{STEPS[step]} "
                                           f"EXCEPT SELECT {self.compared} FROM {table}) AS missing")
            if wrong != "0":
                raise RuntimeError(f"{table} lacks {wrong} of the rows of the step {step}")

    def copy(self):
        self.make("floor", "empty", "transformed")
        return self.psql(f"\\copy floor from '{self.csv('transformed')}' with (format csv, header)\n")

    def plain(self):
        columns = ", ".join(f"c{number} text" for number in range(1, 22))
        self.server.psql("-c", f"DROP TABLE IF EXISTS plain; CREATE TABLE plain (serial text PRIMARY KEY, {columns})")
        os.sync()
        began = time.monotonic()
        psql = subprocess.Popen(self.server.psql_command("-c", "COPY plain FROM STDIN (FORMAT csv)"), stdin=subprocess.PIPE)
        try:
            cost = succeed([sys.executable, f"{HERE}/floors/plain_load.py", self.inventory.file()], into=psql.stdin)
            peak = cost.peak + resident_peak(psql.pid)
        except BaseException:
            psql.kill()
            psql.communicate()
            raise
        psql.stdin.close()
        _, status, usage = os.wait4(psql.pid, 0)
        psql.returncode = os.waitstatus_to_exitcode(status)
        if psql.returncode:
            raise RuntimeError("COPY of the Python script's rows failed")
        return Cost(time.monotonic() - began, cost.cpu + usage.ru_utime + usage.ru_stime, peak)

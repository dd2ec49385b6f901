"""Digests of the tables of PostgreSQL and SQLite, each taken in one statement or one transaction."""
import hashlib
import sqlite3
import subprocess
import threading

# A difference in these columns alone is no change; runs have each their own.
UNCOMPARED = ("first_seen_at", "last_seen_at", "coverage_checked_at", "run_id", "valid_from", "valid_to")


class Session:
    """One psql that stays connected, so that a question costs no new connection."""

    def __init__(self, server):
        self.process = subprocess.Popen(
            [f"{server.programs}/psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d",
             f"{server.url}?application_name=soak"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.lock = threading.Lock()

    def ask(self, sql):
        """Rows as lists of texts. ConnectionError when the server is gone."""
        with self.lock:
            try:
                self.process.stdin.write(f"{sql};\n\\echo \x1e\n")
                self.process.stdin.flush()
            except OSError as error:
                raise ConnectionError(str(error)) from error
            rows = []
            for line in self.process.stdout:
                if line == "\x1e\n":
                    return rows
                rows.append(line.rstrip("\n").split("|"))
            raise ConnectionError("psql has ended")

    def close(self):
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                pipe.close()
            except OSError:
                pass


class PostgresTables:
    """Digests of tables, each of one statement."""

    ROW = "to_jsonb(t) - '{{{}}}'::text[]".format(",".join(UNCOMPARED))

    MOMENT = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""

    def __init__(self, server):
        self.server = server
        self.local = threading.local()

    def ask(self, sql):
        """Each thread has a session of its own; a lost one is opened again by the next question."""
        if getattr(self.local, "session", None) is None:
            self.local.session = Session(self.server)
        try:
            return self.local.session.ask(sql)
        except ConnectionError:
            self.close()
            raise

    def close(self):
        if getattr(self.local, "session", None) is not None:
            self.local.session.close()
            self.local.session = None

    change = ask

    def part(self, name, table, condition="true", run="''"):
        return (f"SELECT '{name}', {run}, count(*), coalesce(sum(hashtextextended(({self.ROW})::text, 0)::numeric), 0) "
                f"FROM {table} AS t WHERE {condition} GROUP BY 1, 2")

    def digests(self, *parts):
        return {tuple(row[:2]): tuple(row[2:]) for row in self.ask(" UNION ALL ".join(parts))}

    def rows(self, table, condition, *moments):
        columns = ", ".join((f"md5(({self.ROW})::text)", *map(self.MOMENT.format, moments)))
        return [tuple(value or None for value in row)
                for row in self.ask(f"SELECT {columns} FROM {table} AS t WHERE {condition}")]


class SQLiteTables:
    """The same of a SQLite file; the statements of one look share a transaction."""

    def __init__(self, file):
        self.file = file

    def open(self):
        return sqlite3.connect(f"file:{self.file}?mode=rw", uri=True, isolation_level=None, timeout=30)

    def part(self, name, table, condition="true", run="''"):
        return name, table, condition, run

    def digests(self, *parts):
        found = {}
        database = self.open()
        try:
            database.execute("BEGIN")
            for name, table, condition, run in parts:
                groups = {}
                for of_run, row in self.read(database, table, condition, run):
                    groups.setdefault(of_run, []).append(row)
                for of_run, rows in groups.items():
                    text = "\n".join(sorted(rows))
                    found[name, of_run] = len(rows), hashlib.sha256(text.encode()).hexdigest()
        finally:
            database.close()
        return found

    @staticmethod
    def read(database, table, condition, *more):
        cursor = database.execute(f"SELECT {', '.join((*more, 't.*'))} FROM {table} AS t WHERE {condition}")
        names = [column[0] for column in cursor.description]
        kept = [index for index in range(len(more), len(names)) if names[index] not in UNCOMPARED]
        for row in cursor:
            yield *row[:len(more)], repr([row[index] for index in kept])

    def rows(self, table, condition, *moments):
        database = self.open()
        try:
            return [(hashlib.md5(row[-1].encode()).hexdigest(), *row[:-1])
                    for row in self.read(database, table, condition, *moments)]
        finally:
            database.close()

    def change(self, sql):
        database = self.open()
        try:
            database.execute(sql)
        finally:
            database.close()

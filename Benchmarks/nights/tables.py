"""What the destinations of the soak hold after a run, each in the form of the truth."""
import csv
import io
import os
import sqlite3

from nights.truth import Device, moment

COLUMNS = "serial_number, updated_at, server_id, coverage_state"
LOADS = """
load:
  - postgres: { url: "$url", table: devices, columns: [$columns, removed_at], max_removed: 10% }
  - postgres:
      { url: "$url", table: coverage, from: coverage, columns: [serial_number, coverage_id, status], max_removed: 50% }
  - sqlite: { file: out/assets.sqlite, table: devices, columns: [$columns], removed: delete, max_removed: 10% }
  - csv: { file: out/devices.csv, columns: [$columns] }
"""
RECORDS = "PostgreSQL's coverage"


def loads(server):
    return LOADS.replace("$url", server.url).replace("$columns", COLUMNS)


def devices(rows):
    return {serial: Device(moment(updated), server or None, coverage) for serial, updated, server, coverage in rows}


class Tables:
    def __init__(self, server, folder):
        self.server, self.folder = server, folder

    def ask(self, sql):
        return list(csv.reader(io.StringIO(self.server.psql("-c", f"COPY ({sql}) TO STDOUT (FORMAT csv)"))))

    def exist(self, table):
        return self.ask(f"SELECT to_regclass('{table}') IS NOT NULL") == [["t"]]

    def look(self):
        """The devices that each destination says are there, by its name, and the coverage records."""
        found = {"PostgreSQL": {}, "SQLite": {}, "CSV": {}}, set()
        devices_of, records = found
        if self.exist("devices"):
            date = "to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MSZ')"
            devices_of["PostgreSQL"] = devices(self.ask(
                f"SELECT serial_number, {date}, server_id, coverage_state FROM devices WHERE removed_at IS NULL"))
        if self.exist("coverage"):
            records |= {tuple(row) for row in self.ask("SELECT serial_number, coverage_id, status FROM coverage")}
        if os.path.exists(f"{self.folder}/out/assets.sqlite"):
            with sqlite3.connect(f"{self.folder}/out/assets.sqlite") as database:
                devices_of["SQLite"] = devices(database.execute(f"SELECT {COLUMNS} FROM devices"))
        if os.path.exists(f"{self.folder}/out/devices.csv"):
            with open(f"{self.folder}/out/devices.csv", encoding="utf-8", newline="") as file:
                devices_of["CSV"] = devices(list(csv.reader(file))[1:])
        return found

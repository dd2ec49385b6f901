"""Reads a file as its consumer would, and prints it as JSON.

Arguments: kind, file. `csv` has a header, and each row becomes an object; `rows` has none, and each row becomes a list; both
may be followed by a delimiter. `ndjson` is one object a line, `json` one document.
"""
import csv, json, sys

kind, path = sys.argv[1:3]
with open(path, encoding="utf-8", newline="") as file:
    if kind in ("csv", "rows"):
        rows = list(csv.reader(file, strict=True, delimiter=(sys.argv[3:] or [","])[0]))
        if kind == "csv":
            assert all(len(row) == len(rows[0]) for row in rows), rows
            rows = [dict(zip(rows[0], row)) for row in rows[1:]]
    elif kind == "ndjson":
        rows = [json.loads(line) for line in file.read().split("\n")[:-1]]
    else:
        rows = json.load(file)
json.dump(rows, sys.stdout)

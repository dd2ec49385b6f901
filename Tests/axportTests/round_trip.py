"""Reads one fleet back from NDJSON, CSV, PostgreSQL's COPY and SQLite's .import and compares all cells.

Arguments: NDJSON file, CSV file, database URL, psql. Prints the number of cells compared; differences end it with 1.
"""
import csv, json, os, subprocess, sys, tempfile

ndjson, table, url, psql = sys.argv[1:]

with open(ndjson, encoding="utf-8", newline="\n") as file:
    truth = [json.loads(line) for line in file]
names = list(truth[0])


def text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None or isinstance(value, str) else str(value)


expected = [[text(row[name]) for name in names] for row in truth]

with open(table, encoding="utf-8", newline="") as file:
    rows = list(csv.reader(file))
assert rows[0] == names, rows[0]
read = {"csv": rows[1:]}

columns = ", ".join(f'"{name}" text' for name in names)
script = f"""\\set ON_ERROR_STOP on
DROP TABLE IF EXISTS back; CREATE TABLE back (place serial, {columns});
\\copy back ({', '.join(f'"{name}"' for name in names)}) FROM '{table}' WITH (FORMAT csv, HEADER match)
\\pset format unaligned
\\pset tuples_only on
SELECT to_jsonb(back) FROM back ORDER BY place;
"""
run = subprocess.run([psql, "-X", "-q", url], input=script, capture_output=True, encoding="utf-8")
assert run.returncode == 0, run.stderr
read["copy"] = [[json.loads(line)[name] for name in names] for line in run.stdout.split("\n") if line]

with tempfile.TemporaryDirectory() as folder:
    base = os.path.join(folder, "back.sqlite")
    commands = f".mode csv\n.import '{table}' back\n"
    subprocess.run(["sqlite3", base], input=commands, check=True, encoding="utf-8")
    query = ["sqlite3", base, "SELECT json_array(" + ", ".join(f'"{name}"' for name in names) + ") FROM back"]
    lines = subprocess.run(query, capture_output=True, check=True, encoding="utf-8").stdout.split("\n")
    read["import"] = [json.loads(line) for line in lines if line]

differences = []
for reader, found in read.items():
    # Only COPY can tell a null from an empty text.
    want = expected if reader == "copy" else [["" if cell is None else cell for cell in row] for row in expected]
    if len(found) != len(want):
        differences.append(f"{reader}: {len(found)} rows instead of {len(want)}")
    for got, right in zip(found, want):
        differences += [f"{reader}: {right[0]} {n}: {a!r} instead of {b!r}" for n, a, b in zip(names, got, right) if a != b]
print(len(read) * len(expected) * len(names))
if differences:
    sys.exit("\n".join(differences[:10]))

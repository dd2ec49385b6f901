#!/usr/bin/env python3
"""An export of 200 devices in LibreOffice and openpyxl: identifiers and what looks like a number, a date, or a formula are
texts, times are times, and every cell has the value of the NDJSON."""
import datetime
import json
import os
import sys
import tempfile
import xml.etree.ElementTree as xml

from checks import AXPORT, check, end, succeeds

try:
    import openpyxl
except ImportError:
    # Debian's package is for Debian's own Python.
    if sys.executable == "/usr/bin/python3":
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])

PIPELINE = """
source: {{ platform: sandbox, devices: 220 }}
inventory: {folder}/inventory.sqlite
extract: [devices]
transform:
  - eid
  - imei
  - mac
  - storage
  - compute: {{ fraction: "'1/2'", formula: "'=A1'", zeros: "'00352099001761481'", power: "'1E5'", truth: "'TRUE'" }}
load:
  - ndjson: {{ file: "-" }}
"""
TEXTS = ["serial_number", "eid", "imei1", "wifi_mac_address", "order_number", "part_number", "fraction", "formula", "zeros",
         "power", "truth"]
TIMES = ["added_to_org_at", "ordered_at"]
NAMES = TEXTS + TIMES + ["capacity_bytes"]
OFFICE, TABLE = ("{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}" % name for name in ("office", "table"))
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=None, microsecond=0)


def plain(text):
    """Without what XML keeps of blanks and line breaks only in words of its own."""
    return " ".join(text.replace("_x000D_", "").split()) if isinstance(text, str) else text


def expected(row, name):
    value = row[name]
    return moment(value) if name in TIMES and value else plain(value)


def in_openpyxl(path, rows):
    sheet = openpyxl.load_workbook(path).active
    cells = list(sheet.iter_rows())
    check("the workbook has the columns asked for", [cell.value for cell in cells[0]] == NAMES, [c.value for c in cells[0]])
    check("the workbook has a row for each device", len(cells) == len(rows) + 1, len(cells))
    wrong = []
    for row, line in zip(rows, cells[1:]):
        for name, cell in zip(NAMES, line):
            found = cell.value.replace(microsecond=0) if cell.is_date and cell.value else cell.value
            kind = cell.value is None or cell.data_type == ("s" if name in TEXTS else "d" if name in TIMES else "n")
            if plain(found) != expected(row, name) or not kind:
                wrong.append((name, cell.data_type, cell.value, row[name]))
    check("openpyxl reads each cell with its type and value", not wrong, wrong[:5])


def cells_of(path):
    """Type and value of each cell, row by row."""
    for line in xml.parse(path).iter(f"{TABLE}table-row"):
        cells = []
        for cell in line.iter(f"{TABLE}table-cell"):
            kind = cell.get(f"{OFFICE}value-type")
            value = cell.get(f"{OFFICE}date-value") or cell.get(f"{OFFICE}value")
            text = "\n".join("".join(part.itertext()) for part in cell.iter(TEXT))
            times = int(cell.get(f"{TABLE}number-columns-repeated", 1))
            cells += [(kind, value if kind in ("date", "float") else text)] * min(times, len(NAMES))
        if any(kind for kind, _ in cells):
            yield cells[:len(NAMES)]


def in_libreoffice(what, path, rows, folder, *options):
    succeeds(f"LibreOffice opens the {what}", "soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
             *options, "--convert-to", "fods", "--outdir", f"{folder}/{what}", path)
    lines = list(cells_of(f"{folder}/{what}/devices.fods"))
    check(f"LibreOffice has a row for each device of the {what}", len(lines) == len(rows) + 1, len(lines))
    wrong = []
    for row, line in zip(rows, lines[1:]):
        for name, (kind, value) in zip(NAMES, line + [(None, "")] * len(NAMES)):
            wanted = expected(row, name)
            if wanted is None:
                right = kind is None or value == ""
            elif name in TEXTS:
                # In a CSV, what could begin a formula has an apostrophe before it.
                right = kind == "string" and plain(value) in (wanted, "'" + wanted if wanted[:1] in "=+-@" else wanted)
            elif name in TIMES:
                right = kind == "date" and abs(datetime.datetime.fromisoformat(value[:19]) - wanted).total_seconds() <= 1
            else:
                right = kind == "float" and float(value) == wanted
            if not right:
                wrong.append((name, kind, value, row[name]))
    check(f"LibreOffice reads each cell of the {what} with its type and value", not wrong, wrong[:5])


with tempfile.TemporaryDirectory() as folder:
    with open(f"{folder}/p.axport.yaml", "w", encoding="utf-8") as file:
        file.write(PIPELINE.format(folder=folder))
    export = [AXPORT, "export", "--from", f"{folder}/p.axport.yaml", "--columns", ",".join(NAMES)]
    home = os.environ | {"HOME": folder}
    succeeds("the devices are exported", *export, "-o", f"{folder}/devices.ndjson", env=home)
    with open(f"{folder}/devices.ndjson", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    check("there are 200 devices", len(rows) >= 200, len(rows))
    check("there are EIDs of 32 digits", any(row["eid"] and len(row["eid"]) == 32 for row in rows))
    succeeds("they are a workbook", *export, "--offline", "-o", f"{folder}/devices.xlsx", env=home)
    succeeds("they are a CSV for Excel", *export, "--offline", "--profile", "excel", "--delimiter", ";",
             "-o", f"{folder}/devices.csv", env=home)
    in_openpyxl(f"{folder}/devices.xlsx", rows)
    in_libreoffice("workbook", f"{folder}/devices.xlsx", rows, folder)
    # Semicolons, UTF-8, and, as Excel does, numbers and dates wherever something looks like one.
    in_libreoffice("csv", f"{folder}/devices.csv", rows, folder, "--infilter=CSV:59,34,76,1,,0,false,true,false,false,false,0,true")
    end()

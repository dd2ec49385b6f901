#!/usr/bin/env python3
"""The report of a fleet of 10,000 in Chromium: numbers, requests, pictures in both schemes, a phone, and paper; and the
size and time of one of 200,000. Pictures stay in $PICTURES if that is set."""
import csv
import glob
import io
import os
import re
import subprocess
import tempfile
import time

from checks import AXPORT, check, end, succeeds
from page import Site, Tables, paper, picture

DEVICES = 10_000
LARGE = 200_000
PIPELINE = """
name: nightly
source: {{ platform: sandbox, devices: {devices}, night: {night} }}
inventory: {folder}/{devices}.sqlite
extract: [devices, assignments, coverage: {{ max_requests: {requests} }}]
transform: [imei, eid, mac, applecare]
load:
  - report: {{ file: "{folder}/{devices}.html" }}
{loads}
"""
TABLES = """
  - postgres: {{ url: "{url}", table: devices }}
  - postgres: {{ url: "{url}", table: rejects, from: rejects, mode: replace }}
  - postgres: {{ url: "{url}", table: changes, from: changes }}
"""
# A page in a frame as wide as a phone; the script says what sticks out.
PHONE = """<iframe id=f src=/fleet.html style="border:0;width:WIDTHpx;height:4000px"></iframe><p id=p></p><script>
f.onload = () => { const d = f.contentDocument, wide = [...d.querySelectorAll('.wide')].filter(
  e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText.slice(0, 40))
  p.textContent = `width ${d.documentElement.scrollWidth} of ${f.clientWidth}; cut: ${JSON.stringify(wide)}.` }
</script>"""


class Database:
    """A PostgreSQL of its own, below a folder."""

    def __init__(self, folder):
        self.data, self.bin = f"{folder}/postgres", sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        os.mkdir(self.data)
        subprocess.run(["chown", "postgres", self.data], check=True)
        os.chmod(folder, 0o755)
        self.do("initdb", "-D", f"{self.data}/main", "-A", "trust", "-U", "postgres")
        self.do("pg_ctl", "-D", f"{self.data}/main", "-w", "-l", f"{self.data}/log", "-o",
                f"-c listen_addresses= -c fsync=off -k {self.data}", "start")
        self.url = f"postgresql://postgres@/postgres?host={self.data}"

    def do(self, program, *words):
        subprocess.run(["runuser", "-u", "postgres", "--", f"{self.bin}/{program}", *words], check=True,
                       stdout=subprocess.DEVNULL, cwd="/")

    def stop(self):
        self.do("pg_ctl", "-D", f"{self.data}/main", "-m", "immediate", "stop")

    def counts(self, sql):
        """Numbers by the text in the first column."""
        done = subprocess.run(["psql", "-Xt", "--csv", self.url, "-c", sql], stdout=subprocess.PIPE, text=True, check=True)
        rows = csv.reader(io.StringIO(done.stdout, newline=""))
        return {row[0]: int(row[1]) if len(row) == 2 else tuple(map(int, row[1:])) for row in rows}


def run(folder, name, **settings):
    path = f"{folder}/{name}.axport.yaml"
    with open(path, "w", encoding="utf-8") as file:
        file.write(PIPELINE.format(folder=folder, **settings))
    succeeds(f"a run with {settings['devices']} devices, night {settings['night']}", AXPORT, "run", path)
    return path


def check_numbers(found, database, day):
    present = "FROM devices WHERE removed_at IS NULL"
    ends = f"coverage_active AND coverage_end - DATE '{day}'"
    checks = [
        ("By family", 1, f"SELECT coalesce(product_family, 'not given'), count(*) {present} GROUP BY 1"),
        ("By capacity", 1, f"SELECT coalesce(device_capacity, 'not given'), count(*) {present} GROUP BY 1"),
        ("By age", 1, f"""SELECT CASE WHEN ordered_at IS NULL OR purchase_source_type = 'MANUALLY_ADDED' THEN 'not known'
            ELSE (ARRAY['under 1 year', '1 year', '2 years', '3 years', '4 years', '5 years', '6 years', '7 years or more'])
              [1 + least(7, greatest(0, extract(year FROM age(DATE '{day}', (ordered_at AT TIME ZONE 'UTC')::date))))::int]
            END, count(*) {present} GROUP BY 1"""),
        ("Coverage by family", 3, f"""SELECT coalesce(product_family, 'not given'), count(*) FILTER (WHERE coverage_active),
            count(*) FILTER (WHERE coverage_state = 'none' OR NOT coverage_active),
            count(*) FILTER (WHERE coverage_state = 'unknown') {present} GROUP BY 1"""),
        ("Devices whose coverage ends within", 3, f"""SELECT coalesce(product_family, 'all'), count(*) FILTER (WHERE {ends}
            BETWEEN 0 AND 30), count(*) FILTER (WHERE {ends} BETWEEN 0 AND 60), count(*) {present}
            AND {ends} BETWEEN 0 AND 90 GROUP BY ROLLUP (product_family)"""),
        ("Devices whose coverage ends, by month", 3, f"""SELECT CASE WHEN to_char(coverage_end, 'YYYYMM')::int
            >= to_char(DATE '{day}' + INTERVAL '24 months', 'YYYYMM')::int THEN 'later'
            ELSE to_char(coverage_end, 'YYYY-MM') END, count(*) FILTER (WHERE coverage_plan_class = 'applecare'),
            count(*) FILTER (WHERE coverage_plan_class = 'limited_warranty'),
            count(*) FILTER (WHERE coverage_plan_class = 'unknown') {present} AND coverage_active
            AND coverage_end IS NOT NULL GROUP BY 1"""),
    ]
    for caption, columns, sql in checks:
        page, table = found.counts(caption, columns=columns), database.counts(sql)
        page = {name: many for name, many in page.items() if many != (0, 0, 0)}
        check(f"{caption}: as psql counts", page and page == table, f"{page}\n{table}")
    services = database.counts(f"SELECT coalesce(server_name, status), count(*) {present} GROUP BY 1")
    check("by service: as psql counts", sorted(found.counts("By device management").values())
          == sorted(services.values()), services)
    rejects = database.counts('SELECT "column" || message, count(*) FROM rejects GROUP BY 1')
    shown = {row[0] + row[1]: int(row[2]) for row in found.found["By column and reason"][1:]}
    check("rejects: as psql counts", shown and shown == rejects, f"{shown}\n{rejects}")
    left = database.counts("SELECT 'vanished', count(DISTINCT serial_number) FROM changes WHERE kind = 'vanished'")
    check("devices that left: as psql counts", found.counts("By kind of change")["left the list"] == left["vanished"])


def check_requests(text):
    leaking = re.sub("<meta http-equiv.*>", '<img src="http://elsewhere.test/a.png">', text)
    site = Site({"http://report.test/fleet.html": text, "http://report.test/leaking.html": leaking})
    asked = site.asked_by("http://report.test/fleet.html")
    check("no request leaves the page, not even for an icon", asked == ["http://report.test/fleet.html"], asked)
    asked = site.asked_by("http://report.test/leaking.html")
    check("a page that asks for a picture would be found", "http://elsewhere.test/a.png" in asked, asked)
    for width in (320, 390):
        site.pages["http://report.test/phone.html"] = PHONE.replace("WIDTH", str(width))
        shown = re.search(r"<p id=\"p\">(.*?)</p>", site.open("http://report.test/phone.html"))
        said = shown.group(1) if shown else "nothing"
        check(f"a phone of {width} pixels shows it whole", said == f"width {width} of {width}; cut: [].", said)
    return Tables(site.open("http://report.test/fleet.html"))


def check_pictures(page, folder):
    light, colors = picture(f"{folder}/light.png", page, 1000)
    check("light: white, with colors", light == (255, 255, 255) and colors > 20, (light, colors))
    dark, colors = picture(f"{folder}/dark.png", page, 1000, "--force-dark-mode",
                           "--blink-settings=preferredColorScheme=0")
    check("dark: dark, with colors", dark == (0x16, 0x18, 0x1C) and colors > 20, (dark, colors))
    picture(f"{folder}/phone.png", page, 500)
    for size, box in (("A4", (0, 0, 595, 842)), ("Letter", (0, 0, 612, 792))):
        pages, boxes, bytes_ = paper(page, size, folder)
        check(f"{size}: {pages} pages, {bytes_ // 1000} kB", 2 < pages < 15 and boxes == {box}, boxes)


def check_large(folder):
    path = run(folder, "large", devices=LARGE, night=1, requests=0, loads="")
    began = time.monotonic()
    words = [AXPORT, "report", path, "-o", f"{folder}/large.html"]
    _, status, used = os.wait4(os.posix_spawn(AXPORT, words, os.environ), 0)
    took, size = time.monotonic() - began, os.path.getsize(f"{folder}/large.html")
    check(f"{LARGE:,} devices: {size // 1000} kB in {took:.1f} s, {used.ru_maxrss // 1024} MB",
          status == 0 and size < 200_000 and took < 60, status)


def main(folder):
    database = Database(folder)
    try:
        tables = TABLES.format(url=database.url)
        run(folder, "fleet", devices=DEVICES, night=1, requests=6000, loads=tables)
        path = run(folder, "fleet", devices=DEVICES, night=3, requests=2000, loads=tables)
        page = f"{folder}/{DEVICES}.html"
        with open(page, encoding="utf-8") as file:
            text = file.read()
        check(f"{len(text.encode()) // 1000} kB", len(text.encode()) < 200_000)
        found = check_requests(text)
        day = re.search(r"day of the report (\d{4}-\d\d-\d\d)", text).group(1)
        check_numbers(found, database, day)
        check_pictures(page, os.environ.get("PICTURES", folder))
        mail = succeeds("as text", AXPORT, "report", path, "--text")
        check("lines of a mail", max(map(len, mail.splitlines())) <= 78)
    finally:
        database.stop()
    check_large(folder)


with tempfile.TemporaryDirectory() as temporary:
    main(temporary)
end()

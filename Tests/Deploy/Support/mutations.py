"""Wrong and right changes of shipped pipeline files, for the check of the schema.

A change is its kind, a file, and what it does to the file's content: `at` a place (a path of names and positions), a
value is put, or the value there is taken away.
"""
import copy

GONE = object()


# fmt: off
CHANGES = [
    # An unknown name at every level.
    ("unknown name", "nightly-postgres", "extracts", []),
    ("unknown name", "nightly-postgres", "source.clientid", "x"),
    ("unknown name", "several-organizations", "sources.0.retries", 3),
    ("unknown name", "nightly-postgres", "extract.3.coverage.max_aged", "30d"),
    ("unknown name", "demo", "inventory", {"path": "a.sqlite", "keep": "2y"}),
    ("unknown name", "assets-glpi", "transform.3.mac.styles", "colon_lower"),
    ("unknown name", "assets-glpi", "load.0.csv.colums", ["serial_number"]),
    ("unknown name", "nightly-postgres", "load.0.postgres.tables", "axport.devices"),
    ("unknown name", "nac-unifi", "load.0.json.element", "values"),
    ("unknown name", "nac-cisco-ise", "load.1.csv.transform", [{"dates": {"style": "snipeit", "column": ["x"]}}]),
    ("unknown name", "nightly-postgres", "metrics", {"textfile": "/tmp", "format": "prom"}),
    ("unknown name", "nightly-postgres", "notify", [{"webhook": {"url": "https://x.example", "formats": "slack"}}]),
    ("unknown name", "nightly-postgres", "tests.0.expected", []),
    ("unknown name", "nightly-postgres", "tests.0.devices.0.serialnumber", "C02"),
    ("unknown name", "nightly-postgres", "tests.0.devices.0.coverage.0.descripton", "x"),
    ("unknown name", "nightly-postgres", "source.private_key", {"command": ["pass"], "timeout": 5}),
    # Misspelled stages and words.
    ("misspelled stage", "nightly-postgres", "extract.0", "device"),
    ("misspelled stage", "nightly-postgres", "transform.0", "imie"),
    ("misspelled stage", "nightly-postgres", "load.0", {"postgresql": {"table": "x"}}),
    ("misspelled stage", "assets-jira", "transform.5", {"date": {"style": "snipeit"}}),
    ("misspelled stage", "nightly-postgres", "notify", {"slack": "https://x.example"}),
    ("misspelled word", "nightly-postgres", "source.platform", "busines"),
    ("misspelled word", "assets-glpi", "load.0.csv.order", "serials"),
    ("misspelled word", "nightly-postgres", "load.1.postgres.from", "coverages"),
    ("misspelled word", "nightly-postgres", "load.0.postgres.removed", "marked"),
    ("misspelled word", "nac-freeradius-files", "transform.1.mac_addresses.interfaces", ["wifi", "lan"]),
    ("misspelled word", "nac-freeradius-files", "transform.1.mac_addresses.style", "colon"),
    # Wrong types.
    ("wrong type", "nightly-postgres", "extract.3.coverage.max_age", 30),
    ("wrong type", "nightly-postgres", "extract.3.coverage.max_age", "30 days"),
    ("wrong type", "nightly-postgres", "extract.3.coverage.max_requests", "many"),
    ("wrong type", "nightly-postgres", "extract.3.coverage.max_requests", -1),
    ("wrong type", "nightly-postgres", "load.0.postgres.max_removed", 5),
    ("wrong type", "nac-freeradius-files", "load.0.csv.header", "none"),
    ("wrong type", "nac-freeradius-files", "load.0.csv.delimiter", "semicolon"),
    ("wrong type", "nightly-postgres", "source.rate", "fast"),
    ("wrong type", "audit-export", "load.0.csv.permissions", "rw-r-----"),
    ("wrong type", "nac-unifi", "load.0.json.document", "{}"),
    ("list for map", "nightly-postgres", "source", [{"platform": "business"}, "x"]),
    ("list for map", "assets-glpi", "load.0.csv", ["out/a.csv"]),
    ("list for text", "assets-glpi", "load.0.csv.file", ["out/a.csv"]),
    ("map for text", "nightly-postgres", "load.0.postgres.table", {"name": "devices"}),
    ("map for list", "nac-unifi", "transform.2.sort", {"mac": "asc"}),
    ("text for map", "nightly-postgres", "source", "business"),
    ("text for map", "assets-glpi", "load.0.csv", "out/a.csv"),
    ("two stages in one", "nightly-postgres", "load.0.csv", {"file": "a.csv"}),
    # Missing settings.
    ("missing", "nightly-postgres", "extract", GONE),
    ("missing", "nightly-postgres", "load", GONE),
    ("missing", "nightly-postgres", "source", GONE),
    ("missing", "nightly-postgres", "source.platform", GONE),
    ("missing", "nightly-postgres", "source.client_id", GONE),
    ("missing", "several-organizations", "sources.1.name", GONE),
    ("missing", "assets-glpi", "load.0.csv.file", GONE),
    ("missing", "assets-jira", "transform.5", "dates"),
    ("missing", "nightly-postgres", "tests.0.devices", GONE),
    # Wrong only to somebody who knows columns, expressions, or other settings: for `check`.
    ("unknown column", "audit-export", "load.0.csv.columns", ["serial"]),
    ("broken expression", "assets-glpi", "transform.0.where", "product_family IN ("),
    ("out of range", "nightly-postgres", "source.max_in_flight", 0),
    # Right.
    ("other spelling", "nightly-postgres", "source.max_in_flight", "${env:AXPORT_IN_FLIGHT:-8}"),
    ("other spelling", "nightly-postgres", "source.client_id", {"command": ["echo", "x"]}),
    ("other spelling", "nac-unifi", "transform.2.sort", "mac"),
]
# fmt: on

# How many of them are right, or wrong in a way that only `check` can know.
BEYOND_THE_SCHEMA = 6


def changed(content, place, value):
    """A changed copy of a file's content."""
    content = copy.deepcopy(content)
    *way, last = [int(step) if step.isdigit() else step for step in place.split(".")]
    node = content
    for step in way:
        node = node[step]
    if value is GONE:
        del node[last]
    else:
        node[last] = value
    return content

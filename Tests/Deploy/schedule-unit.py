#!/usr/bin/env python3
"""A nightly run under axport@.service: a key that only root reads, and PostgreSQL by peer authentication."""

import csv
import io
import re

from checks import TOP, check, end
from machine import Machine
from server import commands, journal, person, query, start_database, start_sandbox

PIPELINE = """\
source:
  platform: business
  client_id: ${env:AXPORT_CLIENT_ID}
  key_id: ${env:AXPORT_KEY_ID}
  private_key: ${file:/etc/axport/private-key.pem}
  api_url: ${env:AXPORT_API_URL}
  token_url: ${env:AXPORT_TOKEN_URL}
extract: [devices, assignments]
transform: [imei]
load:
  - postgres: { url: "${env:DATABASE_URL}", table: axport.devices }
  - csv: { file: "${env:STATE_DIRECTORY:-out}/devices.csv" }
  - csv: { file: /srv/export/devices.csv }
"""

def rows(machine):
    """What a night that changes nothing leaves as it is: the rows with their transactions, and the files."""
    return (query(machine, "SELECT count(*), max(xmin::text::bigint), min(xmin::text::bigint) FROM axport.devices"),
            machine.do("stat -c '%n %Y %i' /var/lib/axport/devices.csv /srv/export/devices.csv"))


def first_night(machine):
    machine.write("/home/admin/nightly.axport.yaml", PIPELINE)
    machine.do("install -m 600 /srv/account/private-key.pem /etc/axport/private-key.pem")
    printed = machine.do("cd /home/admin && axport init --schedule systemd nightly.axport.yaml")
    for command in commands(printed):
        run = machine(command)
        check(f"`{command}` works", run.returncode == 0, run.stdout + run.stderr + journal(machine, "nightly"))
    again = machine.do("axport init --schedule systemd /etc/axport/nightly.axport.yaml")
    settings = [text.split("[Service]")[1] for text in (printed, again)]
    check("printed again, the drop-in is the same", settings[0] == settings[1], again)

    log = journal(machine, "nightly")
    check("the run has succeeded", machine.unit("axport@nightly", "Result") == "success", log)
    check("the table belongs to the role of the user's name", query(
        machine, "SELECT tableowner FROM pg_tables WHERE tablename = 'devices'") == "axport")
    count = int(query(machine, "SELECT count(*) FROM axport.devices"))
    files = [machine.do(f"cat {file}") for file in ("/var/lib/axport/devices.csv", "/srv/export/devices.csv")]
    lines = [len(list(csv.reader(io.StringIO(file, newline="")))) for file in files]
    check("table and files have all devices", count > 250 and lines == [count + 1] * 2, (count, lines))
    check("the user cannot read the key", machine("cat /etc/axport/private-key.pem", user="axport").returncode != 0)
    secret = machine.do("sed -n 2p /etc/axport/private-key.pem").strip()
    shown = log + machine.do("systemctl show axport@nightly.service; systemctl cat axport@nightly.service")
    check("the key is neither in the log nor in the unit", secret and secret not in shown)
    modes = machine.do("stat -c '%a %U' /var/lib/axport /var/cache/axport").split("\n")
    check("its folders are its own", modes[:2] == ["750 axport", "700 axport"], modes)
    check("the timer waits for the next night", machine.unit("axport@nightly.timer", "SubState") == "waiting")

    before = rows(machine)
    machine.do("systemctl start axport@nightly.service")
    check("a second run writes nothing", rows(machine) == before, (before, rows(machine)))
    with open(f"{TOP}/deploy/README.md") as page:
        by_hand = re.search(r"^sudo sh -c .*axport check.*$", page.read(), re.MULTILINE)[0].replace("NAME", "nightly")
    run = machine(by_hand)
    check(f"the page's `{by_hand}` works", run.returncode == 0, run.stderr)


def reruns(machine):
    # One load: with several, a run that fails for one of them is partly done, and ends with exit code 3.
    machine.do("""
        sed '/csv:/d' /etc/axport/nightly.axport.yaml > /etc/axport/table.axport.yaml
        cp /etc/axport/nightly.env /etc/axport/table.env
        cp -r /etc/systemd/system/axport@nightly.service.d /etc/systemd/system/axport@table.service.d
        printf '[Service]\\nRestartSec=1s\\n' > /etc/systemd/system/axport@table.service.d/fast.conf
        systemctl daemon-reload
        database stop
        systemctl start --no-block axport@table.service""")
    machine.wait(lambda: "Scheduled restart" in journal(machine, "table"), "a second start")
    machine.do("database start")
    check("a database that comes back is loaded without anybody's doing",
          machine.settled("axport@table.service") == "inactive", journal(machine, "table"))

    machine.do("""
        systemctl stop axport@nightly.timer
        mkdir -p /etc/systemd/system/axport@nightly.timer.d
        printf '[Timer]\nRandomizedDelaySec=0\n' > /etc/systemd/system/axport@nightly.timer.d/now.conf
        touch -d '3 days ago' /var/lib/systemd/timers/stamp-axport@nightly.timer
        systemctl daemon-reload; systemctl reset-failed""")
    was = journal(machine, "nightly").count("nightly: done")
    machine.do("systemctl start axport@nightly.timer")
    machine.wait(lambda: journal(machine, "nightly").count("nightly: done") > was, "the missed run")
    check("a missed night is made up when the timer starts",
          machine.settled("axport@nightly.service") == "inactive", journal(machine, "nightly"))


def two_at_once(machine):
    machine.do("""
        cp /etc/axport/nightly.env /etc/axport/other.env
        cp -r /etc/systemd/system/axport@nightly.service.d /etc/systemd/system/axport@other.service.d
        sed 's|table: axport.devices|table: axport.others|; s|/devices.csv|/others.csv|' \
          /etc/axport/nightly.axport.yaml > /etc/axport/other.axport.yaml
        systemctl daemon-reload; systemctl reset-failed
        systemctl start --no-block axport@nightly.service axport@other.service""")
    states = {name: machine.settled(f"axport@{name}.service") for name in ("nightly", "other")}
    waited = [name for name in states if "in use by process" in journal(machine, name)]
    check("of two runs on one inventory one waits for its next night, and neither has failed",
          len(waited) == 1 and set(states.values()) == {"inactive"}, (states, journal(machine, "other")))

    was = journal(machine, "table").count("Scheduled restart")
    machine.do("systemctl reset-failed; systemctl start --no-block axport@table.service")
    machine.wait(lambda: machine.unit("axport@table", "MainPID") != "0", "a run to kill")
    machine.do("sleep 0.5; systemctl kill --signal=KILL axport@table.service")
    machine.wait(lambda: journal(machine, "table").count("Scheduled restart") > was, "the start after the kill")
    check("after kill -9 the next start finds no lock and goes on",
          machine.settled("axport@table.service") == "inactive", journal(machine, "table"))


def closed(machine):
    text = PIPELINE.replace("${file:/etc/axport/private-key.pem}", "${credential:private-key.pem}")
    machine.write("/etc/axport/closed.axport.yaml", text.replace("/srv/export/", "/srv/closed/"))
    machine.do("cp /etc/axport/nightly.env /etc/axport/closed.env; install -d -o axport /srv/closed")
    machine.write("/etc/systemd/system/axport@closed.service.d/key.conf",
                  "[Service]\nRestart=no\nLoadCredential=private-key.pem:/etc/axport/private-key.pem\n")
    machine.do("systemctl daemon-reload; systemctl start axport@closed.service || true")
    log = journal(machine, "closed")
    check("without ReadWritePaths an output is refused, named, and nothing of it is left",
          machine.unit("axport@closed", "ExecMainStatus") in ("3", "73") and "/srv/closed" in log
          and machine.do("ls -A /srv/closed") == "", log)


with Machine() as machine:
    machine.install()
    person(machine)
    start_database(machine)
    machine.do("sudo -u postgres createuser axport; sudo -u postgres createdb --owner=axport assets")
    query(machine, "CREATE SCHEMA axport")
    start_sandbox(machine, "--devices", "300")
    first_night(machine)
    reruns(machine)
    closed(machine)
    start_sandbox(machine, "--devices", "300", "--latency-ms", "1500")
    two_at_once(machine)
end()

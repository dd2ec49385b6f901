#!/usr/bin/env python3
"""What systemd does after each exit code: a program that ends as it is told to stands in the place of axport."""

import re

from checks import TOP, check, end
from machine import Machine

STAND_IN = """#!/bin/sh
name=${2##*/}; name=${name%.axport.yaml}
echo start >> /var/lib/axport/$name.starts
case $name in
  code-*) exit ${name#code-} ;;
  crash) kill -ABRT $$ ;;
  mended) [ "$(wc -l < /var/lib/axport/$name.starts)" -ge 2 ] || exit 69 ;;
  hangs) exec sleep 300 ;;
esac
"""

SENDMAIL = """#!/bin/sh
[ "$*" = -t ] || exit 64
grep -q "NoNewPrivs:.*0" /proc/self/status || exit 77
cat >> /var/mail/root
"""


def table():
    """What the page says of each code."""
    with open(f"{TOP}/deploy/README.md") as page:
        return dict(re.findall(r"^\| (\d+) \| [^|]* \| ([a-z]+)", page.read(), re.MULTILINE))


def mails(machine, name):
    return machine.do("cat /var/mail/root 2>/dev/null || true").count(f"Subject: axport: {name} failed on ")


def run(machine, name, seconds=60):
    """Starts the unit and says how it ended, in how many starts, and how many mails it caused."""
    unit = f"axport@{name}.service"
    machine(f"systemctl start {unit}")
    state = machine.settled(unit, seconds)
    machine.settled(f"axport-failed@{name}.service")
    starts = machine.do(f"wc -l < /var/lib/axport/{name}.starts").strip()
    return state, int(starts), mails(machine, name)


EXPECTED = {"succeeded": ("inactive", 1, 0), "failed": ("failed", 1, 1), "starts": ("failed", 3, 1)}

with Machine() as machine:
    machine.install()
    machine.write("/usr/bin/axport", STAND_IN, "755")
    machine.write("/usr/sbin/sendmail", SENDMAIL, "755")
    # The unit as it is, but for ten minutes and a day.
    machine.write("/etc/systemd/system/axport@.service.d/fast.conf", "[Service]\nRestartSec=200ms\nTimeoutStartSec=2s\n")
    machine.do("systemctl daemon-reload")

    codes = table()
    check("the page names every exit code", len(codes) == 10, codes)
    for code, deed in codes.items():
        found = run(machine, f"code-{code}")
        check(f"{code}: {deed}, {EXPECTED[deed][1]} start(s), {EXPECTED[deed][2]} mail(s)", found == EXPECTED[deed], found)

    found = run(machine, "crash")
    check("a crash is tried three times and told once", found == ("failed", 3, 1), found)
    found = run(machine, "hangs")
    check("a run that hangs is ended, tried three times and told once", found == ("failed", 3, 1), found)
    found = run(machine, "mended")
    check("what time mends is told to nobody", found == ("inactive", 2, 0), found)

    mail = machine.do("cat /var/mail/root")
    check("the mail says who, what and where", re.search(
        r"^To: root\nSubject: axport: code-3 failed on \S+\n\n.*axport@code-3\.service.*status=3", mail,
        re.DOTALL | re.MULTILINE), mail[:2000])

    again = machine("systemctl start axport@code-69.service")
    check("a failed unit refuses the fourth start in two hours", again.returncode != 0, again.stderr)
    machine.do("systemctl reset-failed axport@code-69.service")
    check("and starts again after the advised reset-failed", run(machine, "code-69") == ("failed", 6, 2))

    machine.do("rm /usr/sbin/sendmail")
    machine.do("systemctl reset-failed axport@code-65.service; systemctl start axport@code-65.service || true")
    machine.settled("axport-failed@code-65.service")
    log = machine.do("journalctl --priority=err --unit=axport-failed@code-65.service --output=cat")
    check("without a sendmail the journal has it as an error", "axport pipeline code-65 has failed" in log
          and "status=65" in log, log)

end()

#!/usr/bin/env python3
"""The README's "On a server", typed as it stands: from the package to the first timer."""

from checks import TOP, check, end
from machine import Machine
from server import journal, person, query, start_database, start_sandbox

with open(f"{TOP}/README.md") as page:
    section = page.read().split("## On a server\n")[1].split("\n## ")[0]
check("the section has at most 20 lines", len(section.strip().splitlines()) < 20, section)
typed = section.split("```sh\n")[1].split("```")[0].splitlines()

with Machine() as machine:
    machine.install()
    person(machine)
    start_database(machine)
    start_sandbox(machine, "--devices", "300")
    check("its URL of the database is the one that is tried",
          machine.do("tail -1 /srv/variables").strip().split("=", 1)[1] in section)
    account = dict(line.split("=", 1) for line in machine.do("cat /srv/account/sandbox.env").splitlines())
    for command in typed:
        # The package has checks of its own.
        if command.startswith("sudo apt-get install"):
            continue
        # What a person answers.
        answers = (f" --client-id {account['AXPORT_CLIENT_ID']} --key-id {account['AXPORT_KEY_ID']}"
                   if "axport init" in command else "")
        run = machine(f"cd /srv/account; {command}{answers}")
        check(f"`{command}` works", run.returncode == 0, run.stdout + run.stderr + journal(machine, "nightly"))
        if answers:
            # Apple, here.
            machine.do("sed -i 's|^  platform: business|&\\n  api_url: " + account["AXPORT_API_URL"] +
                       "\\n  token_url: " + account["AXPORT_TOKEN_URL"] + "|' /etc/axport/nightly.axport.yaml")
    count = int(query(machine, "SELECT count(*) FROM axport.devices"))
    check("the table has the devices", count > 250, count)
    check("the timer waits", machine.unit("axport@nightly.timer", "SubState") == "waiting")
end()

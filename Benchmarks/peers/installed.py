"""The peers that PyPI has, installed in a folder of their own, and how each is run."""
import glob
import os
import shutil
import subprocess

from measuring import report

SCRIPTS = os.path.dirname(os.path.abspath(__file__))
PLACE = os.path.join(os.path.dirname(report.HERE), ".build-peers")
NAMES = ("pyaxm", "applebusiness", "dlt")


def newest_python():
    """applebusiness wants 3.14; with deferred annotations it runs on 3.12 and later, as the others do."""
    for minor in range(20, 9, -1):
        found = shutil.which(f"python3.{minor}")
        own = sorted(glob.glob(os.path.expanduser(f"~/.pyenv/versions/3.{minor}.*/bin/python3")))
        for python in ([found] if found else []) + own[::-1]:
            if subprocess.run([python, "-c", "import venv, ensurepip"], capture_output=True, check=False).returncode == 0:
                return python
    raise RuntimeError("no Python 3.10 or later that can make a virtual environment")


class Peers:
    """What is installed, and why something is not. `installed.txt` keeps both, so that nothing is downloaded twice;
    without that file all is tried again."""

    def __init__(self):
        self.python = f"{PLACE}/bin/python"
        kept = f"{PLACE}/installed.txt"
        with open(f"{SCRIPTS}/peers.txt", encoding="utf-8") as file:
            wanted = "\n".join(file.read().split()) + "\n"
        self.versions = {line.split("==")[0].split("[")[0]: line.split("==")[1] for line in wanted.split()}
        found = ""
        if os.path.exists(kept):
            with open(kept, encoding="utf-8") as file:
                found = file.read()
        if not found.startswith(wanted):
            found = wanted + self.install_all(wanted.split())
            with open(kept, "w", encoding="utf-8") as file:
                file.write(found)
        self.missing = dict(line.split(" ", 1) for line in found.removeprefix(wanted).splitlines())

    def install_all(self, requirements):
        """Lines that say what is missing and why."""
        shutil.rmtree(PLACE, ignore_errors=True)
        subprocess.run([newest_python(), "-m", "venv", PLACE], check=True)
        minor = int(subprocess.check_output([self.python, "-c", "import sys; print(sys.version_info.minor)"]))
        return "".join(self.install(requirement, minor) for requirement in requirements)

    def install(self, requirement, minor):
        name = requirement.split("==")[0].split("[")[0]
        options = ["--ignore-requires-python"] if name == "applebusiness" and 12 <= minor < 14 else []
        pip = [self.python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        done = subprocess.run([*pip, *options, requirement], capture_output=True, text=True, check=False)
        if done.returncode:
            return f"{name} does not install here: {report.cause(done.stderr)}\n"
        if options:
            self.defer_annotations(name)
        return ""

    @staticmethod
    def defer_annotations(name):
        """What Python 3.14 does by itself."""
        line = "from __future__ import annotations\n"
        for path in glob.glob(f"{PLACE}/lib/python3.*/site-packages/{name}/*.py"):
            with open(path, encoding="utf-8") as file:
                text = file.read()
            if not text.startswith(line):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(line + text)

    def command(self, name, *arguments):
        return [self.python, f"{SCRIPTS}/peer_{name}.py", *map(str, arguments)]

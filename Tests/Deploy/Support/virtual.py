"""Virtual environments with packages of PyPI."""

import subprocess
import sys

from checks import check


def environment(folder, *packages):
    """The Python of a new environment with these packages; None, with a failed check, if they cannot be installed."""
    made = subprocess.run([sys.executable, "-m", "venv", f"{folder}/python"], text=True, capture_output=True)
    python = f"{folder}/python/bin/python"
    if made.returncode == 0:
        made = subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-compile", *packages],
                              text=True, capture_output=True)
    names = ", ".join(packages)
    return python if check(f"{names} from PyPI", made.returncode == 0, made.stdout + made.stderr) else None

"""What the checks share: a line for each, and the exit code at the end."""
import os
import subprocess
import sys

TOP = os.path.abspath(f"{__file__}/../../../..")
AXPORT = os.environ.get("AXPORT", f"{TOP}/.build/release/axport")
DIST = os.environ.get("DIST", f"{TOP}/dist")

_failed = []


def check(what, passed, detail=""):
    """One check; the detail is shown where it failed."""
    print(f"{'ok  ' if passed else 'FAIL'} {what}", flush=True)
    if not passed:
        _failed.append(what)
        print("     " + str(detail).strip()[-2000:].replace("\n", "\n     "), flush=True)
    return passed


def run(*words, **options):
    """The finished process, with stdout and stderr as one text."""
    return subprocess.run(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)


def succeeds(what, *words, **options):
    done = run(*words, **options)
    check(what, done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}")
    return done.stdout


def end():
    sys.exit(1 if _failed else 0)

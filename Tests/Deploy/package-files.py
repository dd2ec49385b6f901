#!/usr/bin/env python3
"""The artifacts as files: what they need, that they can be made again, and what the checkers of their formats say."""
import glob
import os
import tempfile

from checks import AXPORT, DIST, TOP, check, end, run, succeeds
from terminal import Terminal

BUILD = os.environ.get("BUILD", f"{TOP}/.build")
DEB = glob.glob(f"{DIST}/axport_*.deb")[0]
# How each shell starts without its own settings, and loads the completions of a folder.
SHELLS = {
    "bash": (["bash", "--norc", "-i"], "bash-completion/completions/axport", "source {file}"),
    "zsh": (["zsh", "-f", "-i"], "zsh/vendor-completions/_axport",
            "fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D"),
    "fish": (["fish", "--no-config", "-i"], "fish/vendor_completions.d/axport.fish", "source {file}"),
}
TYPED = [
    ("axport chec", "axport check"), ("axport stages activ", "activation_lock"),
    ("axport export --columns eid,serial", "eid,serial_number"),
    (f"axport run {TOP}/pipelines/several-organizations.axport.yaml --source ac", "--source acme"),
]


def needs(root):
    linked = run("ldd", f"{root}/usr/bin/axport").stdout
    check("ldd finds every library, and none of Swift",
          "not found" not in linked and not any(name in linked.lower() for name in ("swift", "foundation", "dispatch")), linked)
    needed = run("objdump", "-p", f"{root}/usr/bin/axport").stdout
    check("simdjson, xlsxwriter, and zstd are linked in", "NEEDED" in needed
          and not any(name in needed for name in ("simdjson", "xlsxwriter", "minizip", "zstd")), needed)
    depends = run("dpkg-deb", "--field", DEB, "Depends").stdout
    for package in ("libc6", "libcurl4", "libpq5", "libsqlite3-0", "zlib1g"):
        check(f"Depends names {package}", f"{package} " in depends, depends)


def installs(folder):
    """What `make install PREFIX=/opt/axport DESTDIR=…` does."""
    for time in ("first", "second"):
        succeeds(f"it installs below another prefix, the {time} time",
                 f"{TOP}/deploy/package/tree", AXPORT, "/opt/axport", folder)
    prefix = f"{folder}/opt/axport"
    version = run(f"{prefix}/bin/axport", "--version").stdout
    check("the installed binary says the version of the package", version.strip() in DEB.split("_"), version)
    with open(f"{prefix}/lib/systemd/system/axport@.service", encoding="utf-8") as unit:
        commands = [line.strip() for line in unit if line.startswith("ExecStart=")]
    check("its unit starts it there", all(line.startswith("ExecStart=/opt/axport/bin/axport ") for line in commands), commands)
    outside = [name for name in os.listdir(folder) if name != "opt"]
    check("nothing is installed elsewhere", not outside, outside)


def are_reproducible():
    succeeds("SHA256SUMS holds", "sha256sum", "--check", "--quiet", "SHA256SUMS", cwd=DIST)
    with tempfile.TemporaryDirectory() as again:
        succeeds("the artifacts are made again", f"{TOP}/deploy/package/package", AXPORT, BUILD, again)
        for name in ("SHA256SUMS", *map(os.path.basename, glob.glob(f"{DIST}/axport*"))):
            check(f"{name} is the same to the byte", run("cmp", f"{DIST}/{name}", f"{again}/{name}").returncode == 0)


def are_accepted(root):
    succeeds("lintian finds no error", "lintian", "--fail-on", "error", DEB)
    pages = sorted(glob.glob(f"{root}/usr/share/man/man*/*"))
    check("every verb has a manual page", len(pages) > 10, pages)
    run("gunzip", *pages)
    said = run("mandoc", "-Tlint", *(page.removesuffix(".gz") for page in pages)).stdout
    check("mandoc -Tlint says nothing", said == "", said)


def complete(root, home):
    """Types into each shell, and presses Tab."""
    environment = os.environ | {"PATH": f"{root}/usr/bin:{os.environ['PATH']}", "HOME": home}
    for shell, (words, path, setup) in SHELLS.items():
        file = f"{root}/usr/share/{path}"
        said = succeeds(f"{shell} -n accepts its completions", shell, "-n", file)
        check(f"{shell} -n says nothing", said == "", said)
        terminal = Terminal(environment, *words)
        terminal.type(setup.format(file=file, folder=os.path.dirname(file)) + "; echo rea''dy\n")
        check(f"{shell} loads its completions", terminal.shows("ready"), terminal.last)
        for typed, expected in TYPED:
            terminal.type(f"{typed}\t")
            check(f"{shell} completes `{typed}`", terminal.shows(expected), terminal.last)
            terminal.type("\x15\x03\n")
        terminal.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as unpacked, tempfile.TemporaryDirectory() as home:
        succeeds("the package unpacks", "dpkg-deb", "--extract", DEB, unpacked)
        needs(unpacked)
        are_accepted(unpacked)
        complete(unpacked, home)
    with tempfile.TemporaryDirectory() as folder:
        installs(folder)
    are_reproducible()
    end()

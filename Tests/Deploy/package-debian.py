#!/usr/bin/env python3
"""The artifacts in minimal Debian systems without Swift: installed by apt, used, and purged."""
import glob

from checks import DIST, check, end, run
from debian_root import DebianRoot

DEB = glob.glob(f"{DIST}/axport_*.deb")[0]
TARBALL = glob.glob(f"{DIST}/axport-*.tar.gz")[0]
NIGHT = """
source: { platform: sandbox, devices: 20 }
extract: [devices]
load: [{ sqlite: { file: "${env:STATE_DIRECTORY}/assets.sqlite" } }]
"""
# What an enabled timer leaves.
LINK = "/etc/systemd/system/timers.target.wants/axport@night.timer"
STAMP = "/var/lib/systemd/timers/stamp-axport@night.timer"
COMPLETIONS = ["/usr/share/bash-completion/completions/axport", "/usr/share/zsh/vendor-completions/_axport",
               "/usr/share/fish/vendor_completions.d/axport.fish"]


def inside(root, what, *words, user=None, shows=""):
    done = root.run(*words, user=user)
    passed = done.returncode == 0 and shows in done.stdout
    return check(f"{root.suite}: {what}", passed, f"exit code {done.returncode}\n{done.stdout}")


def install(root):
    root.copy(DEB, "/tmp/axport.deb")
    done = root.install("/tmp/axport.deb", "man-db")
    check(f"{root.suite}: the package installs by apt", done.returncode == 0, done.stdout)
    found = run("find", f"{root.path}/usr", f"{root.path}/opt", "-name", "libswift*").stdout
    check(f"{root.suite}: there is no Swift", found == "", found)
    root.run("useradd", "--create-home", "visitor")


def use(root):
    inside(root, "`axport demo` works for an unprivileged user", "axport", "demo", "--out", "/home/visitor/out",
           user="visitor", shows="devices.csv")
    for page in (["axport"], ["axport-run"], ["5", "axport.yaml"]):
        inside(root, f"`man {' '.join(page)}` shows the page", "man", "-P", "cat", *page, user="visitor", shows="DESCRIPTION")
    for file in COMPLETIONS:
        check(f"{root.suite}: {file} is there", root.has(file))
    inside(root, "a shipped pipeline is there for a start", "axport", "preview",
           "/usr/share/axport/pipelines/demo.axport.yaml", "--set", "inventory=/home/visitor/out/inventory.sqlite",
           user="visitor", shows="imei")


def night(root):
    """What the unit does: its user, its folders, a pipeline and a key of the administrator."""
    with open(f"{root.path}/etc/axport/night.axport.yaml", "w", encoding="utf-8") as file:
        file.write(NIGHT)
    with open(f"{root.path}/etc/axport/private-key.pem", "w", encoding="utf-8") as file:
        file.write("a key")
    for folder in ("/var/lib/axport", "/var/cache/axport"):
        root.run("install", "-d", "-o", "axport", "-g", "axport", folder)
    for folder in ("/etc/systemd/system/timers.target.wants", "/var/lib/systemd/timers"):
        root.run("mkdir", "-p", folder)
    root.run("ln", "-s", "/usr/lib/systemd/system/axport@.timer", LINK)
    root.run("touch", STAMP)
    inside(root, "a night runs as the user of the package", "env", "STATE_DIRECTORY=/var/lib/axport",
           "CACHE_DIRECTORY=/var/cache/axport", "axport", "run", "/etc/axport/night.axport.yaml", user="axport")


def purge(root):
    files = root.run("dpkg", "-L", "axport").stdout.split()
    root.run("apt-get", "-qq", "remove", "--yes", "axport")
    check(f"{root.suite}: removing keeps what runs made", root.has("/var/lib/axport/assets.sqlite"))
    inside(root, "the package is purged", "apt-get", "-qq", "purge", "--yes", "axport")
    for path in ("/var/lib/axport", "/var/cache/axport", "/usr/bin/axport", "/usr/share/axport", LINK, STAMP):
        check(f"{root.suite}: purge removes {path}", not root.has(path))
    left = [path for path in files if "axport" in path and path != "/etc/axport" and root.has(path)]
    check(f"{root.suite}: purge leaves no file of the package", not left, left)
    check(f"{root.suite}: purge removes the user", root.run("getent", "passwd", "axport").returncode != 0)
    for name in ("night.axport.yaml", "private-key.pem"):
        check(f"{root.suite}: purge keeps /etc/axport/{name}", root.has(f"/etc/axport/{name}"))


def unpacked(root):
    """The tarball, with the libraries that its README names."""
    root.copy(TARBALL, "/tmp/axport.tar.gz")
    root.run("tar", "-C", "/tmp", "-xf", "/tmp/axport.tar.gz")
    folder = root.run("sh", "-c", "echo /tmp/axport-*/").stdout.strip().rstrip("/")
    with open(f"{root.path}{folder}/README", encoding="utf-8") as file:
        advised = next(line for line in file if "apt-get install" in line).split("apt-get install")[1].split()
    done = root.install(*advised)
    check(f"{root.suite}: the libraries of the tarball's README install", done.returncode == 0, done.stdout)
    root.run("useradd", "--create-home", "visitor")
    inside(root, "the tarball's binary works where it is", f"{folder}/bin/axport", "demo", "--out", "/home/visitor/out",
           user="visitor", shows="devices.csv")
    root.run("sh", "-c", f"cp -r {folder}/bin {folder}/lib {folder}/share /usr/local/")
    inside(root, "and in /usr/local", "/usr/local/bin/axport", "--version", user="visitor")


if __name__ == "__main__":
    with DebianRoot("bookworm") as debian:
        install(debian)
        use(debian)
        night(debian)
        purge(debian)
    with DebianRoot("trixie") as debian:
        unpacked(debian)
    with DebianRoot("trixie") as debian:
        install(debian)
        use(debian)
    end()

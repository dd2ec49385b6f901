"""A minimal Debian, in a folder of its own, to install things into."""
import os
import shutil
import subprocess
import tempfile

from checks import run

# Its own processes and mounts, which end with the command.
ENTER = """mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@" """


class DebianRoot:
    def __init__(self, suite):
        self.suite = suite

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix=f"axport-{self.suite}-")
        os.chmod(self.path, 0o755)
        made = run("mmdebstrap", "--mode=root", "--variant=minbase", "--quiet", self.suite, self.path)
        if made.returncode != 0:
            shutil.rmtree(self.path)
            raise SystemExit(f"mmdebstrap {self.suite} failed:\n{made.stdout}")
        if os.path.exists("/etc/resolv.conf"):
            shutil.copy("/etc/resolv.conf", f"{self.path}/etc/resolv.conf")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def run(self, *words, user=None):
        """Runs a command inside, as root or as another user."""
        if user:
            words = ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups",
                     "env", "-i", "PATH=/usr/bin:/bin", f"HOME={self.home(user)}", *words)
        return run("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", ENTER, self.path, *words,
                   env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "HOME": "/root"})

    def home(self, user):
        with open(f"{self.path}/etc/passwd", encoding="utf-8") as file:
            return next(line.split(":")[5] for line in file if line.startswith(f"{user}:"))

    def install(self, *packages):
        """By apt, from the lists of the root."""
        updated = self.run("apt-get", "-qq", "update")
        if updated.returncode != 0:
            return updated
        return self.run("apt-get", "-qq", "install", "--yes", "--no-install-recommends", *packages)

    def has(self, path):
        return os.path.lexists(f"{self.path}{path}")

    def copy(self, file, folder):
        shutil.copy(file, f"{self.path}{folder}")

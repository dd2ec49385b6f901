"""A machine of its own, with systemd as process 1: namespaces over a copy of this one's files, which is thrown away.

It has no network but its loopback, and nothing in it can write to this machine: the root is an overlay in memory, the
kernel's settings are read-only, and the rights to load modules or to set the clock are gone. It needs root and cgroup2.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from checks import AXPORT, TOP

BOOT = r"""
set -eu
top=$1
mount --make-rprivate /
mount -t tmpfs tmpfs "$top"
mkdir "$top/upper" "$top/work" "$top/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$top/upper,workdir=$top/work" "$top/root"
cd "$top/root"
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do touch dev/$device; mount --bind /dev/$device dev/$device; done
ln -s /proc/self/fd dev/fd
ln -s pts/ptmx dev/ptmx
mkdir dev/shm dev/pts
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
mount -t tmpfs tmpfs dev/shm
mount -t tmpfs -o mode=755 tmpfs run
# Where the tests and the program lie, if that is not in the root's own file system.
for file in "$2/Makefile" "$3"; do
  [ -e ".$file" ] || { mkdir -p ".${file%/*}"; mount --bind "${file%/*}" ".${file%/*}"
    mount -o remount,bind,ro ".${file%/*}"; }
done
# What a boot does to hardware and kernel is not for here.
for unit in lib/systemd/system/sysinit.target.wants/* lib/systemd/system/sockets.target.wants/*udev*; do
  case $unit in *journald*|*tmpfiles*) ;; *) ln -sf /dev/null "etc/systemd/system/${unit##*/}" ;; esac
done
rm -rf var/lib/axport var/cache/axport etc/axport etc/systemd/system/*.wants
mkdir -p etc/systemd/system
printf '[Unit]\nWants=systemd-journald.service\n[Install]\n' > etc/systemd/system/boot.target
mkdir old
pivot_root . old
umount -l /old
mount --make-rshared /
exec env -i container=namespaces PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  setpriv --bounding-set=-sys_module,-sys_time,-sys_rawio,-sys_boot --inh-caps=-all \
  /lib/systemd/systemd --system --unit=boot.target --show-status=no --log-level=info
"""


class Machine:
    """Use it in a `with` statement."""

    def __enter__(self):
        if os.geteuid() != 0:
            sys.exit("this check needs root")
        # So that `__exit__` is called then, too.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        self.folder = tempfile.mkdtemp(prefix="axport-machine-")
        groups = "/sys/fs/cgroup/unified" if os.path.isdir("/sys/fs/cgroup/unified") else "/sys/fs/cgroup"
        self.group = os.path.join(groups, os.path.basename(self.folder))
        os.mkdir(self.group)

        def join():
            with open(os.path.join(self.group, "cgroup.procs"), "w") as file:
                file.write(str(os.getpid()))

        self.log = open(os.path.join(self.folder + ".log"), "w+")
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig=KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--cgroup", "--uts", "--ipc", "--net",
             "sh", "-c", BOOT, "boot", self.folder, TOP, os.path.realpath(AXPORT)],
            preexec_fn=join, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        try:
            self.first = self.find_first()
            self.wait(lambda: self("systemctl is-active boot.target").stdout == "active\n", "the machine to start")
        except BaseException:
            self.__exit__()
            raise
        return self

    def find_first(self):
        """The process that is 1 in there."""
        children = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        for _ in range(200):
            with open(children) as file:
                found = file.read().split()
            if found:
                with open(f"/proc/{found[0]}/comm") as file:
                    if file.read() == "systemd\n":
                        return found[0]
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.log.seek(0)
        sys.exit("systemd does not start in namespaces here:\n" + self.log.read())

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.log.close()
        os.unlink(self.folder + ".log")
        for _ in range(100):
            try:
                self.remove_group(self.group)
                break
            except OSError:
                time.sleep(0.05)
        shutil.rmtree(self.folder, ignore_errors=True)

    @classmethod
    def remove_group(cls, group):
        for entry in os.scandir(group):
            if entry.is_dir(follow_symlinks=False):
                cls.remove_group(entry.path)
        os.rmdir(group)

    def command(self, script, user=None):
        enter = ["nsenter", "--target", self.first, "--mount", "--pid", "--cgroup", "--uts", "--ipc", "--net",
                 "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=/"]
        if user:
            enter += ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]
        return enter + ["sh", "-euc", script]

    def __call__(self, script, user=None):
        """Runs a shell script, as root if no user is named."""
        return subprocess.run(self.command(script, user), text=True, stdin=subprocess.DEVNULL, capture_output=True)

    def do(self, script, user=None):
        """The output of a script that has to succeed."""
        run = self(script, user)
        if run.returncode:
            raise AssertionError(f"{script}\nexit code {run.returncode}\n{run.stdout}{run.stderr}")
        return run.stdout

    def write(self, path, text, mode="644"):
        script = f"mkdir -p {os.path.dirname(path)}; umask 077; cat > {path}; chmod {mode} {path}"
        subprocess.run(self.command(script), text=True, input=text, check=True)

    def install(self):
        """What the package installs, without its dependencies, which are those of this machine."""
        self.do(f"""
            {TOP}/deploy/package/tree {AXPORT} /usr
            mkdir -p /etc/axport
            systemd-sysusers axport.conf
            install -d -m 750 -o axport -g axport /var/lib/axport
            systemctl daemon-reload""")

    def unit(self, name, setting):
        return self.do(f"systemctl show --value --property={setting} {name}").strip()

    def wait(self, condition, what, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"waited {seconds} s for {what}")
            time.sleep(0.1)

    def settled(self, name, seconds=60):
        """Waits until a unit neither runs nor is about to, and says how it ended."""
        self.wait(lambda: self.unit(name, "ActiveState") in ("inactive", "failed"), f"{name} to end", seconds)
        return self.unit(name, "ActiveState")

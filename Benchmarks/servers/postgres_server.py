"""A PostgreSQL server of its own for one measurement, with the server's own defaults; gone when the script is."""
import glob
import os
import signal
import socket
import subprocess
import tempfile
import time


def programs():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]), reverse=True)
    return found[0] if found else subprocess.check_output(["pg_config", "--bindir"], text=True).strip()


class PostgresServer:
    """Listens on loopback only; `kill` and `start` again play a crash."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="axport-postgres.")
        self.data = f"{self.folder.name}/data"
        self.programs = programs()
        # The server refuses to run as root.
        self.prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.prefix:
            subprocess.run(["chown", "postgres", self.folder.name], check=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        subprocess.run(
            [*self.prefix, f"{self.programs}/initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
             "--locale=C"], check=True, stdout=subprocess.DEVNULL, cwd=self.folder.name)
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self.start()

    def start(self):
        self.launch()
        for _ in range(600):
            ready = subprocess.run([f"{self.programs}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)],
                                   check=False)
            if ready.returncode == 0:
                return
            time.sleep(0.1)
            # Fails for a moment after a crash, while the old processes end.
            if self.process.poll() is not None:
                self.launch()
        raise SystemExit("PostgreSQL did not start")

    def launch(self):
        self.process = subprocess.Popen(
            [*self.prefix, f"{self.programs}/postgres", "-D", self.data, "-p", str(self.port), "-k", self.folder.name,
             "-c", "listen_addresses=127.0.0.1"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder.name)

    def postmaster(self):
        with open(f"{self.data}/postmaster.pid", encoding="utf-8") as file:
            return int(file.readline())

    def kill(self):
        """As a power cut would: the server and all its processes at once."""
        postmaster = self.postmaster()
        children = subprocess.check_output(["ps", "-o", "pid=", "--ppid", str(postmaster)], text=True)
        for process in [postmaster, *map(int, children.split())]:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()

    def stop(self):
        try:
            os.kill(self.postmaster(), signal.SIGINT)
        except (FileNotFoundError, ProcessLookupError):
            pass
        self.process.wait()
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def psql_command(self, *arguments):
        return [f"{self.programs}/psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.url, *arguments]

    def psql(self, *arguments, sql=None):
        """What psql prints, without headings."""
        done = subprocess.run(self.psql_command(*arguments), input=sql, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

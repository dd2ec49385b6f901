"""An organization that evolves from night to night, at the same address and with the same account."""
import datetime
import os
import socket
import subprocess

from nights import truth
from servers.sandbox import Sandbox

FIRST_NIGHT = datetime.datetime(2026, 11, 1, 2, tzinfo=datetime.timezone.utc)
FAULTS = ("500:0.02,503:0.002,reset:0.005,truncate:0.005,html:0.005,badjson:0.005,expire:0.002,repeat:0.3,vanish:0.003,"
          "cursor:0.1,nexthost:0.2,429:0.0005,token429:0.1")


def build_clock(folder):
    """The library that puts a process's clock ahead."""
    library = f"{folder}/clock.so"
    source = os.path.join(os.path.dirname(__file__), "clock.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, source], check=True)
    return library


class Organization:
    def __init__(self, axport, folder, devices, seed):
        self.axport, self.folder, self.devices, self.seed = axport, folder, devices, seed
        self.clock = build_clock(folder)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def at(self, night, ahead):
        """The environment of a process that believes it is so many seconds after a night's beginning."""
        moment = FIRST_NIGHT + datetime.timedelta(days=night - 1, seconds=ahead)
        real = datetime.datetime.now(datetime.timezone.utc)
        return {"LD_PRELOAD": self.clock, "AXPORT_CLOCK_AHEAD": str(int((moment - real).total_seconds()))}

    def serve(self, night, *options, ahead=0, port=None):
        return Sandbox(self.axport, *self.options(night), *options, port=self.port if port is None else port,
                       folder=self.folder, environment=self.at(night, ahead))

    def truth(self, night, *options):
        """What the list of this night says, read without any fault."""
        with Sandbox(self.axport, *self.options(night), *options) as sandbox:
            return truth.read(sandbox.env)

    def options(self, night):
        return "--devices", self.devices, "--seed", self.seed, "--night", night

"""Inventories of simulated fleets, to load offline from, and all transforms."""
import glob
import os
import shutil
import sys

from measuring.process_cost import run_well

TRANSFORMS = ["imei", "meid", "eid", "mac", "storage", "part_number", "applecare"]
PIPELINE = """
source: {{ platform: sandbox, devices: {devices}, night: {night}, max_in_flight: 16 }}
inventory: inventory.sqlite
extract: [devices, assignments, coverage: {{ max_requests: {requests} }}]
transform: [{transforms}]
load:
{loads}
"""


class Inventory:
    """In a folder; made once, loaded from often."""

    def __init__(self, axport, folder, devices, requests=2_000):
        self.axport, self.folder, self.devices, self.requests = axport, folder, devices, requests
        self.night, self.rows = 1, 0
        os.makedirs(folder, exist_ok=True)
        print(f"    an inventory of {devices:,} devices is made", file=sys.stderr, flush=True)

    def file(self, name="inventory"):
        return f"{self.folder}/{name}.sqlite"

    def pipeline(self, *loads, transforms=TRANSFORMS):
        return PIPELINE.format(devices=self.devices, night=self.night, requests=self.requests,
                               transforms=", ".join(transforms), loads="\n".join(f"  - {load}" for load in loads))

    def fill(self, night=1):
        """Asks the simulated API, as it is in that night, for all devices, and for coverage of some."""
        self.night = night
        cost = run_well(self.axport, {}, self.folder, self.pipeline("csv: { file: first.csv, columns: [serial_number] }"))
        self.rows = cost.report["stages"][-1]["received"]
        return self

    def load(self, *loads, transforms=TRANSFORMS):
        """What an offline load costs. What was written before it must not be waited for by it."""
        os.sync()
        return run_well(self.axport, {}, self.folder, self.pipeline(*loads, transforms=transforms), "--offline")

    def keep(self, name):
        """The state of now under another name, for `restore`."""
        shutil.copyfile(self.file(), self.file(name))

    def restore(self, name, night):
        for side in glob.glob(glob.escape(self.file()) + "-*"):
            os.remove(side)
        shutil.copyfile(self.file(name), self.file())
        self.night = night

    def remove(self, *names):
        for name in names:
            for path in glob.glob(f"{glob.escape(self.folder)}/{name}"):
                os.remove(path)

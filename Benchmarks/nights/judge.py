"""Whether what the destinations hold after a night is right, or else was told."""
import re

from nights.script import SHORT

EQUAL, TOLD, WRONG = "equal", "told", "wrong"
# What a night may end with where it does not end well; a guard's code must be that of a short list.
TELLING = {3, 65, 69, 75, 77, -9}
# Said where the run before was ahead of its time.
CLOCK_TOLD = "is in the future"


class Judge:
    """Knows everything that was ever true."""

    def __init__(self):
        self.values, self.records = {}, set()
        self.before = {}
        # What had left when the tables last did not follow. Such a device may be taken away later, although it came back
        # meanwhile, until a run has seen it again.
        self.left = set()
        # How a short list is told: the second night in a row names the first.
        self.refusal = "lacks [0-9,]+ of"

    def learn(self, truth):
        for serial, device in truth.devices.items():
            known = self.values.setdefault(serial, ({None}, {None}, {"unknown", None}))
            for values, value in zip(known, device):
                values.add(value)
        self.records |= truth.records

    def verdict(self, night, run, seen, listed, whole):
        """The verdict and what is wrong. True is what the list holds; `whole` has the devices that it lacks, too."""
        self.learn(whole)
        destinations, records = seen
        problems = [f"{name}: {problem}" for name, devices in destinations.items()
                    for problem in self.harm(night, run, self.before.get(name, {}), devices, whole.devices)]
        if invented := records - self.records:
            problems.append(f"records that never were, such as {min(invented)}")
        self.before = destinations
        if run.code in (0, 3):
            self.left -= listed.devices.keys()
        self.left |= {serial for devices in destinations.values() for serial in devices} - whole.devices.keys()
        if night.trouble != SHORT:
            self.refusal = "lacks [0-9,]+ of"
        different = [name for name, devices in destinations.items() if devices != listed.devices]
        if records != listed.records:
            different.append("coverage")
        # When a clock was wrong, its run says that coverage is renewed little by little; lists are read at once.
        untold = different if CLOCK_TOLD not in run.errors else [
            name for name, devices in destinations.items() if lists(devices) != lists(listed.devices)]
        problems += self.contradictions(night, run, {
            name: difference(destinations[name], listed.devices) if name in destinations
            else f"{len(listed.records - records)} missing, {len(records - listed.records)} too many, such as "
                 f"{min(records ^ listed.records)}" for name in untold})
        if night.trouble == SHORT and run.code in (3, 65):
            self.refusal = "first refused on [0-9-]+, lacks [0-9,]+ of"
        return (WRONG if problems else TOLD if different else EQUAL), problems

    def contradictions(self, night, run, different):
        """What the exit code says against what is so."""
        if run.code == 0:
            for name, how in different.items():
                yield f"exit code 0, and {name} differs: {how}"
            if night.trouble == SHORT and not night.is_accepted:
                yield f"a list that lacks {night.lacking:.0%} was not refused"
        elif night.is_harmless or (night.is_accepted and run.code != 77):
            yield f"exit code {run.code} in a night without trouble: {run.errors[-400:]}"
        elif run.code not in TELLING:
            yield f"exit code {run.code}: {run.errors[-400:]}"
        elif run.code > 0 and not re.search("error|warning|wait|unknown|partial|partly", run.errors):
            yield f"exit code {run.code} without a word: {run.errors[-400:]}"
        elif night.trouble == SHORT and run.code != 77 and not re.search(self.refusal, run.errors):
            yield f"a refused list is not told: {run.errors[-400:]}"
        elif run.code == 65 and night.trouble != SHORT:
            yield f"a guard refused a whole list: {run.errors[-400:]}"

    def harm(self, night, run, before, after, whole):
        """What must not be whatever a run says."""
        lost = before.keys() & whole.keys() - after.keys() - self.left
        if lost and not (night.is_accepted and run.code == 0):
            yield f"{len(lost)} devices were taken away that are there, such as {min(lost)}"
        for serial, device in after.items():
            known = self.values.get(serial)
            if known is None or any(value not in values for value, values in zip(device, known)):
                yield f"{serial} holds what never was: {device}"
                return


def lists(devices):
    """What the lists say of devices, without their coverage."""
    return {serial: device[:2] for serial, device in devices.items()}


def difference(found, true):
    wrong = [serial for serial in found.keys() & true.keys() if found[serial] != true[serial]]
    example = next((f" such as {serial}: {tuple(found[serial])} instead of {tuple(true[serial])}"
                    for serial in sorted(wrong)), "")
    return (f"{len(true.keys() - found.keys())} missing, {len(found.keys() - true.keys())} too many, "
            f"{len(wrong)} with other values{example}")

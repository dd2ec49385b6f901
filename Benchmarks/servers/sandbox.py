"""`axport sandbox` in a process of its own, for whoever asks it."""
import os
import re
import subprocess
import tempfile
import time

# Seconds that starting may take.
PATIENCE = 60


class Sandbox:
    """`axport sandbox` on a free port, with its account in a folder of its own.

    On the same port and in the same folder it is the same organization again.
    """

    def __init__(self, axport, *options, port=0, folder=None, environment=None):
        self.folder = tempfile.TemporaryDirectory()
        place = folder or self.folder.name
        file = f"{place}/account/sandbox.env"
        if os.path.exists(file):
            os.remove(file)
        self.process = subprocess.Popen(
            [axport, "sandbox", "--port", str(port), "--credentials", f"{place}/account", *map(str, options)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=os.environ | (environment or {}))
        deadline = time.monotonic() + PATIENCE
        while not os.path.exists(file) or not open(file, encoding="utf-8").read().count("AXPORT_TOKEN_URL"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                said = self.process.communicate()[1]
                self.folder.cleanup()
                raise SystemExit(f"the sandbox did not start: {said.strip()}")
            time.sleep(0.05)
        with open(file, encoding="utf-8") as lines:
            self.env = dict(re.fullmatch(r"(\w+)='?(.*?)'?", line.strip()).groups() for line in lines)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """How many requests it was asked, without those for tokens."""
        self.process.terminate()
        said = self.process.communicate()[1].splitlines()
        self.folder.cleanup()
        # One that has ended by itself says nothing; whoever asked it knows more.
        counts = {name: int(count) for count, name in re.findall(r"(\d+) (\w+)", said[-1] if said else "")}
        return sum(counts.values()) - counts.get("token", 0)


def source(env):
    """The section `source` of a pipeline for a sandbox."""
    return f"""
source:
  platform: business
  client_id: {env["AXPORT_CLIENT_ID"]}
  key_id: {env["AXPORT_KEY_ID"]}
  private_key: "${{file:{env["AXPORT_PRIVATE_KEY_FILE"]}}}"
  api_url: {env["AXPORT_API_URL"]}
  token_url: {env["AXPORT_TOKEN_URL"]}
"""

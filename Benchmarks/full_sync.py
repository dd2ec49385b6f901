#!/usr/bin/env python3
"""A first full run (devices, assignments, coverage) against bare sockets and against the peers.

    Benchmarks/full_sync.py [AXPORT] [DEVICES…]

All ask a sandbox of their own of the same organization, with as many requests in flight. Without sizes: 2,000 and 20,000
devices, at 0 and at 40 ms before every answer; beside the floors also with more requests in flight, and over TLS.
Exits with 1 when a target is missed.
"""
import os
import subprocess
import tempfile

from floors.bare_client import Client
from measuring import report
from measuring.process_cost import in_turn, run_well, succeed
from measuring.report import HERE
from peers.installed import NAMES, Peers
from servers.postgres_server import PostgresServer
from servers.sandbox import Sandbox, source

IN_FLIGHT, MANY_IN_FLIGHT = 8, 32
# The peer that comes closest to axport; with many requests in flight it alone is compared.
FASTEST = "applebusiness"
# Values as documented: the peers end at others.
SWITCHES = ("--switch", "shapes=documented", "--switch", "ethernet=array")
PIPELINE = """  max_in_flight: {in_flight}
inventory: inventory.sqlite
extract: [devices, assignments, coverage]
transform: [imei, meid, eid, mac, storage, part_number, applecare]
load:
  - {load}
"""
NOTE = (
    "Ratios are of wall time. `floor` is a C program with one thread that reads and forgets; `libcurl floor` does it by the "
    "library that axport uses, `Python floor` with eight threads; all write nothing. CPU time and memory are those of the client; the sandbox, on the same machine, "
    "answers each client anew. axport keeps an inventory, applies all transforms and writes one row per device. pyaxm and "
    "applebusiness write one CSV; dlt writes tables that are not joined. pyaxm calls one after another; it is also given "
    "eight threads, and for 20,000 devices at 40 ms only so.")


class FullSync:
    def __init__(self, axport, server, peers, folder):
        self.axport, self.server, self.peers = axport, server, peers
        self.floor_program = f"{folder}/bare_sockets"
        self.libcurl_program = f"{folder}/curl_client"
        subprocess.run(["cc", "-O2", "-o", self.floor_program, f"{HERE}/floors/bare_sockets.c"], check=True)
        subprocess.run(["cc", "-O2", "-o", self.libcurl_program, f"{HERE}/floors/curl_client.c", "-lcurl"], check=True)
        self.devices, self.latency, self.in_flight, self.unmeasured = 0, 0, IN_FLIGHT, {}
        # With it the sandbox speaks TLS, and is its own authority.
        self.certificate, self.folder = None, folder

    def asking(self, run):
        """What `run` costs with a sandbox and a folder of its own."""
        def once():
            with tempfile.TemporaryDirectory() as folder:
                os.chmod(folder, 0o755)
                tls = ["--tls-certificate", self.certificate, "--tls-key", f"{self.folder}/key.pem"]
                sandbox = Sandbox(self.axport, "--devices", self.devices, "--latency-ms", self.latency, *SWITCHES,
                                  *(tls if self.certificate else []))
                try:
                    cost = run(sandbox, folder)
                finally:
                    requests = sandbox.stop()
                cost.requests = requests
                return cost
        return once

    def axport_to(self, load):
        def run(sandbox, folder):
            self.server.psql("-c", "DROP TABLE IF EXISTS devices")
            return run_well(self.axport, sandbox.env, folder,
                            source(sandbox.env) + (f"  ca_file: {self.certificate}\n" if self.certificate else "")
                            + PIPELINE.format(load=load, in_flight=self.in_flight))
        return self.asking(run)

    def floor(self):
        def run(sandbox, _):
            client = Client(sandbox.env)
            return succeed([self.floor_program, str(client.url.port), str(self.in_flight)], stdin=client.token + "\n")
        return self.asking(run)

    def libcurl_floor(self):
        def run(sandbox, _):
            client = Client(sandbox.env, self.certificate)
            return succeed([self.libcurl_program, sandbox.env["AXPORT_API_URL"], str(self.in_flight),
                            *([self.certificate] if self.certificate else [])], stdin=client.token + "\n")
        return self.asking(run)

    def python_floor(self):
        def run(sandbox, _):
            return succeed([f"{HERE}/floors/bare_client.py", str(IN_FLIGHT)], env=os.environ | sandbox.env)
        return self.asking(run)

    def peer(self, name, *arguments):
        def run(sandbox, folder):
            self.server.psql("-c", "DROP SCHEMA IF EXISTS axm CASCADE; DROP SCHEMA IF EXISTS axm_staging CASCADE")
            # dlt wants a password, even where the server asks for none.
            database = self.server.url.replace("postgres@", "postgres:any@")
            environment = os.environ | sandbox.env | {"HOME": folder, "DATABASE_URL": database}
            return succeed(self.peers.command(name, *arguments), cwd=folder, env=environment)
        return self.asking(run)

    def competitors(self):
        """Name, where it writes, and the measurement; floors first."""
        yield "floor", "nothing", self.floor()
        yield "libcurl floor", "nothing", self.libcurl_floor()
        if not self.latency:
            yield "Python floor", "nothing", self.python_floor()
        yield "axport", "CSV", self.axport_to("csv: { file: out/devices.csv }")
        yield "axport", "PostgreSQL", self.axport_to(f'postgres: {{ url: "{self.server.url}", table: devices }}')
        if not self.latency or self.devices <= 2000:
            yield "pyaxm", "CSV", self.peer("pyaxm", 1, "out.csv")
        yield f"pyaxm, {IN_FLIGHT} threads", "CSV", self.peer("pyaxm", IN_FLIGHT, "out.csv")
        yield "applebusiness", "CSV", self.peer("applebusiness", IN_FLIGHT, "out.csv")
        yield "dlt", "CSV", self.peer("dlt", IN_FLIGHT, "csv", "out")
        if not self.latency:
            yield "dlt", "PostgreSQL", self.peer("dlt", IN_FLIGHT, "postgres")

    def trying(self, package, action):
        """The action, which says why there is no cost and returns None when the package is missing or fails."""
        def once():
            if package in self.peers.missing:
                self.unmeasured[package] = self.peers.missing[package][:120]
                return None
            try:
                return action()
            except RuntimeError as error:
                if not package:
                    raise
                self.unmeasured[package] = f"fails here: {report.cause(error)}"[:120]
                return None
        return once

    def measure(self, section, devices, latency):
        self.devices, self.latency, self.unmeasured = devices, latency, {}
        clients = [(name, target, package_of(name), action) for name, target, action in self.competitors()]
        costs = in_turn(*(self.trying(package, action) for *_, package, action in clients))
        found = {(name, target): cost for (name, target, *_), cost in zip(clients, costs) if cost}
        table = section.table(
            f"Full sync, {devices:,} devices, {latency} ms before every answer, {IN_FLIGHT} requests in flight",
            "client", "to", "wall s", "spread", "CPU s", "peak MB", "requests", "runs", "× floor", "× axport",
            note=NOTE if not section.tables else "")
        for (name, target, package, _), cost in zip(clients, costs):
            label = name.replace(package, f"{package} {self.peers.versions[package]}") if package else name
            if not cost:
                table.add(label, target, self.unmeasured[package], *[None] * 7)
                continue
            ours = found["axport", "PostgreSQL" if target == "PostgreSQL" else "CSV"]
            table.add(label, target, cost.seconds, cost.spread, cost.cpu, cost.peak, cost.requests, cost.runs,
                      cost.seconds / found["floor", "nothing"].seconds, cost.seconds / ours.seconds)
        return found

    def beside_floors(self, section, devices, latency, in_flight, tls=False):
        """axport, the floors and, without latency, the fastest peer."""
        self.devices, self.latency, self.in_flight, self.unmeasured = devices, latency, in_flight, {}
        if tls:
            self.certificate = f"{self.folder}/certificate.pem"
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                 "-keyout", f"{self.folder}/key.pem", "-out", self.certificate, "-subj", "/CN=127.0.0.1",
                 "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        where = f"{devices:,} devices, {latency} ms, {in_flight} in flight{', TLS' if tls else ''}"
        clients = [("libcurl floor", "nothing", self.libcurl_floor()),
                   ("axport", "CSV", self.axport_to("csv: { file: out/devices.csv }"))]
        if not tls:
            clients.insert(0, ("floor", "nothing", self.floor()))
        if not latency:
            clients.append((FASTEST, "CSV", self.trying(FASTEST, self.peer(FASTEST, in_flight, "out.csv"))))
        costs = in_turn(*(action for _, _, action in clients))
        table = section.table(f"Beside the floors: {where}", "client", "to", "wall s", "spread", "CPU s", "peak MB",
                              "requests", "runs", "× libcurl floor", "× axport")
        found = {name: cost for (name, *_), cost in zip(clients, costs) if cost}
        floor, ours = found["libcurl floor"], found["axport"]
        for (name, target, _), cost in zip(clients, costs):
            label = f"{name} {self.peers.versions[name]}" if package_of(name) else name
            if not cost:
                table.add(label, target, self.unmeasured[name], *[None] * 7)
                continue
            table.add(label, target, cost.seconds, cost.spread, cost.cpu, cost.peak, cost.requests, cost.runs,
                      cost.seconds / floor.seconds, cost.seconds / ours.seconds)
        self.certificate, self.in_flight = None, IN_FLIGHT
        if latency:
            section.at_most(f"full sync to files, {where}: at most 1.05 times the libcurl floor",
                            ours.seconds / floor.seconds, 1.05, " ×")
        else:
            section.at_most(f"full sync to files, {where}: at most 1.7 s of CPU time", ours.cpu, 1.7, " s")
            section.at_most(f"full sync to files, {where}: at most 60 MB", ours.peak, 60, " MB")


def package_of(client):
    """The peer's package; nothing for axport and the floors."""
    name = client.split(",")[0]
    return name if name in NAMES else None


def targets(section, found, unmeasured, devices, latency):
    """`unmeasured` says of peers why there is nothing of them: what beats the others might not beat those."""
    ours, floor = found["axport", "CSV"], found["floor", "nothing"]
    where = f"full sync to files, {devices:,} devices, {latency} ms"
    if latency:
        section.at_most(f"{where}: at most 1.05 times the floor", ours.seconds / floor.seconds, 1.05, " ×")
        return
    section.at_most(f"{where}: at most twice the floor", ours.seconds / floor.seconds, 2, " ×")
    rivals = {name: cost for (name, target), cost in found.items() if package_of(name) and target == "CSV"}
    if not rivals:
        section.failures.append("no peer could be measured")
        return
    name, peer = min(rivals.items(), key=lambda item: item[1].seconds)
    without = "".join(f", without {missing}, which {reason}" for missing, reason in unmeasured.items())
    first = len(section.targets)
    section.at_least(f"{where}: at least 3 times faster than the fastest peer ({name})",
                     peer.seconds / ours.seconds, 3, f" ×{without}")
    section.at_most(f"{where}: at most a third of its CPU time", ours.cpu / peer.cpu, 1 / 3, f" ×{without}")
    section.at_most(f"{where}: at most a quarter of its memory", ours.peak / peer.peak, 1 / 4, f" ×{without}")
    if unmeasured:
        section.targets[first:] = [(text, measured, met.replace("met", "not known: a peer is missing"))
                                   for text, measured, met in section.targets[first:]]


def measure(axport, *sizes):
    section = report.Section("a", "Full sync against bare sockets and peers")
    sizes = sizes or (2_000, 20_000)
    with PostgresServer() as server, tempfile.TemporaryDirectory() as folder:
        sync = FullSync(axport, server, Peers(), folder)
        for latency in (0, 40):
            for devices in sizes:
                found = section.attempt(sync.measure, devices, latency)
                if found and (latency or devices == sizes[-1]):
                    targets(section, found, sync.unmeasured, devices, latency)
        section.attempt(sync.beside_floors, sizes[-1], 0, MANY_IN_FLIGHT)
        section.attempt(sync.beside_floors, sizes[0], 40, IN_FLIGHT, True)
    return section


if __name__ == "__main__":
    report.alone(measure)

"""Devices, their server and their AppleCare as one CSV, as a user of pyaxm would write it.

    peer_pyaxm.py THREADS FILE

The library says nothing of threads, so each has a client of its own. pyaxm knows Apple's hosts only: its session is led to
the simulated API.
"""
import concurrent.futures
import csv
import os
import sys
import threading

import pyaxm.abm_requests
from pyaxm.client import Client


class Redirected(pyaxm.abm_requests.requests.Session):
    def request(self, method, url, **more):
        url = str(url).replace("https://account.apple.com/auth/oauth2/token", os.environ["AXPORT_TOKEN_URL"])
        return super().request(method, url.replace("https://api-business.apple.com", os.environ["AXPORT_API_URL"]), **more)


pyaxm.abm_requests.requests.Session = Redirected
local = threading.local()


def client():
    if not hasattr(local, "client"):
        local.client = Client(
            axm_client_id=os.environ["AXPORT_CLIENT_ID"], axm_key_id=os.environ["AXPORT_KEY_ID"],
            key_path=os.environ["AXPORT_PRIVATE_KEY_FILE"], token_path="token.json")
    return local.client


def coverage(device):
    return [f"{record.attributes.description} until {record.attributes.endDateTime}"
            for record in client().get_apple_care_coverage(device.id)]


devices = client().list_devices()
servers = {}
for server in client().list_mdm_servers():
    for device in client().list_devices_in_mdm_server(server.id):
        servers[device.id] = server.attributes.serverName
names = sorted(type(devices[0].attributes).model_fields)
with open(sys.argv[2], "w", encoding="utf-8", newline="") as file, \
        concurrent.futures.ThreadPoolExecutor(int(sys.argv[1])) as pool:
    writer = csv.writer(file)
    writer.writerow([*names, "server", "coverage"])
    # One thread is no pool: the calls are made one after another.
    answers = pool.map(coverage, devices) if int(sys.argv[1]) > 1 else map(coverage, devices)
    for device, records in zip(devices, answers):
        values = device.attributes.model_dump()
        writer.writerow([*(values[name] for name in names), servers.get(device.id), "; ".join(records)])

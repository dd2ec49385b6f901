"""Devices, their server and their AppleCare as one CSV, as a user of applebusiness would write it.

    peer_applebusiness.py TASKS FILE

applebusiness knows Apple's hosts only: its sessions are led to the simulated API. It wants every attribute of every device,
Ethernet address of an iPhone included: they are made optional, or it reads nothing.
"""
import asyncio
import csv
import os
import sys

import aiohttp

import applebusiness
from applebusiness.schemas import OrgDevice, OrgDeviceAttributes, OrgDevicesResponse

TASKS = int(sys.argv[1])
for field in OrgDeviceAttributes.model_fields.values():
    field.annotation, field.default = field.annotation | None, None
OrgDeviceAttributes.model_rebuild(force=True)
for model in (OrgDevice, OrgDevicesResponse):
    model.model_rebuild(force=True)
build, post = aiohttp.ClientSession.__init__, aiohttp.ClientSession.post


def redirected(self, base_url=None, **more):
    build(self, os.environ["AXPORT_API_URL"] if base_url else None, **more)


aiohttp.ClientSession.__init__ = redirected
aiohttp.ClientSession.post = lambda self, _, **more: post(self, os.environ["AXPORT_TOKEN_URL"], **more)


async def main():
    with open(os.environ["AXPORT_PRIVATE_KEY_FILE"], encoding="utf-8") as file:
        key = file.read()
    async with applebusiness.Client(os.environ["AXPORT_KEY_ID"], os.environ["AXPORT_CLIENT_ID"], key) as client:
        devices = [device async for device in client.paginate(client.get_org_devices, limit=1000)]
        servers, answers, waiting = {}, {}, iter(devices)
        for server in (await client.get_mdm_servers(limit=1000)).data:
            async for device in client.paginate(lambda **page: client.get_mdm_server_device_ids(server.id, **page),
                                                limit=1000):
                servers[device.id] = server.attributes.serverName

        async def ask():
            for device in waiting:
                answers[device.id] = (await client.get_org_device_apple_care_coverage(device.id)).data

        await asyncio.gather(*(ask() for _ in range(TASKS)))
    names = sorted(type(devices[0].attributes).model_fields)
    with open(sys.argv[2], "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*names, "server", "coverage"])
        for device in devices:
            values = device.attributes.model_dump()
            records = [f"{record.attributes.description} until {record.attributes.endDateTime}"
                       for record in answers[device.id]]
            writer.writerow([*(values[name] for name in names), servers.get(device.id), "; ".join(records)])


asyncio.run(main())

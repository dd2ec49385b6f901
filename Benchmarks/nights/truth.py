"""What an organization is on one night, as a client of bare sockets reads it from a sandbox without faults."""
import collections
import datetime
import json

from floors.bare_client import Client

Truth = collections.namedtuple("Truth", "devices records")
Device = collections.namedtuple("Device", "updated server coverage")


def moment(text):
    """A date as every destination writes it, in milliseconds of UTC."""
    if not text:
        return None
    date = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return date.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds")


class Reader(Client):
    """Also keeps when each device was changed."""

    def pages(self, path):
        for resource in super().pages(path):
            if path == "/v1/orgDevices":
                self.updated[resource["id"]] = moment(resource["attributes"].get("updatedDateTime"))
            yield resource


def read(env):
    """Every device that the list holds, and every coverage record of these."""
    client = Reader(env)
    client.updated = {}
    serials, servers, bodies = client.everything(4)
    records = {serial: json.loads(body)["data"] for serial, body in bodies.items()}
    devices = {serial: Device(client.updated[serial], servers.get(serial), "covered" if records[serial] else "none")
               for serial in serials}
    return Truth(devices, {(serial, record["id"], record["attributes"]["status"])
                           for serial, of_device in records.items() for record in of_device})


def without(truth, lacks):
    """The same where no list has some of the devices."""
    return Truth({serial: device for serial, device in truth.devices.items() if not lacks(serial)},
                 {record for record in truth.records if not lacks(record[0])})

"""Devices, their server and their AppleCare as tables, by dlt's source `rest_api`.

    peer_dlt.py THREADS csv FOLDER
    peer_dlt.py THREADS postgres   # the database is that of DATABASE_URL

dlt signs no assertions: the token comes from the lines that follow. Devices are listed by 100, dlt's and Apple's default,
since one page of them is what one thread works on. Tables are not joined; that is left to SQL afterwards.
"""
import os
import sys
import time
import uuid

import jwt
import requests

os.environ["EXTRACT__WORKERS"] = sys.argv[1]
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
os.environ["NORMALIZE__DATA_WRITER__DISABLE_COMPRESSION"] = "true"
import dlt  # noqa: E402  # reads its settings when it is imported
from dlt.sources.rest_api import rest_api_source  # noqa: E402

account, now = os.environ["AXPORT_CLIENT_ID"], int(time.time())
with open(os.environ["AXPORT_PRIVATE_KEY_FILE"], encoding="utf-8") as key:
    assertion = jwt.encode(
        {"iss": account, "sub": account, "aud": "https://account.apple.com/auth/oauth2/v2/token", "iat": now,
         "exp": now + 600, "jti": str(uuid.uuid4())},
        key.read(), algorithm="ES256", headers={"kid": os.environ["AXPORT_KEY_ID"]})
token = requests.post(os.environ["AXPORT_TOKEN_URL"], data={
    "grant_type": "client_credentials", "client_id": account, "scope": "business.api", "client_assertion": assertion,
    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, timeout=60).json()["access_token"]


def flat(record):
    return {"id": record["id"], **record.get("attributes", {}),
            **{name: value for name, value in record.items() if name.startswith("_")}}


def resource(name, path, parent=None, limit=1000):
    found = {
        "name": name, "parallelized": True, "max_table_nesting": 0, "processing_steps": [{"map": flat}],
        "endpoint": {"path": path, "params": {"limit": limit}, "data_selector": "data"}}
    if name == "devices":
        # Identifiers that look like numbers would become such, and end the load where one is too long.
        found["columns"] = {column: {"data_type": "text"} for column in ("eid", "orderNumber", "fleetNumber")}
    return found | ({"include_from_parent": ["id"]} if parent else {})


source = rest_api_source({
    "client": {
        "base_url": os.environ["AXPORT_API_URL"], "auth": {"type": "bearer", "token": token},
        "paginator": {"type": "cursor", "cursor_path": "meta.paging.nextCursor", "cursor_param": "cursor"}},
    "resources": [
        resource("devices", "/v1/orgDevices", limit=100),
        resource("servers", "/v1/mdmServers"),
        resource("assignments", "/v1/mdmServers/{resources.servers.id}/relationships/devices", "servers"),
        resource("coverage", "/v1/orgDevices/{resources.devices.id}/appleCareCoverage", "devices"),
    ]})
if sys.argv[2] == "csv":
    destination = dlt.destinations.filesystem(bucket_url=f"file://{os.path.abspath(sys.argv[3])}")
    more = {"loader_file_format": "csv"}
else:
    destination, more = dlt.destinations.postgres(credentials=os.environ["DATABASE_URL"]), {}
pipeline = dlt.pipeline("axm", destination=destination, dataset_name="axm", pipelines_dir="dlt-state")
pipeline.run(source, **more).raise_on_failed_jobs()

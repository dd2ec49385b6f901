"""What the sandbox answers, kept so that it can be given again, changed."""
import collections
import http.client
import json
import os
import sys
import urllib.parse

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../Benchmarks"))
from floors.bare_client import Client

Answer = collections.namedtuple("Answer", "status reason headers body")
# Of the organization, so many are on a page, so that lists have several.
PAGE = 50


class Recorded:
    """Answers by path and cursor, and some errors."""

    def __init__(self, env):
        self.client = Client(env)
        self.host = urllib.parse.urlsplit(env["AXPORT_API_URL"]).netloc
        self.connection = http.client.HTTPConnection(self.host)
        self.pages = {}
        serials = self.walk("/v1/orgDevices")
        for server in self.walk("/v1/mdmServers"):
            self.walk(f"/v1/mdmServers/{server}/relationships/devices")
        for serial in serials:
            self.walk(f"/v1/orgDevices/{serial}/appleCareCoverage")
        self.walk("/v1/auditEvents")
        self.errors = [self.ask(path) for path in (
            "/v1/orgDevices/NOTTHERE", "/v1/nothing", "/v1/users", "/v1/orgDevices?limit=0",
            "/v1/orgDevices?cursor=gone")]
        self.errors.append(self.ask("/v1/orgDevices", "refused"))

    def ask(self, path, token=None):
        self.connection.request("GET", path, headers={
            "Accept": "application/json", "Authorization": f"Bearer {token or self.client.token}"})
        answer = self.connection.getresponse()
        body = answer.read()
        kept = [(name, value) for name, value in answer.getheaders()
                if name.lower() not in ("content-length", "transfer-encoding", "connection")]
        return Answer(answer.status, answer.reason, kept, body)

    def walk(self, path):
        """Keeps every page of a list; the ids on them."""
        cursor, ids = None, []
        while True:
            answer = self.ask(f"{path}?limit={PAGE}" + (f"&cursor={cursor}" if cursor else ""))
            self.pages[path, cursor] = answer
            if answer.status != 200:
                return ids
            page = json.loads(answer.body)
            ids += [resource["id"] for resource in page["data"]]
            cursor = page["meta"]["paging"].get("nextCursor")
            if not cursor:
                return ids

    def answer(self, path, cursor, draw):
        """The page that is asked for; another one where there is none."""
        return self.pages.get((path, cursor)) or self.pages.get((path, None)) or draw.choice(self.errors)

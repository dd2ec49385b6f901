#!/usr/bin/env python3
"""A client of bare sockets for the simulated API: what its answers say, without anything of axport.

As a program it asks for everything once, with AXPORT_API_URL and the others in its environment: `bare_client.py IN_FLIGHT`.
"""
import base64
import concurrent.futures
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid

AUDIENCE = "https://account.apple.com/auth/oauth2/v2/token"


class Client:
    """Keeps one connection per thread; asks for what it is told and tries nothing twice."""

    def __init__(self, env, authorities=None):
        self.url = urllib.parse.urlsplit(env["AXPORT_API_URL"])
        self.tls = ssl.create_default_context(cafile=authorities) if self.url.scheme == "https" else None
        self.local = threading.local()
        self.requests = 0
        self.lock = threading.Lock()
        self.token = None
        assertion = self.assertion(env)
        form = urllib.parse.urlencode({
            "grant_type": "client_credentials", "client_id": env["AXPORT_CLIENT_ID"], "scope": "business.api",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion})
        path = urllib.parse.urlsplit(env["AXPORT_TOKEN_URL"]).path
        head = f"POST {path} HTTP/1.1\r\nHost: {self.url.netloc}\r\nContent-Length: {len(form)}\r\n"
        answer = self.exchange((head + "Content-Type: application/x-www-form-urlencoded\r\n\r\n" + form).encode())
        self.token = json.loads(answer)["access_token"]

    @staticmethod
    def assertion(env):
        def text(data):
            return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
        now, client = int(time.time()), env["AXPORT_CLIENT_ID"]
        claims = {"iss": client, "sub": client, "aud": AUDIENCE, "iat": now, "exp": now + 600, "jti": str(uuid.uuid4())}
        header = {"alg": "ES256", "kid": env["AXPORT_KEY_ID"], "typ": "JWT"}
        signed = ".".join(text(json.dumps(part).encode()) for part in (header, claims))
        der = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", env["AXPORT_PRIVATE_KEY_FILE"]],
            input=signed.encode(), capture_output=True, check=True).stdout
        numbers, rest = [], der[2:]
        for _ in range(2):
            size = rest[1]
            numbers.append(int.from_bytes(rest[2:2 + size], "big").to_bytes(32, "big"))
            rest = rest[2 + size:]
        return signed + "." + text(b"".join(numbers))

    def get(self, path):
        request = (f"GET {path} HTTP/1.1\r\nHost: {self.url.netloc}\r\nAccept: application/json\r\n"
                   f"Authorization: Bearer {self.token}\r\n\r\n")
        return self.exchange(request.encode())

    def exchange(self, request):
        if not hasattr(self.local, "socket"):
            self.local.socket = socket.create_connection((self.url.hostname, self.url.port))
            self.local.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls:
                self.local.socket = self.tls.wrap_socket(self.local.socket, server_hostname=self.url.hostname)
        connection = self.local.socket
        connection.sendall(request)
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += connection.recv(1 << 18)
        head = data[:end].decode().lower()
        if not head.startswith("http/1.1 200"):
            raise SystemExit(f"the sandbox answers: {head.splitlines()[0]}")
        length = int(re.search(r"content-length: (\d+)", head).group(1))
        parts, count = [data[end + 4:]], len(data) - end - 4
        while count < length:
            parts.append(connection.recv(1 << 18))
            count += len(parts[-1])
        with self.lock:
            self.requests += 1
        return b"".join(parts)

    def pages(self, path):
        """Every resource of a list."""
        cursor = ""
        while cursor is not None:
            page = json.loads(self.get(f"{path}?limit=1000{cursor}"))
            yield from page["data"]
            found = page["meta"]["paging"].get("nextCursor")
            cursor = f"&cursor={found}" if found else None

    def everything(self, in_flight):
        """Serial numbers, the server of each assigned one, and the coverage bodies of all, as one full run asks."""
        serials = [device["id"] for device in self.pages("/v1/orgDevices")]
        servers = {}
        for server in list(self.pages("/v1/mdmServers")):
            for device in self.pages(f"/v1/mdmServers/{server['id']}/relationships/devices"):
                servers[device["id"]] = server["id"]
        with concurrent.futures.ThreadPoolExecutor(in_flight) as pool:
            paths = (f"/v1/orgDevices/{serial}/appleCareCoverage" for serial in serials)
            coverage = dict(zip(serials, pool.map(self.get, paths)))
        return serials, servers, coverage


if __name__ == "__main__":
    Client(dict(os.environ)).everything(int(sys.argv[1]))

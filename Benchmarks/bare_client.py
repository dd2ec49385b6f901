"""A sandbox in another process, and a client for it made of bare sockets: the least that fetching its answers can cost."""
import base64
import concurrent.futures
import json
import os
import re
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse
import uuid

AUDIENCE = "https://account.apple.com/auth/oauth2/v2/token"


class Sandbox:
    """`axport sandbox` on a free port, with its account in a folder of its own.

    On the same port and in the same folder it is the same organisation again.
    """

    def __init__(self, axport, *options, port=0, folder=None):
        self.folder = tempfile.TemporaryDirectory()
        place = folder or self.folder.name
        file = f"{place}/account/sandbox.env"
        if os.path.exists(file):
            os.remove(file)
        self.process = subprocess.Popen(
            [axport, "sandbox", "--port", str(port), "--credentials", f"{place}/account", *map(str, options)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not os.path.exists(file) or not open(file, encoding="utf-8").read().count("AXPORT_TOKEN_URL"):
            if self.process.poll() is not None:
                raise SystemExit("the sandbox did not start")
            time.sleep(0.05)
        with open(file, encoding="utf-8") as lines:
            self.env = dict(re.fullmatch(r"(\w+)='?(.*?)'?", line.strip()).groups() for line in lines)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()


class Client:
    """Keeps one connection per thread; asks for what it is told and tries nothing twice."""

    def __init__(self, env):
        self.url = urllib.parse.urlsplit(env["AXPORT_API_URL"])
        self.local = threading.local()
        self.bytes = self.requests = 0
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
            self.bytes += count
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


def run_axport(axport, env, folder, pipeline, *options, **more):
    """Exit code, stderr and peak resident memory in MB of one run."""
    with open(f"{folder}/run.axport.yaml", "w", encoding="utf-8") as file:
        file.write(pipeline)
    child = subprocess.Popen(
        [axport, "run", "run.axport.yaml", "--json", *options], cwd=folder, stderr=subprocess.PIPE,
        stdout=subprocess.PIPE, env=os.environ | env | {"HOME": folder, "XDG_STATE_HOME": "", "XDG_CACHE_HOME": ""} | more)
    output = []
    reading = [threading.Thread(target=lambda pipe=pipe: output.append((pipe, pipe.read().decode())))
               for pipe in (child.stdout, child.stderr)]
    for thread in reading:
        thread.start()
    # Not wait4's ru_maxrss: it counts what this script held when it started the child.
    peak = 0
    while child.poll() is None:
        peak = max(peak, resident_peak(child.pid))
        time.sleep(0.01)
    for thread in reading:
        thread.join()
    texts = dict(output)
    return child.returncode, texts[child.stderr], json.loads(texts[child.stdout].splitlines()[-1]), peak


def resident_peak(process):
    """The most memory that a running process has held so far, in MB."""
    try:
        with open(f"/proc/{process}/status", encoding="utf-8") as lines:
            return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


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

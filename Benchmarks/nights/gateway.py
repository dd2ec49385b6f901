"""Stands before a sandbox and changes what its lists say; everything else passes as it is."""
import hashlib
import http.client
import http.server
import json
import threading
import urllib.parse


def draw(seed, *names):
    """A number from 0 to 1 that these names always have."""
    digest = hashlib.sha256(repr((seed, *names)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2 ** 64


def unreadable(resource, choice):
    """One of the forms in which an element names no device, or only by its serial number."""
    attributes = {name: value for name, value in resource.get("attributes", {}).items() if name != "serialNumber"}
    nameless = {name: value for name, value in resource.items() if name != "id"}
    return [nameless, nameless | {"attributes": attributes}, resource | {"id": "A\0B", "attributes": attributes},
            resource | {"id": None, "attributes": attributes}, None, []][int(choice * 6)]


def cut(elements, choice):
    """A page that does not say where the list goes on, in a way that is not its end either."""
    some = elements[:len(elements) * 19 // 20]
    return [{"data": some, "links": {"next": 5}}, {"data": some, "links": {"next": ["x"]}}, {"data": {"0": some}},
            {"links": {"self": "x"}}, {"data": some, "links": {"next": True}}, {"data": "none"}][int(choice * 6)]


class Gateway:
    """`lacking` is the share of the devices that no list has, `unreadable` that of elements that cannot be read."""

    def __init__(self, port, behind, seed, lacking=0.0, unreadable=0.0):
        self.behind, self.seed = urllib.parse.urlsplit(behind).netloc, seed
        self.lacking, self.unreadable = lacking, unreadable
        gateway = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                gateway.pass_on(self)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        http.server.ThreadingHTTPServer.allow_reuse_address = True
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.local = threading.local()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def lacks(self, serial):
        return draw(self.seed, serial) < self.lacking

    def pass_on(self, call):
        if not hasattr(self.local, "connection"):
            self.local.connection = http.client.HTTPConnection(self.behind)
        form = call.rfile.read(int(call.headers.get("Content-Length", 0)))
        try:
            # Links lead to the host that was asked.
            self.local.connection.request(call.command, call.path, form, dict(call.headers.items()))
            answer = self.local.connection.getresponse()
            body = answer.read()
            if answer.status == 200 and call.command == "GET":
                body = self.changed(urllib.parse.urlsplit(call.path).path, body)
            call.send_response_only(answer.status, answer.reason)
            for name, value in answer.getheaders():
                if name.lower() in ("date", "content-type", "retry-after"):
                    call.send_header(name, value)
            call.send_header("Content-Length", str(len(body)))
            call.end_headers()
            call.wfile.write(body)
        except (OSError, http.client.HTTPException):
            # Somebody was killed.
            call.close_connection = True
            self.local.__dict__.clear()

    def changed(self, path, body):
        document = json.loads(body)
        elements = document.get("data")
        if not isinstance(elements, list):
            return body
        if path == "/v1/orgDevices" or path.endswith("/relationships/devices"):
            elements = [element for element in elements if not self.lacks(element["id"])]
        if path != "/v1/mdmServers":
            elements = [unreadable(element, draw(self.seed, path, element["id"], "form"))
                        if draw(self.seed, path, element["id"]) < self.unreadable else element for element in elements]
            if path == "/v1/orgDevices" and draw(self.seed, "cut") < 0.6 * bool(self.unreadable):
                return json.dumps(cut(elements, draw(self.seed, "where"))).encode()
        return json.dumps(document | {"data": elements}).encode()

"""A server that gives the sandbox's answers again, a share of them changed."""
import asyncio
import random
import socket
import struct
import threading
import urllib.parse

import framing
from mutations import change, change_json
from recorded import Answer

# Any twelve characters of a token hold the whole word.
CANARY = "CANARY"


class Server:
    """Listens on loopback in a thread of its own; knows every secret that it has given and been told."""

    def __init__(self, recorded):
        self.recorded = recorded
        self.answers, self.tokens, self.assertions = 0, 0, set()
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.socket.getsockname()[1]
        self.begin(0, 0)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def begin(self, seed, share):
        """From now on so many of the answers are changed, as the seed says."""
        self.draw, self.share = random.Random(seed), share

    def listen(self):
        self.loop.run_until_complete(self.loop.create_server(lambda: Connection(self), sock=self.socket))
        self.loop.run_forever()
        self.loop.close()

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.socket.close()

    def answer(self, head, form):
        """The bytes for one request, and what becomes of the connection."""
        self.answers += 1
        target = head.split(b" ", 2)[1].decode("latin-1")
        if target.startswith("http"):
            target = "/" + target.split("/", 3)[3]
        path, _, query = target.partition("?")
        is_token = head.startswith(b"POST")
        answer, share = (self.token(form), min(self.share, 0.3)) if is_token else (self.listed(path, query), self.share)
        if self.draw.random() >= share:
            return framing.whole(answer), framing.KEEP
        if is_token and self.draw.random() < 0.5:
            return framing.whole(answer._replace(body=self.odd_token(answer.body))), framing.KEEP
        secrets = (head + b" " + form).decode("latin-1")
        answer, line = change(answer, self.draw, secrets)
        if self.draw.random() < 0.25:
            return framing.odd(answer, line, self.draw)
        is_final = answer.status >= 200 and answer.status not in (204, 304) and line is None
        return framing.whole(answer, line), framing.KEEP if is_final else framing.CLOSE

    def listed(self, path, query):
        cursor = dict(urllib.parse.parse_qsl(query)).get("cursor")
        return self.recorded.answer(urllib.parse.unquote(path), cursor, self.draw)

    def token(self, form):
        self.assertions.add(dict(urllib.parse.parse_qsl(form.decode("latin-1"))).get("client_assertion", ""))
        self.tokens += 1
        body = f'{{"access_token":"{CANARY * 12}{self.tokens}","token_type":"Bearer","expires_in":3600}}'
        return Answer(200, "OK", [("Content-Type", "application/json")], body.encode())

    def odd_token(self, body):
        """A reply that is still one, with a token or a lifetime that nobody expects."""
        odd = self.draw.choice([r"\r\nX-Forged: 1", r"\n", r"\u0000", "é", r"\u202e", " ", "\x7f", "A" * 70_000, ""])
        number = self.draw.choice(['"3600"', "-1", "0", "1e308", "9223372036854775808", "null", "1e-9", '"soon"', "[]"])
        if self.draw.random() < 0.4:
            return body.replace(b"3600", number.encode())
        if self.draw.random() < 0.7:
            return body.replace(CANARY.encode() * 12, (CANARY * 6 + odd + CANARY * 6).encode())
        return change_json(body, self.draw)


class Connection(asyncio.Protocol):
    def __init__(self, server):
        self.server, self.heard = server, b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.heard += data
        while (end := self.heard.find(b"\r\n\r\n")) >= 0:
            head = self.heard[:end]
            length = 0
            if head.startswith(b"POST"):
                lines = head.lower().split(b"\r\n")
                length = int(next((line[15:] for line in lines if line.startswith(b"content-length:")), 0))
            if len(self.heard) < end + 4 + length:
                return
            form, self.heard = self.heard[end + 4:end + 4 + length], self.heard[end + 4 + length:]
            self.respond(*self.server.answer(head, form))

    def respond(self, data, ending):
        if self.transport.is_closing():
            return
        if ending == framing.RESET:
            connection = self.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.write(data)
        if ending == framing.RESET:
            self.transport.abort()
        elif ending == framing.CLOSE:
            self.transport.close()

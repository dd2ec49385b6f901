"""A page in Chromium: its elements, pictures, paper, and the requests that it makes."""
import http.server
import os
import re
import struct
import subprocess
import tempfile
import threading
import zlib
from html.parser import HTMLParser

QUIET = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
         "--disable-client-side-phishing-detection", "--disable-domain-reliability", "--no-pings", "--disable-extensions",
         "--disable-features=NetworkTimeServiceQuerying"]


def chromium(profile, *words):
    return subprocess.run(["chromium", *QUIET, f"--user-data-dir={profile}", *words], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=120)


class Site:
    """Serves texts by their address, as the proxy of every address, and notes what was asked for."""

    def __init__(self, pages):
        self.pages, self.asked = pages, []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                site.asked.append(self.path)
                body = site.pages.get(self.path, "").encode()
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_CONNECT(self):
                site.asked.append(f"CONNECT {self.path}")
                self.send_error(403)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def open(self, address, *words):
        """The elements of a page after its scripts, if it has any, as text."""
        proxy = f"--proxy-server=http://127.0.0.1:{self.server.server_port}"
        with tempfile.TemporaryDirectory() as profile:
            done = chromium(profile, proxy, "--proxy-bypass-list=<-loopback>", "--virtual-time-budget=3000", *words,
                            "--dump-dom", address)
        return done.stdout

    def asked_by(self, address):
        """What opening a page asks for, itself included, without what the browser asks for itself."""
        self.asked.clear()
        self.open("data:text/html,nothing")
        own = set(self.asked)
        self.asked.clear()
        self.open(address)
        return [what for what in self.asked if what not in own]


class Tables(HTMLParser):
    """The rows of all tables, by caption."""

    def __init__(self, text):
        super().__init__()
        self.found, self.caption, self.row, self.cell = {}, None, None, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.row = []
        if tag in ("caption", "th", "td"):
            self.cell = ""
        if tag == "svg":
            self.cell = None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data

    def handle_endtag(self, tag):
        if tag == "caption":
            self.caption = (self.cell or "").strip()
            self.found[self.caption] = []
        elif tag in ("th", "td") and self.row is not None:
            self.row.append((self.cell or "").strip())
        elif tag == "tr" and self.caption is not None:
            self.found[self.caption].append(self.row)
        if tag in ("caption", "th", "td"):
            self.cell = None

    def counts(self, caption, *, columns=1):
        """Numbers by the name in the first column."""
        rows = [row for title, rows in self.found.items() if title.startswith(caption) for row in rows[1:]]
        numbers = {row[0]: tuple(int(cell.replace(",", "")) for cell in row[1:1 + columns]) for row in rows}
        return {name: many[0] if columns == 1 else many for name, many in numbers.items()}


def picture(path, page, width, *words):
    """The color of the first pixel, and how many colors the picture has in its first 400 rows."""
    with tempfile.TemporaryDirectory() as profile:
        chromium(profile, f"--window-size={width},2400", *words, f"--screenshot={path}", f"file://{page}")
    rows = _rows(path, 400)
    return rows[0][0], len({pixel for row in rows for pixel in row})


def _rows(path, most):
    """The first rows of a PNG file, as triples."""
    with open(path, "rb") as file:
        data = file.read()
    width, _, _, kind = struct.unpack(">IIBB", data[16:26])
    size, place, packed = {2: 3, 6: 4}[kind], 8, b""
    while place < len(data):
        length = struct.unpack(">I", data[place:place + 4])[0]
        if data[place + 4:place + 8] == b"IDAT":
            packed += data[place + 8:place + 8 + length]
        place += length + 12
    raw, rows, before = zlib.decompress(packed), [], bytes(width * size)
    for number in range(most):
        start = number * (width * size + 1)
        how, line = raw[start], bytearray(raw[start + 1:start + 1 + width * size])
        for i in range(len(line)):
            left = line[i - size] if i >= size else 0
            up, corner = before[i], before[i - size] if i >= size else 0
            guess = left + up - corner
            nearest = min((left, up, corner), key=lambda value: abs(guess - value))
            line[i] = line[i] + (0, left, up, (left + up) // 2, nearest)[how] & 255
        rows.append([tuple(line[i:i + 3]) for i in range(0, len(line), size)])
        before = bytes(line)
    return rows


def paper(page, size, folder):
    """The numbers of pages, and their size in points, of a page printed on this paper."""
    with open(page, encoding="utf-8") as file:
        text = file.read().replace("@page { margin", f"@page {{ size: {size}; margin", 1)
    copy, pdf = f"{folder}/{size}.html", f"{folder}/{size}.pdf"
    with open(copy, "w", encoding="utf-8") as file:
        file.write(text)
    with tempfile.TemporaryDirectory() as profile:
        chromium(profile, "--no-pdf-header-footer", f"--print-to-pdf={pdf}", f"file://{copy}")
    with open(pdf, "rb") as file:
        printed = file.read()
    boxes = {tuple(round(float(edge)) for edge in box.split()) for box in re.findall(rb"/MediaBox \[([^]]+)\]", printed)}
    return len(re.findall(rb"/Type /Page\b", printed)), boxes, os.path.getsize(pdf)

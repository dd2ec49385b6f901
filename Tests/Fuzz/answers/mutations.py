"""Changes to answers: to their status line, headers, JSON, bytes, and to how they are sent."""
import json

from odd import BAD_STATUS_LINES, BIG, BODIES, DATES, LINKS, STATUSES, TEXTS, WAITS
from recorded import Answer


def spots(value, found=None):
    """Every place of a JSON value, as its container and its name or index there."""
    found = [] if found is None else found
    for name in (value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()):
        found.append((value, name))
        spots(value[name], found)
    return found


def value(draw):
    return draw.choice([None, True, False, [], {}, 0, -1, 2 ** 63, 2 ** 64, 1.5, 1e300, [[]], [None], {"": None},
                        {"href": None}, draw.choice(TEXTS), draw.choice(LINKS), draw.choice(BIG), draw.choice(DATES)])


def change_json(body, draw):
    """Another JSON text, most of it as it was."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return draw.choice(BODIES)
    for _ in range(draw.choice([1, 1, 1, 2, 4])):
        # Half of the changes are near the top, where they tell most.
        places = spots(document)
        if not places:
            break
        container, name = draw.choice(places[:12] if draw.random() < 0.2 else places)
        kind = draw.randrange(6)
        if kind == 0:
            del container[name]
        elif kind == 1 and isinstance(container, list):
            container.insert(draw.randrange(len(container) + 1), container[name])
        elif kind == 2 and isinstance(container, dict):
            container[draw.choice([*TEXTS, "next", "id", "data", "nextCursor", "errors"])] = container.pop(name)
        elif kind == 3 and isinstance(container[name], (dict, list)):
            inner = container[name]
            container[name] = list(inner.values()) if isinstance(inner, dict) else {"0": inner}
        else:
            container[name] = value(draw)
    return json.dumps(document, ensure_ascii=draw.random() < 0.5).encode("utf-8", "surrogatepass")


def change_bytes(body, draw):
    """The same bytes, with some flipped, gone, repeated or put in."""
    data = bytearray(body)
    for _ in range(draw.choice([1, 2, 8])):
        at = draw.randrange(len(data) + 1)
        kind = draw.randrange(5)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << draw.randrange(8)
        elif kind == 1:
            del data[at:at + draw.randrange(1, 20)]
        elif kind == 2:
            data[at:at] = data[at:at + draw.randrange(1, 200)]
        elif kind == 3:
            data[at:at] = draw.choice([b"\x00", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b'"', b"{", b"]", b"\\u0000",
                                       b"\\ud800", b"1e999"])
        else:
            del data[at:]
    return bytes(data)


def change_headers(headers, draw):
    """A header more, gone, or twice."""
    extra = draw.choice([
        ("Retry-After", draw.choice(WAITS)), ("Retry-After", draw.choice(WAITS)), ("Date", draw.choice(DATES)),
        ("Location", draw.choice(LINKS)), ("Link", draw.choice(LINKS)), ("Set-Cookie", "a=" + draw.choice(TEXTS)),
        ("Content-Encoding", draw.choice(["gzip", "br", "deflate", "identity", "x"])), ("X" * 300, "y" * 3000),
        ("WWW-Authenticate", draw.choice(["Basic", "Bearer error=x", "Negotiate"])), ("Upgrade", "h2c"),
        ("Content-Type", draw.choice(["text/html", "application/json; charset=utf-16", "", "\x00"])),
        ("Connection", draw.choice(["close", "upgrade", "keep-alive, close"])), ("Trailer", "Retry-After"),
        ("X-Text", draw.choice(TEXTS)), ("Proxy-Authenticate", "Basic realm=x"), ("", "no name"),
        ("X-Rate-Limit-Reset", draw.choice(BIG)), ("Alt-Svc", 'h3="example.test:443"')])
    kind = draw.randrange(4)
    if kind == 0 and headers:
        headers = headers[1:]
    elif kind == 1:
        headers = headers * 2
    elif kind == 2:
        headers = headers + [("X-Many", str(number)) for number in range(draw.choice([50, 400]))]
    return headers + [extra]


def error_of(draw, secrets):
    """An error as a gateway writes it, which repeats what it was sent."""
    told = draw.choice([f"request was: {secrets}", draw.choice(TEXTS) + secrets, "x" * 300 + secrets])
    page = draw.choice([
        json.dumps({"errors": [{"id": "1", "status": "500", "code": "X", "title": told, "detail": told}]}),
        json.dumps({"error": told, "error_description": told}), f"<html><pre>{told}</pre></html>", told,
        json.dumps({"data": [], "links": {"next": told}}), json.dumps({"errors": told})])
    status = draw.choice([200, 400, 401, 403, 404, 407, 418, 429, 500, 502, 503])
    reason = draw.choice(["Error", secrets[:200]])
    return Answer(status, reason, [("X-Echo", secrets[:2000])], page.encode("utf-8", "surrogatepass"))


def change(answer, draw, secrets):
    """One answer, changed in one to three ways; its status line where that is no longer made of its parts."""
    line = None
    for _ in range(draw.choice([1, 1, 1, 2, 3])):
        kind = draw.choices(range(7), [30, 12, 15, 14, 4, 8, 10])[0]
        if kind == 0:
            answer = answer._replace(body=change_json(answer.body, draw))
        elif kind == 1:
            answer = answer._replace(body=change_bytes(answer.body, draw))
        elif kind == 2:
            answer = answer._replace(headers=change_headers(answer.headers, draw))
        elif kind == 3:
            answer = answer._replace(status=draw.choice(STATUSES))
        elif kind == 4:
            line = draw.choice(BAD_STATUS_LINES)
        elif kind == 5:
            answer = answer._replace(body=draw.choice(BODIES))
        else:
            # Changed further, its text could become a device's.
            return error_of(draw, secrets), line
    return answer, line

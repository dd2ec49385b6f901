"""How an answer goes over the wire: whole, or in a way that no client should stumble over."""
from odd import BIG

CLOSE, RESET, KEEP = "close", "reset", "keep"


def head(answer, line, framing):
    usual = f"HTTP/1.1 {answer.status} {answer.reason}".encode("utf-8", "surrogatepass")
    lines = [usual if line is None else line]
    for name, value in [*answer.headers, *framing]:
        lines.append(f"{name}: {value}".encode("utf-8", "surrogatepass"))
    return b"\r\n".join(lines) + b"\r\n\r\n"


def whole(answer, line=None):
    return head(answer, line, [("Content-Length", len(answer.body))]) + answer.body


def odd(answer, line, draw):
    """Bytes, and what becomes of the connection after them."""
    body, kind = answer.body, draw.randrange(12)
    if kind == 0:
        chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        return head(answer, line, [("Transfer-Encoding", "chunked")]) + chunked, KEEP
    if kind == 1:
        size = draw.choice([b"-1", b"FFFFFFFFFFFFFFFF", b"10000000000000000", b"zz", b"", b"7fffffffffffffff"])
        return head(answer, line, [("Transfer-Encoding", "chunked")]) + size + b"\r\n" + body, CLOSE
    if kind == 2:
        return head(answer, line, [("Content-Length", draw.choice(BIG))]) + body, CLOSE
    if kind == 3:
        return head(answer, line, [("Content-Length", len(body) + draw.choice([1, 100, 1 << 40]))]) + body, CLOSE
    if kind == 4:
        return head(answer, line, [("Content-Length", max(0, len(body) - draw.choice([1, 5, 100])))]) + body, CLOSE
    if kind == 5:
        return head(answer, line, [("Content-Length", len(body)), ("Content-Length", len(body) + 1)]) + body, CLOSE
    if kind == 6:
        return head(answer, line, [("Content-Length", len(body)), ("Transfer-Encoding", "chunked")]) + body, CLOSE
    if kind == 7:
        return head(answer, line, []) + body, CLOSE
    if kind == 8:
        return b"", draw.choice([CLOSE, RESET])
    data = whole(answer, line)
    if kind == 9:
        return data[:draw.randrange(len(data))], draw.choice([CLOSE, RESET])
    if kind == 10:
        return data.replace(b"\r\n", b"\n"), CLOSE
    more = draw.choice([b"more", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", b"\r\n\r\n"])
    return data + more, draw.choice([CLOSE, KEEP])

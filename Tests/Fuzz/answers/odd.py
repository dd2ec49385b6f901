"""Values and bytes that break careless readers."""

BIG = ["9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616",
       "-9223372036854775809", "1e308", "1e400", "-1", "0", "0.5", "2147483648", "99999999999999999999999999", "00012",
       "0x10", "NaN", "inf", "-inf"]

DATES = ["Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 99999999999999999999 Nov 1994 08:49:37 GMT",
         "Sun, 06 Nov 9223372036854775807 08:49:37 GMT", "Sun, 06 Nov 1994 9223372036854775807:49:37 GMT",
         "Sun, 31 Feb 2026 00:00:00 GMT", "Sun, 06 Nov -1 08:49:37 GMT", "Thu, 01 Jan 292277026597 00:00:00 GMT",
         "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 99:99:99 GMT", "tomorrow", ""]

WAITS = ["0", "1", "-1", "0.1", "1e1000", "", " 1", "1, 1", "1;2", *BIG, *DATES]

TEXTS = ["", " ", "\x00", "a\x00b", "\ud800", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07",
         "\x1b]8;;http://example.test\x07link", "line\nerror: forged", "back\rover", "\u202eexe.txt",
         "\u2066bidi\u2069", "\u200f", "\ufeff", "%s%n%x", "'; DROP TABLE x;--", "../../etc/passwd", "A" * 5000,
         "\U0010ffff", "\x7f", "\x85", "\u2028", "NULL", "{}", "[]", "=1+1", "\\", "\"", "🧪" * 50]

LINKS = ["http://example.test/v1/orgDevices", "https://api-business.apple.com@example.test/v1/x",
         "//example.test/v1/orgDevices", "/v1/orgDevices?cursor=x", "file:///etc/passwd",
         "http://127.0.0.2:9/v1/orgDevices", "\\\\example.test\\v1", "?cursor=1", "http://[::1]:9/v1/orgDevices",
         "gopher://example.test", "http://", "http://127.0.0.1:1/v1/../../x", "javascript:1"]

STATUSES = [100, 101, 102, 103, 200, 201, 202, 204, 205, 206, 226, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402,
            403, 404, 405, 406, 407, 408, 409, 410, 412, 413, 414, 415, 416, 418, 421, 422, 425, 426, 428, 429, 431,
            451, 499, 500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 599]

BAD_STATUS_LINES = [b"", b"HTTP/1.1", b"HTTP/1.1 ", b"HTTP/1.1 2", b"HTTP/1.1 2OO OK", b"HTTP/1.1 99999 X",
                    b"HTTP/1.1 -200 OK", b"HTTP/1.1 18446744073709551816 OK", b"HTTP/9.9 200 OK", b"HTTP/0.9 200 OK",
                    b"HTTP/2.0 200 OK", b"HTTP/1.0 200 OK", b"ICY 200 OK", b"http/1.1 200 ok", b"\x00\x01\x02",
                    b"SSH-2.0-OpenSSH_9.9", b"\r\n\r\nHTTP/1.1 200 OK", b"HTTP/1.1 000 Zero",
                    b"HTTP/1.1 200 \x1b[2Jgone", b"HTTP/1.1 200 " + b"r" * 20000, b"HTTP/1.1\t200\tOK"]

BODIES = [b"", b"null", b"[]", b"{}", b"5", b'"text"', b"{", b'{"data":', b'{"data":null}', b'{"data":5}',
          b'{"data":[null]}', b'{"data":{}}', b'{"data":[{}]}', b'{"data":[],"links":5}', b'{"data":[],"meta":[]}',
          b'{"errors":[]}', b'{"errors":null}', b"<html><body><h1>502 Bad Gateway</h1></body></html>",
          b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b"[" * 3000, b'{"a":' * 3000, b"\x1f\x8b\x08\x00garbage",
          b"\x00" * 100, b"OK", b'{"data":[]}{"data":[]}', b"NaN", b"<?xml version='1.0'?><data/>"]

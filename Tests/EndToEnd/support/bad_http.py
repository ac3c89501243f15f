"""Streams that are no HTTP/1.1, or more of it than is carried, by what each is answered with. Each ends its connection.

Source: RELIABILITY §3.14; the classes are those of the field's test suites (request smuggling, framing, malformed heads).
"""

from .wire import chunked, get, post

# Stands in the streams, and must not stand in any answer.
CANARY = "canary7f3a"

# Behind a request that is refused this must not be read as another one.
SMUGGLED = get("/health/ready")

CONTROLS = [chr(byte) for byte in [*range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F]]

REQUEST_LINES = [
    f"GET /{CANARY}", "GET", f" GET /{CANARY} HTTP/1.1", f"GET  /{CANARY} HTTP/1.1", f"GET /{CANARY}  HTTP/1.1",
    f"GET\t/{CANARY} HTTP/1.1", f"GET /{CANARY}\tHTTP/1.1", f"GET /{CANARY} HTTP/1.1 ", f"GET /{CANARY} http/1.1",
    "GET / HTTP/11", "GET / HTTP/1.11", "GET / HTTP/1", "GET / HTTP/1.", "GET / HTTP/.1", "GET / HTTP 1.1", "GET / HTTP/1,1",
    "GET / HTTPS/1.1", "GET / HTTP/x.1", "GET / HTTP/1.1 HTTP/1.1", "GET HTTP/1.1", f"/{CANARY} HTTP/1.1",
    f"G({CANARY}) / HTTP/1.1", "GET,POST / HTTP/1.1", "G\xc9T / HTTP/1.1", '"GET" / HTTP/1.1', "GET: / HTTP/1.1",
    "GET/ HTTP/1.1", f"SSH-2.0-{CANARY}", f"EHLO {CANARY}", "HTTP/1.1 200 OK", f"Host: {CANARY}", "GET / RTSP/1.0",
]  # fmt: skip

TARGETS = [
    f"/{CANARY}#fragment", "/a#", "#", f"/{CANARY}\xe9", f"/{CANARY}\xff", f'/"{CANARY}"', f"/<{CANARY}>", f"/{CANARY}\\", "\\",
    "/%", f"/{CANARY}%2", "/%zz", "/%2g", "/%%20", "/?%", CANARY, "health/live", "*", "a:80", "http://", "http:///", "http:/a/",
    "http://a b/", f"http://user@{CANARY}/", "http://a:99999/", "http://[::1/", "http://[x]/", "ftp://a/", "file:///etc/passwd",
    "?a=b", ".", "../", "http://a\\b/",
]  # fmt: skip

HOSTS = [
    "", f"Host: {CANARY}\r\nHost: {CANARY}\r\n", f"Host: a\r\nhost: {CANARY}\r\n", "Host:\r\n", "Host: \t\r\n",
    f"Host: {CANARY} b\r\n", f"Host: {CANARY}/\r\n", f"Host: u@{CANARY}\r\n", f"Host: {CANARY},b\r\n", "Host: a:x\r\n",
    "Host: a:65536\r\n", "Host: a:-1\r\n", "Host: a:1:2\r\n", "Host: :80\r\n", "Host: [::1\r\n", "Host: ::1\r\n",
    "Host: [x]\r\n", "Host: [::1]x\r\n", "Host: \xe9\r\n", "Host: a?b\r\n", "Host: a#b\r\n", "Host: a%20b\r\n",
    "Host: http://a\r\n", "Host: a\\b\r\n", "X-Host: a\r\n",
]  # fmt: skip

FIELDS = [
    f"{CANARY} : y", f"{CANARY}\t: y", f" X: {CANARY}", f"\tX: {CANARY}", f"X: y\r\n {CANARY}", f"X: y\r\n\t{CANARY}",
    f"X: y\r\n \r\nZ: {CANARY}", ": y", ":", CANARY, f"{CANARY} y", "=", f"\xdc{CANARY}: y", "X\xa0: y", f"[{CANARY}]: y",
    f"X Y: {CANARY}", f"({CANARY}): y", f"X/Y: {CANARY}", f'"X": {CANARY}', f"X@Y: {CANARY}", f"X{{}}: {CANARY}",
    f"X,Y: {CANARY}", f"X;Y: {CANARY}", "GET / HTTP/1.1", "Content-Length : 0", "Transfer-Encoding : chunked", "Host : b",
    "Content-Length\xa0: 0", "\xef\xbb\xbfX: y",
]  # fmt: skip

REPEATED = ["Authorization", "Content-Type", "Origin", "Idempotency-Key", "X-API-Key", "Sec-WebSocket-Key", "Sec-WebSocket-Version"]

LENGTHS = [
    "", " ", "+0", "-0", "-1", "00", "01", "0x0", "0x10", "1e1", "5.0", "5 5", "5,5", "5, 5", "5;", '"5"', "five", CANARY,
    "5\t5", "0,0", "9223372036854775808", "18446744073709551616", "99999999999999999999999999", "\xb2", "5\xa0", "1_0",
]  # fmt: skip

CODINGS = [
    "", "identity", "gzip", "deflate", "compress", "br", "gzip, chunked", "chunked, gzip", "chunked, chunked", "chunked,",
    ",chunked", "chunked;q=1", "chunked;", '"chunked"', "xchunked", "chunkedx", "x chunked", "chunked x", "chunk",
    "identity, chunked", "chunked, identity", "'chunked'", "ch\xfcnked", "trailers", CANARY,
]  # fmt: skip

CHUNKS = [
    b"\r\n", b"g\r\n", b" 5\r\nhello\r\n", b"5 \r\nhello\r\n", b"+5\r\nhello\r\n", b"-5\r\n", b"0x5\r\nhello\r\n", b"5h\r\n",
    b";x\r\n", b"5;\r\nhello\r\n", b"5 ;x\r\n", b"5; x\r\n", b"5;x =y\r\n", b"5;x= y\r\n", b"5;x=\r\n", b"5;=y\r\n",
    b'5;x="y\r\n', b'5;x="y"z\r\n', b"5;(\r\n", b"5;x;\r\n", b"5,\r\n", b"5\nhello\r\n", b"5\rhello\r\n", b"5\r\r\nhello",
    b"5;x\nhello", b"5;x\rhello", b"5\r\nhello\n", b"5\r\nhello!\r\n", b"5\r\nhello0\r\n", b"5\r\nhelloXX0\r\n\r\n",
    b"5\r\nhello\n\r", b"5\0\r\nhello", b"5\t\r\nhello", b"5.0\r\n", "\uff15\r\n".encode(), b"8000000000000000\r\n",
    b"10000000000000000\r\n", b"ffffffffffffffff\r\n", b"fffffffffffffffffffff\r\n", b"5;" + b"x" * 300 + b"\r\n",
    b"0" * 300 + b"\r\n", b"1\r\na\r\ng\r\n", b"5\r\nhello\r\n\r\n", b"0\n\n", b"0\r\n\n", b"0;\n\r\n", b"5;x=\xe9\r\n",
    (b"1;" + b"x" * 200 + b"\r\na\r\n") * 100,
]  # fmt: skip

TRAILERS = [
    b"X : y", b" X: y", b"X", b": y", b"X: y\r\n folded", b"X(: y", b"X: \x01", b"X: \0", b"X: y\nZ: z", b"X: y\rZ: z",
    b"X: " + b"y" * 5_000, b"X: y\r\n" * 700, b"\xc4: y", b"Content-Length: 5", b"Transfer-Encoding: chunked", b"Host: b",
]  # fmt: skip

# What a front end that reads only one of the two would take for the next request.
AMBIGUOUS = [
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 5\r\nTransfer-Encoding: identity\r\n",
    "Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n", "Content-Length: 5\r\nTransfer-Encoding:\r\n",
    "transfer-encoding: CHUNKED\r\ncontent-length: 5\r\n",
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n",
    "Content-Length: 6\r\nContent-Length: 5\r\n", "Content-Length: 5\r\ncontent-length: 5\r\n",
    "Content-Length: 5\r\nX: y\r\nContent-Length: 0\r\n", "Content-Length: 5\r\nTransfer-Encoding: gzip, chunked\r\n",
]  # fmt: skip

EXPECTATIONS = ["", "100-continued", "200-ok", "100-continue, x", '"100-continue"', "100", CANARY]


def _tail(stream: bytes) -> bytes:
    """The stream, and a request behind it."""
    return stream + SMUGGLED


def _line_ends() -> list[bytes]:
    good = get(fields=f"X: {CANARY}\r\n")
    return [
        *(good.replace(b"\r\n", end) for end in (b"\n", b"\r", b"\n\r", b"\r\r\n")),
        *(good.replace(b"\r\n", end, 1) for end in (b"\n", b"\r", b"\r\r\n")),
        *(good.replace(b"a\r\n", end) for end in (b"a\n", b"a\r")),
        *(good.replace(b"\r\n\r\n", end) for end in (b"\r\n\n", b"\n\r\n")),
        *(end + good for end in (b"\n", b"\r")),
        *(get(fields=f"X: y{end}Transfer-Encoding: chunked\r\n") for end in "\n\r"),
    ]


def _controls() -> list[bytes]:
    """Every control character but the blanks and line ends, in every part of a head."""
    places = ["G{}ET / HTTP/1.1", "GET /{} HTTP/1.1", "GET / HTTP/1.1{}", *(f"GET / HTTP/1.1\r\n{x}" for x in ("X{}: y", "X: {}y", "X: y{}"))]
    return [f"{place.format(control)}\r\nHost: a\r\n\r\n".encode("latin-1") for place in places for control in CONTROLS]


def _head_of(size: int) -> bytes:
    """A request whose head has so many bytes."""
    return get(fields="X: " + "y" * (size - len(get(fields="X: \r\n"))) + "\r\n")


def _login(size: int) -> bytes:
    """A body of so many bytes."""
    return b'{"username":"' + b"a" * (size - 32) + b'","password":"p"}'


def _coded(*codings: str) -> list[bytes]:
    return [post(b"0\r\n\r\n", "".join(f"Transfer-Encoding: {coding}\r\n" for coding in group.split("|"))) for group in codings]


EMPTY_LINES = [start + get() for start in (b"\r\n\r\n", b"\r\n\r\n\r\n", b" \r\n", b"\t\r\n")]

FIRST_FIELDS = [f"GET / HTTP/1.1\r\n{field}\r\n\r\n".encode() for field in (" Host: a", "\tHost: a", "Host : a", "Host\t: a", "Host")]

METHODS = [get("a:443", method="CONNECT"), get("/", method="CONNECT"), get("/", method="A" * 33), get("/", method="A" * 9_000)]

VERSIONS = [*(get(version=f"HTTP/{number}") for number in "2.0 2.1 3.0 0.9 1.2 1.9 9.9 0.0".split()), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]

LARGE_TARGETS = [get("/" + "a" * 8_192), get("/?" + "a" * 8_300), get("/" + "a" * 16_000), get("/" + "a" * 70_000)]

LARGE_HEADS = [
    _head_of(16_385), _head_of(20_000), _head_of(70_000), get(fields="X: y\r\n" * 4_000), get(fields="a:\r\n" * 100),
    get(fields="".join(f"X{number}: y\r\n" for number in range(100))),
]  # fmt: skip

LARGE_BODIES = [
    post(_login(65_537), "Content-Length: 65537\r\n"),
    post(b"", "Content-Length: 9223372036854775807\r\n"),
    chunked(b"10001\r\n" + _login(65_537) + b"\r\n0\r\n\r\n"),
    chunked(b"7fffffffffffffff\r\n"),
    chunked((b"4000\r\n" + b" " * 16_384 + b"\r\n") * 5),
]

# By status: a name for the class, and its streams.
REFUSED: list[tuple[int, str, list[bytes]]] = [
    (400, "request line", [(line + "\r\nHost: a\r\n\r\n").encode("latin-1") for line in REQUEST_LINES]),
    (400, "empty lines", EMPTY_LINES),
    (400, "target", [get(target) for target in TARGETS]),
    (400, "host", [b"GET / HTTP/1.1\r\n" + host.encode("latin-1") + b"\r\n" for host in HOSTS]),
    (400, "field", [get(fields=field + "\r\n") for field in FIELDS]),
    (400, "first field", FIRST_FIELDS),
    (400, "repeated field", [get(fields=f"{name}: {CANARY}\r\n{name.lower()}: b\r\n") for name in REPEATED]),
    (400, "line ends", _line_ends()),
    (400, "control characters", _controls()),
    (400, "length", [post(b"hello", f"Content-Length: {length}\r\n") for length in LENGTHS]),
    (400, "ambiguous framing", [post(b"0\r\n\r\n", fields) for fields in AMBIGUOUS]),
    (400, "coding in HTTP/1.0", [stream.replace(b"HTTP/1.1", b"HTTP/1.0") for stream in _coded("chunked", "gzip", "identity")]),
    (400, "chunk", [chunked(body + b"0\r\n\r\n") for body in CHUNKS]),
    (400, "trailer", [chunked(b"0\r\n" + trailer + b"\r\n\r\n") for trailer in TRAILERS]),
    (501, "transfer coding", _coded(*CODINGS, "chunked|chunked", "chunked|identity", "identity|chunked", "|chunked")),
    (501, "method", METHODS),
    (505, "version", VERSIONS),
    (417, "expectation", [post(b"hello", f"Content-Length: 5\r\nExpect: {value}\r\n") for value in EXPECTATIONS]),
    (414, "size of a target", LARGE_TARGETS),
    (431, "size of a head", LARGE_HEADS),
    (413, "size of a body", LARGE_BODIES),
]

# A name, the status, and the stream with a request behind it.
ROWS = [
    (f"{kind} {number}", status, stream + SMUGGLED) for status, kind, streams in REFUSED for number, stream in enumerate(streams)
]

"""Requests that are unusual, and those that are refused without harm to the connection: another one may follow."""

from .wire import chunked, get, post

_WRONG = b'{"username":"nobody-here","password":"not it"}'


WEIGHTS = [
    "", ";", ";;", ",", ",;,", "; ;", ";q=", ";q=1", "gzip;", "gzip;q", "gzip;q=", "gzip;q=2", "gzip;q=-1", "gzip;q=1.0001", "gzip;q=\xe9",
    "gzip; q=0.5;", "*", "*;q=0", "identity;q=0", "gzip;;q=1", "q=1", "=", "gzip" + ";x=y" * 300, ",".join(["gzip;q=0.1"] * 500), "\xff\xfe",
    '"gzip"', "gzip;q=NaN", "gzip;q=1e9",
]  # fmt: skip

# A name, the status, the stream.
ROWS: list[tuple[str, int, bytes]] = [
    ("one empty line before", 200, b"\r\n" + get()),
    ("names in any case", 200, get(fields="hOsT: a\r\nCONNECTION: Keep-Alive\r\n")),
    ("blanks around values", 200, get(fields="Host:\t a \t\r\nX:y\r\nY:\t\r\n")),
    ("values that are not ASCII", 200, get(fields=b"X: \x80\xff\xc3\xa9\r\n")),
    ("a tab in a value", 200, get(fields="X: a\tb\r\n")),
    ("every character of a name", 200, get(fields="!#$%&'*+-.^_`|~09azAZ: y\r\n")),
    ("99 fields more", 200, get(fields="X: y\r\n" * 99)),
    ("a head of 16,384 bytes", 200, get(fields="X: " + "y" * (16_384 - len(get(fields="X: \r\n"))) + "\r\n")),
    ("a target of 8,192 bytes", 404, get("/" + "a" * 8_191)),
    ("a query of 8,000 bytes", 200, get("/health/live?" + "a" * 8_000)), ("a port in Host", 200, get(fields="Host: a:\r\n")),
    ("an IPv6 host", 200, get(fields="Host: [::1]:8080\r\n")),
    ("an absolute target", 200, get("http://other.example/health/live")),
    ("an absolute target in capitals", 200, get("HTTP://A:80/health/live")),
    ("an absolute target without a path", 200, get("http://a")), ("an escaped path", 200, get("/health/%6C%69ve")),
    ("an escaped slash is no slash", 404, get("/health%2Flive")), ("a doubled slash", 404, get("//health/live")),
    ("brackets in a path", 404, get("//[")), ("a slash at the end", 404, get("/health/live/")),
    ("dots in a path", 404, get("/health/../health/live")), ("escaped dots", 404, get("/health/%2e%2e/health/live")),
    ("out of the folder", 404, get("/../../../../etc/passwd")),
    ("out of the folder, escaped", 404, get("/%2e%2e/%2e%2e/etc/passwd")),
    ("out of the assets", 404, get("/assets/../../Package.swift")),
    ("out of the assets, escaped", 404, get("/assets/..%2f..%2fPackage.swift")),
    ("a NUL in a path", 404, get("/health/live%00")), ("a line break in a path", 404, get("/health/live%0d%0aX:%20y")),
    ("no UTF-8 in a path", 404, get("/health/%ff%fe")), ("a path in capitals", 404, get("/HEALTH/live")),
    ("two thousand segments", 404, get("/a" * 2_000)), ("HEAD", 200, get(method="HEAD")),
    ("OPTIONS of the server", 204, get("*", method="OPTIONS")), ("OPTIONS of a path", 204, get(method="OPTIONS")),
    ("a method that is not there", 405, get(method="DELETE")), ("a method that nobody has", 501, get(method="BREW")),
    ("a method in small letters", 501, get(method="get")), ("an empty body", 200, get(fields="Content-Length: 0\r\n")),
    ("a body that nobody asked for", 200, get(fields="Content-Length: 5\r\n", body=b"hello")),
    ("a chunked body that nobody asked for", 200, get(fields="Transfer-Encoding: chunked\r\n", body=b"5\r\nhello\r\n0\r\n\r\n")),
    ("chunks", 401, chunked(b"1\r\n{\r\n2D\r\n" + _WRONG[1:] + b"\r\n0\r\n\r\n")),
    ("chunks of one byte", 401, chunked(b"".join(b"1\r\n%c\r\n" % byte for byte in _WRONG) + b"0\r\n\r\n")),
    ("chunk sizes with zeros", 401, chunked(b"00000000000000002e;a=b;c=\"d\\\"e\"\r\n" + _WRONG + b"\r\n000;x\r\n\r\n")),
    ("a trailer", 401, chunked(b"2e\r\n" + _WRONG + b"\r\n0\r\nX-Sum: 1\r\nY:\r\n\r\n")),
    ("coding in capitals", 401, post(b"2e\r\n" + _WRONG + b"\r\n0\r\n\r\n", "Transfer-Encoding: CHUNKED\r\n")),
    ("65,536 bytes of body", 400, post(b" " * 65_536, "Content-Length: 65536\r\n")),
    ("fields that may be repeated", 200, get(fields="Accept: a\r\nAccept: b\r\nCookie: a\r\nCookie: b\r\n")),
    ("strange options of the connection", 200, get(fields="Connection: ,,keep-alive , x,, closed\r\n")),
    ("an upgrade to nowhere", 200, get(fields="Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n")),
    ("a range", 200, get(fields="Range: bytes=0-0,999999999999999999999-\r\n")),
    ("forwarding that nobody trusts", 200, get(fields="X-Forwarded-For: 1.2.3.4\r\nForwarded: for=x\r\nX-Real-IP: y\r\n")),
    ("a trace that is none", 200, get(fields="traceparent: 00-zz\r\ntracestate: ,,=\r\n")),
    ("two traces", 200, get(fields=f"traceparent: 00-{'1' * 32}-{'2' * 16}-01\r\n" * 2)),
    ("a request id that may not stand in a log", 200, get(fields='X-Request-ID: "a b"\r\n')),
    ("media types that are none", 415, post(_WRONG, f"Content-Length: {len(_WRONG)}\r\nContent-Type: ;\r\n")),
    ("another media type", 415, post(_WRONG, f"Content-Length: {len(_WRONG)}\r\nContent-Type: text/plain\r\n")),
    ("a media type with parameters", 401, post(_WRONG, f"Content-Length: {len(_WRONG)}\r\nContent-Type: Application/JSON ; charset=x\r\n")),
    ("a page", 200, get("/")), ("a page that is known", 200, get("/", 'If-None-Match: ", W/, x"\r\n')),
    ("any page is known", 304, get("/", "If-None-Match: *\r\n")),
]  # fmt: skip

COOKIES = ["", ";", "=", "a", "a=", "=b", "a=b;;c", 'a="', "a=b, c=d", "a=\xff", "$Version=1", "a" * 4_000]

CREDENTIALS = [
    "", "Bearer", "Bearer ", "Bearer  x", "bearer x", "Basic YTpi", "Bearer a.b.c", "Bearer ..", "Bearer \xff", "x" * 5_000,
    "Bearer " + "A" * 9_000, "Bearer e30.e30.e30",
]  # fmt: skip

# Asked without credentials, whatever else is wrong with them.
MEMBERS_ONLY = [
    "/api/v1/users/me", "/api/v1/users/search?username=abc", "/api/v1/conversations", "/api/v1/conversations/%00",
    "/api/v1/conversations/x/messages?limit=x",
]  # fmt: skip

ROWS += [(f"Accept-Encoding {value[:30]!r}", 200, get("/", f"Accept-Encoding: {value}\r\n")) for value in WEIGHTS]
ROWS += [(f"Cookie {value[:30]!r}", 200, get(fields=f"Cookie: {value}\r\n")) for value in COOKIES]
ROWS += [(f"Authorization {value[:30]!r}", 401, get("/api/v1/users/me", f"Authorization: {value}\r\n")) for value in CREDENTIALS]
ROWS += [(f"no Authorization for {path}", 401, get(path)) for path in MEMBERS_ONLY]

# Requests that end their connection although nothing is wrong with them, with their status.
LAST = [
    ("a client that closes", 200, get(fields="Connection: close\r\n")),
    ("a client that closes, among other options", 200, get(fields="Connection: x, CLOSE ,y\r\nConnection: keep-alive\r\n")),
    ("HTTP/1.0", 200, get(version="HTTP/1.0")),
    ("HTTP/1.0 without a host", 200, b"GET /health/live HTTP/1.0\r\n\r\n"),
    ("HTTP/1.0 with an expectation", 200, get(version="HTTP/1.0", fields="Expect: x\r\n")),
    ("a body for a path that is not there", 404, post(b"hello", "Content-Length: 5\r\n", "/nowhere")),
    ("a body for a method that is not there", 405, get(method="PUT", fields="Content-Length: 5\r\n", body=b"hello")),
]  # fmt: skip

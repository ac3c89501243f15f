"""A TCP connection over which a test says exactly the bytes it wants, and reads exactly what comes back."""

import socket
import time
from dataclasses import dataclass

# How long anything may take to come. Only a broken service lets a test wait so long.
PATIENCE = 15


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    raw: bytes

    @property
    def closes(self) -> bool:
        return "close" in self.headers.get("connection", "").lower()


class Ended(Exception):
    """The service closed the connection."""


class Wire:
    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data: bytes, chop: int = 0, pause: float = 0):
        """Sends all of it, in pieces of `chop` bytes if that is said. A service that has closed meanwhile is no error."""
        try:
            for start in range(0, len(data), chop or len(data) or 1):
                self.socket.sendall(data[start : start + chop] if chop else data)
                time.sleep(pause)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def finish_sending(self):
        self.socket.shutdown(socket.SHUT_WR)

    def _more(self):
        try:
            piece = self.socket.recv(1 << 20)
        except ConnectionResetError:
            piece = b""
        if not piece:
            raise Ended
        self.buffer += piece

    def take(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self._more()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def take_until(self, end: bytes) -> bytes:
        while end not in self.buffer:
            self._more()
        return self.take(self.buffer.index(end) + len(end))

    def answer(self, to: str = "GET") -> Answer:
        """The next response, of whatever status."""
        head = self.take_until(b"\r\n\r\n")
        status_line, *lines = head[:-4].split(b"\r\n")
        version, status, _ = status_line.split(b" ", 2)
        assert version == b"HTTP/1.1", head
        headers = {}
        for line in lines:
            name, value = line.decode().split(": ", 1)
            headers[name.lower()] = value
        body = b""
        if to != "HEAD" and int(status) >= 200 and int(status) not in (204, 304):
            if headers.get("transfer-encoding") == "chunked":
                while size := int(self.take_until(b"\r\n"), 16):
                    body += self.take(size + 2)[:-2]
                self.take(2)
            else:
                body = self.take(int(headers["content-length"]))
        return Answer(int(status), headers, body, head + body)

    def ends(self, seconds: float = PATIENCE) -> bytes:
        """Waits for the service to close, and returns what it said until then."""
        self.socket.settimeout(seconds)
        try:
            while True:
                self._more()
        except Ended:
            rest, self.buffer = self.buffer, b""
            return rest


def get(path: str = "/health/live", fields: str | bytes = "", method: str = "GET", version: str = "HTTP/1.1", body: bytes = b"") -> bytes:
    """A request that is in order, but for what its parts bring in."""
    if isinstance(fields, str):
        fields = fields.encode("latin-1")
    host = b"" if fields.lower().startswith(b"host:") else b"Host: a\r\n"
    return f"{method} {path} {version}\r\n".encode("latin-1") + host + fields + b"\r\n" + body


def post(body: bytes, fields: str, path: str = "/api/v1/auth/login") -> bytes:
    return get(path, fields, method="POST", body=body)


def chunked(body: bytes) -> bytes:
    return post(body, "Transfer-Encoding: chunked\r\n")

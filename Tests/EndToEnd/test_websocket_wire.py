"""WebSockets frame by frame over real sockets: the classes of the Autobahn suite, the limits, and the opening handshake."""

import base64
import hashlib
import json

import pytest

from support import frame_cases
from support.frames import BINARY, CONTINUATION, PING, PONG, TEXT, FrameWire, fragments, frame, goodbye, handshake
from support.wire import Wire, get


@pytest.fixture
def echo(service, neighbour):
    with FrameWire(service.port) as wire:
        assert wire.upgrade.status == 101
        yield wire
    neighbour.is_fine()


@pytest.fixture
def socket(service, neighbour, ada):
    """A device's socket, as the product has it."""
    with FrameWire(service.port, "/ws", f"Authorization: Bearer {ada.tokens['access']}\r\n") as wire:
        assert json.loads(wire.next()[1])["type"] == "ready"
        yield wire
    neighbour.is_fine()


# Frames


@pytest.mark.parametrize("row", frame_cases.ROWS, ids=[row.name for row in frame_cases.ROWS])
def test_frames_are_answered_by_the_book(echo, row):
    echo.send(row.stream)
    for expected in row.answers:
        assert echo.next() == expected
    if row.code is None:
        assert echo.is_open()
    else:
        assert echo.said_goodbye() == row.code


SHORT_ROWS = [row for row in frame_cases.ROWS if len(row.stream) < 2_000][::7]


@pytest.mark.parametrize("row", SHORT_ROWS, ids=[row.name for row in SHORT_ROWS])
def test_frames_mean_the_same_byte_by_byte(echo, row):
    echo.send(row.stream, chop=1)
    for expected in row.answers:
        assert echo.next() == expected
    if row.code is None:
        assert echo.is_open()
    else:
        assert echo.said_goodbye() == row.code


@pytest.mark.parametrize("size", [16 << 10, 256 << 10, 4 << 20])
def test_large_messages_in_any_pieces(echo, size):
    payload = bytes(range(256)) * (size // 256)
    for stream in (frame(BINARY, payload), fragments(BINARY, payload, size // 16)):
        for chop in (0, 1_460, 65_536):
            echo.send(stream, chop=chop)
            assert echo.next() == (BINARY, payload)


def test_messages_keep_their_order(echo):
    texts = [b"%d" % number * (number % 300) for number in range(1_000)]
    echo.send(b"".join(frame(TEXT, text) for text in texts))
    assert [echo.next() for _ in texts] == [(TEXT, text) for text in texts]


@pytest.mark.parametrize("mask", [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x00\xff\x00\xff", b"\x01\x02\x03\x04"])
def test_every_mask_is_taken_off(echo, mask):
    for size in (1, 3, 4, 5, 31, 32, 33, 1_000):
        payload = bytes(number & 0xFF for number in range(size))
        echo.send(frame(BINARY, payload, mask=mask))
        assert echo.next() == (BINARY, payload)


def test_who_hangs_up_without_goodbye_is_let_go(service, neighbour):
    for start in (b"", b"\x81", frame(TEXT, b"hello")[:5], frame(TEXT, b"a", final=False)):
        with FrameWire(service.port) as wire:
            wire.send(start)
            wire.finish_sending()
            assert wire.ends() == b""
    neighbour.is_fine()


def test_what_stands_behind_the_handshake_is_heard(service, neighbour):
    with FrameWire(service.port, first=frame(TEXT, b"early") + frame(PING, b"bird")) as wire:
        assert wire.upgrade.status == 101
        assert wire.next() == (TEXT, b"early")
        assert wire.next() == (PONG, b"bird")


# Limits of the product's socket


LIMITS = [
    ("a message of 65,537 bytes", frame(TEXT, b" " * 65_537), 1009),
    ("a message that says it is larger", frame(TEXT, length=65_537), 1009),
    ("a message that grows beyond", frame(TEXT, b" " * 60_000, final=False) + frame(CONTINUATION, b" " * 5_537), 1009),
    ("1,025 fragments", frame(TEXT, b" ", final=False) + frame(CONTINUATION, b" ", final=False) * 1_024, 1009),
    ("1,025 empty fragments", frame(TEXT, final=False) + frame(CONTINUATION, final=False) * 1_024, 1009),
    ("a hundred pings at once", frame(PING) * 100, 1008),
    ("binary", frame(BINARY, b"{}"), 1003),
    ("empty binary", frame(BINARY), 1003),
    ("no JSON", frame(TEXT, b"hello"), 4003),
    ("an empty text", frame(TEXT), 4003),
    ("a list", frame(TEXT, b"[]"), 4003),
    ("33 levels", frame(TEXT, b'{"type":"ping","data":' + b"[" * 32 + b"]" * 32 + b"}"), 4003),
    ("a name that stands twice", frame(TEXT, b'{"type":"ping","type":"ping"}'), 4003),
    ("half a surrogate", frame(TEXT, b'{"type":"\\ud800"}'), 4003),
    ("a compressed message", frame(TEXT, b"\x00", reserved=4), 1002),
]


@pytest.mark.parametrize(("stream", "code"), [row[1:] for row in LIMITS], ids=[row[0] for row in LIMITS])
def test_beyond_its_limits_the_socket_is_closed(socket, stream, code):
    socket.send(stream)
    while isinstance(found := socket.next(), tuple):
        assert found[0] == PONG, found
    assert found.code == code
    socket.send(goodbye(code))
    assert socket.ends() == b""


def test_up_to_its_limits_the_socket_serves(socket):
    ping = b'{"type":"ping"}'
    socket.send(frame(TEXT, ping + b" " * (65_536 - len(ping))))
    socket.send(frame(TEXT, ping, final=False) + frame(CONTINUATION, final=False) * 1_022 + frame(CONTINUATION))
    socket.send(frame(PING) * 5)
    found = [socket.next() for _ in range(7)]
    assert [json.loads(payload)["type"] for opcode, payload in found if opcode == TEXT] == ["pong", "pong"]
    assert [payload for opcode, payload in found if opcode == PONG] == [b""] * 5


# The opening handshake


KEY = "dGhlIHNhbXBsZSBub25jZQ=="
FIELDS = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": KEY}


def asking(path: str = "/__echo", method: str = "GET", version: str = "HTTP/1.1", body: bytes = b"", **changed: str | None) -> bytes:
    """A handshake with some fields changed, added, or left out."""
    fields = FIELDS | {name.replace("_", "-"): value for name, value in changed.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return get(path, lines, method, version, body)


REFUSED_HANDSHAKES = [
    ("no Upgrade", 426, asking(Upgrade=None)),
    ("another Upgrade", 426, asking(Upgrade="h2c")),
    ("nearly websocket", 426, asking(Upgrade="websockets")),
    ("no Connection", 426, asking(Connection=None)),
    ("a Connection without upgrade", 426, asking(Connection="keep-alive")),
    ("nearly upgrade", 426, asking(Connection="upgrades")),
    ("no version", 426, asking(Sec_WebSocket_Version=None)),
    ("version 8", 426, asking(Sec_WebSocket_Version="8")),
    ("version 013", 426, asking(Sec_WebSocket_Version="013")),
    ("versions 13, 8", 426, asking(Sec_WebSocket_Version="13, 8")),
    ("no key", 400, asking(Sec_WebSocket_Key=None)),
    ("an empty key", 400, asking(Sec_WebSocket_Key="")),
    ("a key of 15 bytes", 400, asking(Sec_WebSocket_Key=base64.b64encode(b"x" * 15).decode())),
    ("a key of 17 bytes", 400, asking(Sec_WebSocket_Key=base64.b64encode(b"x" * 17).decode())),
    ("a key that is no base64", 400, asking(Sec_WebSocket_Key="!" * 22 + "==")),
    ("a key without padding", 400, asking(Sec_WebSocket_Key=KEY.rstrip("="))),
    ("a key with bits too many", 400, asking(Sec_WebSocket_Key="AAAAAAAAAAAAAAAAAAAAAB==")),
    ("a body", 400, asking(body=b"hello", Content_Length="5")),
    ("a chunked body", 400, asking(body=b"0\r\n\r\n", Transfer_Encoding="chunked")),
    ("another path", 404, asking("/nowhere")),
    ("another method", 405, asking(method="POST")),
    ("the page of somebody else", 403, asking("/ws", Origin="https://example.org")),
    ("no page at all", 403, asking("/ws", Origin="null")),
    ("an empty origin", 403, asking("/ws", Origin="")),
    ("a name that begins like this machine's", 403, asking("/ws", Origin="http://localhost.example.org")),
    ("a name that begins like this machine's address", 403, asking("/ws", Origin="http://127.0.0.1.example.org")),
    ("a name that begins with 127", 403, asking("/ws", Origin="https://127.example.org:8080")),
]  # fmt: skip

ACCEPTED_HANDSHAKES = [
    ("as browsers ask", asking("/ws", Origin="http://localhost:3000", Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits")),
    ("in any case", asking(Upgrade="WebSocket", Connection="keep-alive, upgrade")),
    ("among others", asking(Upgrade="h2c, websocket")),
    ("from this machine", asking("/ws", Origin="http://127.0.0.1:5173")),
    ("from this machine by IPv6", asking("/ws", Origin="http://[::1]:5173")),
    ("with an empty body", asking(Content_Length="0")),
    ("with extensions that nobody knows", asking(Sec_WebSocket_Extensions="x; y=z, , foo")),
    ("with a protocol", asking("/ws", Sec_WebSocket_Protocol="chat, parley.v1")),
    ("with protocols that nobody speaks", asking("/ws", Sec_WebSocket_Protocol="chat, superchat")),
]


@pytest.mark.parametrize(("status", "stream"), [row[1:] for row in REFUSED_HANDSHAKES], ids=[row[0] for row in REFUSED_HANDSHAKES])
def test_what_is_no_handshake_is_refused(service, neighbour, status, stream):
    with Wire(service.port) as wire:
        wire.send(stream)
        answer = wire.answer()
        assert answer.status == status, answer.raw
        assert json.loads(answer.body)["error"].keys() == {"code", "message", "details", "request_id"}
        if status == 426:
            assert answer.headers["upgrade"] == "websocket"
            assert answer.headers["sec-websocket-version"] == "13"
        if not answer.closes:
            wire.send(get())
            assert wire.answer().status == 200
        else:
            assert wire.ends() == b""
    neighbour.is_fine()


def test_a_handshake_of_http_1_0_is_refused(service):
    with Wire(service.port) as wire:
        wire.send(asking(version="HTTP/1.0"))
        assert wire.answer().status == 426
        assert wire.ends() == b""


@pytest.mark.parametrize("stream", [row[1] for row in ACCEPTED_HANDSHAKES], ids=[row[0] for row in ACCEPTED_HANDSHAKES])
def test_handshakes_are_accepted_by_the_book(service, neighbour, stream):
    with Wire(service.port) as wire:
        wire.send(stream)
        answer = wire.answer()
        assert answer.status == 101, answer.raw
        digest = hashlib.sha1(KEY.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
        assert answer.headers["sec-websocket-accept"] == base64.b64encode(digest).decode()
        assert answer.headers["upgrade"] == "websocket"
        assert answer.headers["connection"] == "Upgrade"
        assert "sec-websocket-extensions" not in answer.headers, "no compression is offered back"
        assert answer.headers.get("sec-websocket-protocol", "parley.v1") == "parley.v1"
        wire.send(goodbye(1000))
        assert wire.ends().endswith(b"\x88\x02\x03\xe8")
    neighbour.is_fine()


def test_a_handshake_behind_other_requests_is_the_last_of_them(service):
    with Wire(service.port) as wire:
        wire.send(get() + handshake("/__echo") + frame(TEXT, b"hello") + goodbye())
        assert [wire.answer().status for _ in range(2)] == [200, 101]
        assert wire.ends() == b"\x81\x05hello\x88\x00"

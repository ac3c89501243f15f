"""The client's side of a WebSocket, frame by frame: what is sent may be wrong, what comes back is read by wsproto."""

import base64
import os
import struct
from dataclasses import dataclass

from wsproto.frame_protocol import FrameProtocol, Opcode

from .wire import Answer, Ended, Wire, get

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA

NAMES = {Opcode.TEXT: TEXT, Opcode.BINARY: BINARY, Opcode.PING: PING, Opcode.PONG: PONG}


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    final: bool = True,
    reserved: int = 0,
    masked: bool = True,
    length: int | None = None,
    width: int | None = None,
    mask: bytes = b"\x12\x9a\xf0\x03",
) -> bytes:
    """A frame of a client. `length` says another one than the payload has, `width` in how many bytes; `reserved` are three bits."""
    length = len(payload) if length is None else length
    if width is None:
        width = 0 if length < 126 else 2 if length < 65_536 else 8
    head = bytes([final << 7 | reserved << 4 | opcode, masked << 7 | {0: length & 0x7F, 2: 126, 8: 127}[width]])
    head += {0: b"", 2: struct.pack("!H", length & 0xFFFF), 8: struct.pack("!Q", length)}[width]
    if not masked:
        return head + payload
    repeated = mask * (len(payload) // 4 + 1)
    size = len(payload)
    hidden = (int.from_bytes(payload, "big") ^ int.from_bytes(repeated[:size], "big")).to_bytes(size, "big")
    return head + mask + hidden


def fragments(opcode: int, payload: bytes, size: int, between: bytes = b"") -> bytes:
    """A message in frames of `size` bytes, with something between them."""
    pieces = [payload[start : start + size] for start in range(0, len(payload), size)] or [b""]
    return between.join(
        frame(CONTINUATION if number else opcode, piece, final=number == len(pieces) - 1) for number, piece in enumerate(pieces)
    )


def goodbye(code: int | None = None, reason: bytes = b"") -> bytes:
    return frame(CLOSE, b"" if code is None else struct.pack("!H", code) + reason)


@dataclass
class Goodbye:
    code: int


class FrameWire(Wire):
    """A connection that has asked for a WebSocket; `answer` is what it was told."""

    def __init__(self, port: int, path: str = "/__echo", fields: str = "", first: bytes = b""):
        super().__init__(port)
        self.frames = FrameProtocol(client=True, extensions=[])
        self.received = self._receive()
        self.send(handshake(path, fields) + first)
        self.upgrade: Answer = self.answer()

    def next(self) -> tuple[int, bytes] | Goodbye:
        """The next message or control frame. Raises `Ended` at the end of the connection."""
        return next(self.received)

    def _receive(self):
        message = b""
        while True:
            if not self.buffer:
                self._more()
            data, self.buffer = self.buffer, b""
            self.frames.receive_bytes(data)
            for found in self.frames.received_frames():
                if found.opcode is Opcode.CLOSE:
                    yield Goodbye(int(found.payload[0]))
                    continue
                payload = found.payload.encode() if isinstance(found.payload, str) else bytes(found.payload)
                if found.opcode in (Opcode.PING, Opcode.PONG):
                    yield NAMES[found.opcode], payload
                    continue
                message += payload
                if found.message_finished:
                    yield NAMES[found.opcode], message
                    message = b""

    def is_open(self) -> bool:
        """Whether a ping is answered, and nothing comes before."""
        token = os.urandom(8)
        self.send(frame(PING, token))
        return self.next() == (PONG, token)

    def said_goodbye(self) -> int:
        """Waits for the service's goodbye and the end of the connection; the code."""
        last = self.next()
        assert isinstance(last, Goodbye), last
        try:
            more = self.next()
        except Ended:
            return last.code
        raise AssertionError(f"something behind the goodbye: {more}")


def handshake(path: str, fields: str = "") -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return get(path, f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{fields}")

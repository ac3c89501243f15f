"""What other implementations make of a stream, in the words of `parley-fuzz --judge`."""

import hashlib
import json

import h11
from wsproto.extensions import PerMessageDeflate
from wsproto.frame_protocol import CloseReason, FrameProtocol, Opcode, ParseFailed, RsvBits

WORDS = {Opcode.TEXT: "text", Opcode.BINARY: "binary", Opcode.PING: "ping", Opcode.PONG: "pong"}


def summary(data: bytes) -> str:
    return f"{len(data)} {hashlib.sha256(data).hexdigest()[:16]}"


def h11_reads(stream: bytes) -> list[str]:
    """Every request of a connection; each by a new `h11.Connection`, so that none need be answered."""
    lines: list[str] = []
    rest = stream
    while rest:
        connection = h11.Connection(h11.SERVER)
        connection.receive_data(rest)
        rest = b""
        body = b""
        while True:
            try:
                event = connection.next_event()
            except h11.RemoteProtocolError as error:
                return [*lines, f"refused {error.error_status_hint} {error}"]
            if event is h11.NEED_DATA:
                return [*lines, "more"]
            if isinstance(event, h11.Request):
                line = b" ".join([event.method, event.target, b"HTTP/" + event.http_version])
                lines.append("request " + line.decode("latin-1"))
                lines += [f"field {name.decode()}: {value.decode('latin-1')}" for name, value in event.headers]
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                lines.append(f"body {summary(body)}")
                if connection.their_state is h11.MUST_CLOSE:
                    return [*lines, "closes"]
                rest = connection.trailing_data[0]
                break
    return [*lines, "between"]


class Deflate(PerMessageDeflate):
    """wsproto forgets that a message is compressed when a control frame stands between its frames; this one remembers."""

    def frame_inbound_header(self, proto, opcode, rsv, payload_length):
        if not opcode.iscontrol():
            return super().frame_inbound_header(proto, opcode, rsv, payload_length)
        self._inbound_is_compressible = False
        return CloseReason.PROTOCOL_ERROR if rsv.rsv1 else RsvBits(True, False, False)

    def frame_inbound_complete(self, proto, fin):
        return super().frame_inbound_complete(proto, fin) if self._inbound_is_compressible else None


def wsproto_reads(stream: bytes, deflates: bool) -> list[str]:
    """Every message and control frame that a client sent."""
    extensions = []
    if deflates:
        extensions.append(Deflate())
        extensions[0].accept("permessage-deflate; server_no_context_takeover; client_no_context_takeover")
    frames = FrameProtocol(client=False, extensions=extensions)
    lines: list[str] = []
    message = b""
    try:
        frames.receive_bytes(stream)
        for frame in frames.received_frames():
            if frame.opcode is Opcode.CLOSE:
                code, reason = frame.payload
                code = 0 if code == 1005 else code
                return [*lines, f"close {int(code)} {summary((reason or '').encode())}"]
            payload = frame.payload.encode() if isinstance(frame.payload, str) else bytes(frame.payload)
            if frame.opcode in (Opcode.PING, Opcode.PONG):
                lines.append(f"{WORDS[frame.opcode]} {summary(payload)}")
                continue
            message += payload
            if frame.message_finished:
                lines.append(f"{WORDS[frame.opcode]} {summary(message)}")
                message = b""
    except ParseFailed as error:
        return [*lines, f"refused {int(error.code)} {error}"]
    return [*lines, "open"]


class Strict(ValueError):
    pass


def _members(pairs: list[tuple]) -> dict:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Strict("a name stands twice")
    return members


def _no_constant(name: str):
    raise Strict(f"{name} is no number")


def python_json_reads(document: bytes):
    """The value of a JSON document, strict where Python's reader is lenient.

    Raises ValueError (which UnicodeError is as well) or RecursionError.
    """
    return json.loads(document.decode(), object_pairs_hook=_members, parse_constant=_no_constant)

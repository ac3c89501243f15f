"""Streams of frames, what comes back for each, and how it ends. The classes are those of the Autobahn test suite, by its numbers.

Each row: a name; what is sent; the messages and pongs that come back; the code of the service's goodbye, or `None` when the
socket stays open. All are sent to the echo.
"""

from typing import NamedTuple

from . import utf8
from .frames import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, fragments, frame, goodbye


class Row(NamedTuple):
    name: str
    stream: bytes
    answers: list[tuple[int, bytes]]
    code: int | None


HELLO = frame(TEXT, b"hello")
ECHOED = (TEXT, b"hello")
NAMES = {CONTINUATION: "continuation", TEXT: "text", BINARY: "binary", CLOSE: "close", PING: "ping", PONG: "pong"}

SIZES = [0, 1, 125, 126, 127, 128, 65_535, 65_536, 65_537, 1 << 20]


def echoed(name: str, opcode: int, payload: bytes, stream: bytes | None = None) -> Row:
    return Row(name, stream if stream is not None else frame(opcode, payload), [(opcode, payload)], None)


def fails(name: str, stream: bytes, code: int = 1002) -> Row:
    """What breaks the rules does so behind a message, which is answered, and before another, which is not."""
    return Row(name, HELLO + stream + HELLO, [ECHOED], code)


def _sizes() -> list[Row]:  # 1, 9.1, 9.2
    return [
        echoed(f"{NAMES[opcode]} of {size} bytes", opcode, (b"*" if opcode == TEXT else b"\xfe") * size)
        for opcode in (TEXT, BINARY)
        for size in SIZES
    ]


def _pings() -> list[Row]:  # 2
    rows = [
        Row(f"a ping of {size} bytes", frame(PING, bytes(range(size))), [(PONG, bytes(range(size)))], None) for size in (0, 1, 124, 125)
    ]
    rows += [
        Row("a pong that nobody asked for", frame(PONG, b"x") + frame(PONG), [], None),
        Row("pongs and a ping", frame(PONG, b"x") + frame(PING, b"y") + frame(PONG), [(PONG, b"y")], None),
        Row("ten pings", b"".join(frame(PING, b"%d" % n) for n in range(10)), [(PONG, b"%d" % n) for n in range(10)], None),
        Row("a ping that is no text", frame(PING, b"\x00\xff\xfe"), [(PONG, b"\x00\xff\xfe")], None),
    ]
    for opcode in (PING, PONG, CLOSE):
        rows += [
            fails(f"a {NAMES[opcode]} of 126 bytes", frame(opcode, b"x" * 126)),
            fails(f"a {NAMES[opcode]} of 1 byte, in two", frame(opcode, b"x", width=2)),
            fails(f"a {NAMES[opcode]} of 65,536 bytes", frame(opcode, length=65_536)),
            fails(f"a {NAMES[opcode]} in fragments", frame(opcode, b"xx", final=False)),
            fails(f"a {NAMES[opcode]} in fragments inside a message", frame(TEXT, b"a", final=False) + frame(opcode, final=False)),
        ]
    return rows


def _reserved_bits() -> list[Row]:  # 3
    return [
        fails(f"reserved bits {bits:03b} on a {NAMES[opcode]}", frame(opcode, b"\x03\xe8" if opcode == CLOSE else b"x", reserved=bits))
        for bits in range(1, 8)
        for opcode in (TEXT, BINARY, PING, PONG, CLOSE)
    ] + [fails("a reserved bit on a continuation", frame(TEXT, b"a", final=False) + frame(CONTINUATION, b"b", reserved=4))]


def _reserved_opcodes() -> list[Row]:  # 4
    return [
        fails(f"opcode {opcode}, {len(payload)} bytes", frame(opcode, payload))
        for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)
        for payload in (b"", b"hello")
    ] + [
        fails(f"opcode {opcode} inside a message", frame(TEXT, b"a", final=False) + frame(opcode, b"b")) for opcode in (3, 7, 11, 15)
    ]


def _masks_and_lengths() -> list[Row]:
    return [
        *(fails(f"a {NAMES[opcode]} without a mask", frame(opcode, masked=False)) for opcode in NAMES),
        *(fails(f"{size} bytes in two", frame(BINARY, b"x" * size, width=2)) for size in (0, 1, 125)),
        *(fails(f"{size} bytes in eight", frame(BINARY, b"x" * size, width=8)) for size in (0, 1, 125, 126, 65_535)),
        *(fails(f"a length of {length:#x}", frame(BINARY, length=length, width=8)) for length in (1 << 63, (1 << 64) - 1)),
        *(fails(f"a length of {length:#x}", frame(BINARY, length=length), 1009) for length in (1 << 31, 1 << 62, (1 << 63) - 1)),
    ]


def _fragments() -> list[Row]:  # 5, 9.3, 9.4
    first = frame(TEXT, b"a", final=False)
    last = frame(CONTINUATION, b"b")
    nothing = frame(TEXT, final=False)
    rows = []
    for total, size in ((2, 1), (100, 7), (65_536, 64), (65_536, 1_024), (1 << 20, 4_096), (1 << 20, 65_536)):
        for opcode in (TEXT, BINARY):
            stream = fragments(opcode, b"x" * total, size)
            rows.append(echoed(f"{NAMES[opcode]} of {total} bytes in frames of {size}", opcode, b"x" * total, stream))
    return [
        *rows,
        Row("a ping between fragments", first + frame(PING, b"p") + last, [(PONG, b"p"), (TEXT, b"ab")], None),
        Row("a pong between fragments", first + frame(PONG) + last, [(TEXT, b"ab")], None),
        Row("a goodbye between fragments", first + goodbye(1000) + last, [], 1000),
        echoed("a thousand fragments with pongs between them", TEXT, b"y" * 1_000, fragments(TEXT, b"y" * 1_000, 1, frame(PONG))),
        echoed("nothing in two fragments", TEXT, b"", nothing + frame(CONTINUATION)),
        echoed("nothing at the end", TEXT, b"a", first + frame(CONTINUATION)),
        echoed("nothing around something", TEXT, b"b", nothing + frame(CONTINUATION, b"b", final=False) + frame(CONTINUATION)),
        fails("a continuation of nothing", last),
        fails("an unfinished continuation of nothing", frame(CONTINUATION, b"x", final=False)),
        Row("a continuation behind fragments", first + last + last + HELLO, [(TEXT, b"ab")], 1002),
        fails("a text inside a text", first + frame(TEXT, b"b")),
        fails("a binary inside a text", first + frame(BINARY, b"b")),
        fails("an unfinished text inside a binary", frame(BINARY, b"a", final=False) + frame(TEXT, b"b", final=False)),
    ]


def _texts() -> list[Row]:  # 6
    rows = []
    for name, text in utf8.VALID.items():
        rows.append(echoed(f"{name} is text", TEXT, text))
        rows.append(echoed(f"{name} is text, byte by byte", TEXT, text, fragments(TEXT, text, 1, frame(PONG))))
    for name, text in utf8.INVALID.items():
        rows.append(fails(f"{name} is no text", frame(TEXT, text), 1007))
        rows.append(fails(f"{name} is no text behind others", frame(TEXT, b"0123456789abcdef" * 5 + text), 1007))
        rows.append(fails(f"{name} is no text, byte by byte", fragments(TEXT, text, 1), 1007))
        rows.append(echoed(f"{name} may be binary", BINARY, text))
    half = frame(TEXT, "κόσμε".encode()[:3], final=False)
    rows.append(echoed("a character in two frames", TEXT, "κόσμε".encode(), half + frame(CONTINUATION, "κόσμε".encode()[3:])))
    rows.append(fails("what cannot become text is not waited for", frame(TEXT, b"\xce\xba\xf5", final=False, length=1_000), 1007))
    return rows


def _goodbyes() -> list[Row]:  # 7
    allowed = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999]
    refused = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 6000, 65_535]
    return [
        *(Row(f"goodbye {code}", HELLO + goodbye(code, b"why") + HELLO, [ECHOED], code) for code in allowed),
        *(fails(f"goodbye {code}", goodbye(code)) for code in refused),
        *(fails(f"goodbye {code} with a reason", goodbye(code, b"why")) for code in refused),
        Row("goodbye without a word", HELLO + goodbye() + HELLO, [ECHOED], 1005),
        Row("goodbye with 123 bytes of reason", goodbye(1000, b"x" * 123), [], 1000),
        Row("goodbye twice", goodbye(1000) + goodbye(1001), [], 1000),
        Row("goodbye and a ping", goodbye(1000) + frame(PING), [], 1000),
        Row("goodbye and nonsense", goodbye(1000) + b"\xff" * 50, [], 1000),
        fails("goodbye with half a code", frame(CLOSE, b"\x03")),
        fails("goodbye with 124 bytes of reason", goodbye(1000, b"x" * 124)),
        *(fails(f"goodbye, and {name} is no reason", goodbye(1000, text), 1007) for name, text in list(utf8.INVALID.items())[::6]),
    ]


ROWS = [
    *_sizes(), *_pings(), *_reserved_bits(), *_reserved_opcodes(), *_masks_and_lengths(), *_fragments(), *_texts(), *_goodbyes(),
]  # fmt: skip

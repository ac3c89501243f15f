"""Byte strings that are UTF-8 and such that are not, by class. Source: RFC 3629; the classes are those of the field's decoder tests."""

_BOUNDARIES = [0x00, 0x7F, 0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xCFFF, 0xD000, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF]
_BOUNDARIES += [0x10000, 0x3FFFF, 0x40000, 0xFFFFF, 0x100000, 0x10FFFF]

_SURROGATES = [0xD800, 0xDB7F, 0xDB80, 0xDBFF, 0xDC00, 0xDF80, 0xDFFF]

VALID: dict[str, bytes] = {
    "Greek": "κόσμε".encode(),
    "Hello-µ@ßöäüàá-UTF-8!!": "Hello-µ@ßöäüàá-UTF-8!!".encode(),
    "an emoji of a family": "👩‍👩‍👧‍👦".encode(),
    "a byte order mark": b"\xef\xbb\xbfx",
    **{f"U+{number:04X}": chr(number).encode() for number in _BOUNDARIES},
    **{f"U+{plane:X}FFF{last:X}, no character": chr(plane << 16 | 0xFFF0 | last).encode() for plane in range(17) for last in (0xE, 0xF)},
}

INVALID: dict[str, bytes] = {
    **{f"{count} continuations": b"\x80\xbf"[:count] + b"\x80" * (count - 2) for count in range(1, 8)},
    "every continuation": bytes(range(0x80, 0xC0)),
    **{f"{start:02X} and a blank": bytes([start, 0x20]) for start in (0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEF, 0xF0, 0xF1, 0xF4)},
    **{f"{start:02X}, which never stands": bytes([start]) + b"\x80" * 5 for start in (0xF5, 0xF7, 0xF8, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF)},
    "a two cut short": b"\xc3",
    "a three cut short behind one": b"\xe2",
    "a three cut short behind two": b"\xe2\x82",
    "a four cut short behind one": b"\xf0",
    "a four cut short behind two": b"\xf0\x9f",
    "a four cut short behind three": b"\xf0\x9f\x98",
    "five bytes": b"\xf8\x88\x80\x80\x80",
    "six bytes": b"\xfc\x84\x80\x80\x80\x80",
    "FE FE FF FF": b"\xfe\xfe\xff\xff",
    "a slash in two": b"\xc0\xaf",
    "a slash in three": b"\xe0\x80\xaf",
    "a slash in four": b"\xf0\x80\x80\xaf",
    "a NUL in two": b"\xc0\x80",
    "a NUL in three": b"\xe0\x80\x80",
    "the largest in two too many": b"\xe0\x9f\xbf",
    "the largest in four too many": b"\xf0\x8f\xbf\xbf",
    **{f"the surrogate {number:04X}": chr(number).encode("utf-8", "surrogatepass") for number in _SURROGATES},
    "a pair of surrogates": b"\xed\xa0\xbd\xed\xb8\x80",
    "U+110000": b"\xf4\x90\x80\x80",
    "U+1FFFFF": b"\xf7\xbf\xbf\xbf",
    "Latin-1": "café".encode("latin-1"),
    "UTF-16": "hi".encode("utf-16"),
}  # fmt: skip

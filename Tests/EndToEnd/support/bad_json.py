"""Bodies that are not the JSON they should be, each with just one thing wrong."""

import json
from collections.abc import Callable


def _object(valid: dict) -> bytes:
    return json.dumps(valid).encode()


def _open(valid: dict) -> bytes:
    """All but the closing brace, so that one more member can follow."""
    return _object(valid)[:-1] + b","


def _first(valid: dict, value: bytes) -> bytes:
    """The object with the bytes of its first member's value replaced."""
    rest = dict(valid)
    name = next(iter(rest))
    del rest[name]
    return b'{"%s":%s%s' % (name.encode(), value, b"," + _object(rest)[1:] if rest else b"}")


# By what is wrong. Each is made of an object that would be accepted.
MALFORMED: dict[str, Callable[[dict], bytes]] = {
    "nothing but a blank": lambda valid: b" ",
    "a word": lambda valid: b"hello",
    "null": lambda valid: b"null",
    "a number": lambda valid: b"5",
    "a string": lambda valid: b'"hello"',
    "an array": lambda valid: b"[" + _object(valid) + b"]",
    "cut off": lambda valid: _object(valid)[:-1],
    "something behind it": lambda valid: _object(valid) + b"x",
    "two documents": lambda valid: _object(valid) * 2,
    "a NUL behind it": lambda valid: _object(valid) + b"\0",
    "a byte order mark": lambda valid: b"\xef\xbb\xbf" + _object(valid),
    "UTF-16": lambda valid: json.dumps(valid).encode("utf-16"),
    "a comma too many": lambda valid: _object(valid)[:-1] + b",}",
    "single quotes": lambda valid: _object(valid).replace(b'"', b"'"),
    "a comment": lambda valid: b"/* hello */" + _object(valid),
    "a name without quotes": lambda valid: _open(valid) + b"x:1}",
    "a broken byte": lambda valid: _first(valid, b'"\xff"'),
    "a cut-off character": lambda valid: _first(valid, b'"\xe2\x82"'),
    "an overlong NUL": lambda valid: _first(valid, b'"\xc0\x80"'),
    "a surrogate in UTF-8": lambda valid: _first(valid, b'"\xed\xa0\x80"'),
    "beyond Unicode": lambda valid: _first(valid, b'"\xf4\x90\x80\x80"'),
    "half of a pair": lambda valid: _first(valid, rb'"\ud83d"'),
    "a pair the wrong way round": lambda valid: _first(valid, rb'"\ude42\ud83d"'),
    "a raw control character": lambda valid: _first(valid, b'"a\x01b"'),
    "a raw line feed": lambda valid: _first(valid, b'"a\nb"'),
    "an unknown escape": lambda valid: _first(valid, rb'"\x41"'),
    "a member twice": lambda valid: _open(valid) + _object(valid)[1:],
    "a member twice, once escaped": lambda valid: _open(valid) + b'"\\u%04x' % ord(next(iter(valid))[0])
    + next(iter(valid))[1:].encode() + b'":null}',
    "an unknown member twice": lambda valid: _open(valid) + b'"x":1,"x":2}',
    "a member twice further down": lambda valid: _open(valid) + b'"x":{"a":[{"b":1,"b":2}]}}',
    "33 levels": lambda valid: _open(valid) + b'"x":' + b"[" * 32 + b"]" * 32 + b"}",
    "30,000 levels": lambda valid: _open(valid) + b'"x":' + b"[" * 30_000,
    "NaN": lambda valid: _open(valid) + b'"x":NaN}',
    "a number out of range": lambda valid: _open(valid) + b'"x":1e999}',
    "a number with a leading zero": lambda valid: _open(valid) + b'"x":01}',
    "a hexadecimal number": lambda valid: _open(valid) + b'"x":0x1}',
}

# Values that are no strings.
NO_STRINGS = {"a number": 5, "a fraction": 0.5, "a boolean": True, "an array": ["text"], "an object": {"text": "text"}}

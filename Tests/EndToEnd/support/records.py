"""What `parley-fuzz` makes and judges: byte strings, each behind its length as four bytes, the lowest first."""

import struct
import subprocess

from .service import BINARY

FUZZ = BINARY.with_name("parley-fuzz")


def run(*arguments: str, input: bytes = b"") -> bytes:
    done = subprocess.run([FUZZ, *arguments], input=input, capture_output=True, timeout=600)
    assert done.returncode == 0, f"{FUZZ} {arguments}: {done.returncode} {done.stdout[-2000:]!r} {done.stderr[-2000:]!r}"
    return done.stdout


def pack(records: list[bytes]) -> bytes:
    return b"".join(struct.pack("<I", len(record)) + record for record in records)


def unpack(data: bytes) -> list[bytes]:
    records, position = [], 0
    while position < len(data):
        (length,) = struct.unpack_from("<I", data, position)
        records.append(data[position + 4 : position + 4 + length])
        position += 4 + length
    return records


def streams(parser: str, count: int, seed: int) -> list[bytes]:
    """Inputs for a parser: well-formed ones, and the same spoiled."""
    return unpack(run(parser, "--emit", "--inputs", str(count), "--seed", str(seed)))


def verdicts(protocol: str, streams: list[bytes]) -> list[list[str]]:
    """What Parley makes of each stream: lines, the last of which says how it ended."""
    return [record.decode().split("\n") for record in unpack(run("--judge", protocol, input=pack(streams)))]

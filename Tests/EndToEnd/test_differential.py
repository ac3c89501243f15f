"""The same streams, well-formed and spoiled, read by Parley's parsers and by h11, wsproto and Python's json.

Nothing may be accepted here that the other refuses, or be read otherwise, but for what a table below gives the reason of.
What the other accepts and Parley refuses is counted and shown.
"""

import math
import os
import re
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import pytest

from support import oracles, records

SHORT = 20_000
LONG = 1_000_000
# Streams that are made, judged and compared at once.
BATCH = 10_000


@dataclass(frozen=True)
class Reason:
    """Why Parley may say `ours` where the other says `theirs`; both are patterns of a verdict's line."""

    ours: str
    theirs: str
    why: str

    def explains(self, ours: str, theirs: str) -> bool:
        return bool(re.match(self.ours, ours) and re.match(self.theirs, theirs))


HTTP_REASONS = [
    Reason("request ", "refused 400 no request line received", "one empty line before a request is passed over: RFC 9112 §2.2"),
    Reason("body ", r"refused 400 illegal chunk header: bytearray\(b'0{9}", "zeros before a chunk's size: RFC 9112 §7.1 has no limit"),
    Reason("request |between|refused ", "closes", "HTTP/1.0 is kept alive when it is asked for: RFC 9112 §9.3"),
]

WEBSOCKET_REASONS = [
    Reason("close 1014 ", "refused 1002 CLOSE with unknown reserved code", "1014 is registered at IANA since RFC 6455"),
]

DEFLATE_REASONS = [
    *WEBSOCKET_REASONS,
    Reason(
        "(ping|pong|close) |open",
        "refused 1007 |refused .* error in extension",
        "a compressed message is judged when it is complete; control frames between its frames are answered until then",
    ),
]

# What h11 rewrites in the values of fields: it reads them in lower case, or as one number.
REWRITTEN = re.compile("field (transfer-encoding): ")


def http(stream: bytes, ours: list[str]) -> tuple[list[str], list[str]]:
    ours = [line.lower() if REWRITTEN.match(line) else line for line in ours]
    return ours, oracles.h11_reads(stream)


def websocket(stream: bytes, ours: list[str]) -> tuple[list[str], list[str]]:
    return ours, oracles.wsproto_reads(stream, deflates=False)


def deflate(stream: bytes, ours: list[str]) -> tuple[list[str], list[str]]:
    return ours, oracles.wsproto_reads(stream, deflates=True)


READERS = {"http": (http, HTTP_REASONS), "websocket": (websocket, WEBSOCKET_REASONS), "deflate": (deflate, DEFLATE_REASONS)}


def word(line: str) -> str:
    """A refusal without what was refused; of anything else the first word."""
    return " ".join(line.split()[:3]) if line.startswith("refused") else line.split()[0]


def difference(ours: list[str], theirs: list[str], reasons: list[Reason]) -> tuple[str, bool]:
    """The class of the first difference of two verdicts, and whether it is a finding."""
    mine, other = next(((a, b) for a, b in zip(ours, theirs) if a != b), ("", ""))
    if not mine:
        return "the same", False
    if mine.startswith("refused"):
        if other.startswith("refused"):
            return "both refuse", False
        if not any(reason.explains(mine, other) for reason in reasons):
            return f"only we refuse: {word(mine)}", False
    for reason in reasons:
        if reason.explains(mine, other):
            return f"we differ: {reason.why}", False
    if mine in ("more", "open") and other.startswith("refused"):
        return "they refuse sooner", False
    if mine == "closes":
        return "only we close", False
    return f"FINDING: we say {word(mine)}, they {word(other)}", True


def compare(protocol: str, count: int, seed: int) -> tuple[Counter, list[str]]:
    read, reasons = READERS[protocol]
    streams = records.streams(protocol, count, seed)
    classes: Counter = Counter()
    findings: dict[str, tuple] = {}
    for stream, verdict in zip(streams, records.verdicts(protocol, streams), strict=True):
        ours, theirs = read(stream, verdict)
        kind, is_finding = difference(ours, theirs, reasons)
        classes[kind] += 1
        if is_finding and (kind not in findings or len(stream) < len(findings[kind][0])):
            findings[kind] = (stream, ours, theirs)
    return classes, [f"{kind}\n  {stream!r}\n  ours   {ours}\n  theirs {theirs}" for kind, (stream, ours, theirs) in findings.items()]


def compare_json(protocol: str, count: int, seed: int) -> tuple[Counter, list[str]]:
    documents = records.streams("json", count, seed)
    classes: Counter = Counter()
    findings = []
    for document, verdict in zip(documents, records.verdicts("json", documents), strict=True):
        ours = "\n".join(verdict)
        try:
            theirs = oracles.python_json_reads(document)
        except (ValueError, RecursionError) as error:
            if ours.startswith("refused"):
                classes["both refuse"] += 1
            else:
                findings.append(f"only we accept {document!r}: {ours!r}, {error}")
            continue
        if ours.startswith("refused"):
            classes[f"only we refuse: {ours}"] += 1
        elif is_same_value(oracles.python_json_reads(ours.encode()), theirs):
            classes["the same"] += 1
        else:
            findings.append(f"{document!r} is {ours!r} here and {theirs!r} there")
    return classes, findings


def is_same_value(ours, theirs) -> bool:
    """Numbers beyond 64 bits are floating point here; Python has integers without end."""
    if isinstance(theirs, bool) or isinstance(ours, bool):
        return ours is theirs
    if isinstance(theirs, (int, float)) and isinstance(ours, (int, float)):
        return ours == theirs or math.isclose(ours, theirs, rel_tol=1e-15)
    if type(ours) is not type(theirs):
        return False
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(is_same_value, ours, theirs))
    if isinstance(ours, dict):
        return list(ours) == list(theirs) and all(map(is_same_value, ours.values(), theirs.values()))
    return ours == theirs


def compare_all(protocol: str, count: int, seed: int, capsys):
    work = compare_json if protocol == "json" else compare
    batches = range(0, count, BATCH)
    classes: Counter = Counter()
    findings: list[str] = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for part, found in pool.map(work, [protocol] * len(batches), [BATCH] * len(batches), [seed + n for n in range(len(batches))]):
            classes += part
            findings += found
    with capsys.disabled():
        print(f"\n{protocol}, {sum(classes.values())} streams:")
        for kind, times in classes.most_common():
            print(f"{times:10} {kind}")
    assert not findings, f"{len(findings)} findings:\n" + "\n".join(findings[:10])
    assert classes["the same"] > count / 5, "the streams are too broken to compare anything"


PROTOCOLS = ["http", "websocket", "deflate", "json"]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nothing_is_accepted_that_others_refuse(protocol, capsys):
    compare_all(protocol, SHORT, 1, capsys)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nothing_of_a_million_is_accepted_that_others_refuse(protocol, capsys):
    compare_all(protocol, LONG, 1_000, capsys)

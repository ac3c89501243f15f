"""What answers look like: the one shape of an error, and what must never stand in it."""

import re

import httpx

# Words of the inside: whoever reads one of them learns what the service is made of.
INSIDE = re.compile(r"select |insert |postgres|psql|relation|libpq|swift|fatal|stack|/Sources/|errno|\b0x[0-9a-f]{6}", re.IGNORECASE)

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")

# A request that brings its own name gets it back: so two answers can be compared byte by byte.
SAME_NAME = {"X-Request-ID": "the-same-for-both"}


# acceptance, B-029
def refused(answer: httpx.Response, status: int, code: str) -> dict:
    """Checks a refusal over HTTP (SPEC §1), and returns its details."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json().keys() == {"error"}
    error = answer.json()["error"]
    assert error.keys() == {"code", "message", "details", "request_id"}
    assert error["code"] == code, answer.text
    assert error["request_id"] == answer.headers["x-request-id"] != ""
    assert isinstance(error["details"], dict)
    said_well(error["message"])
    # A request id is random: it may look like anything.
    assert not INSIDE.search(answer.text.replace(error["request_id"], "")), answer.text
    if status == 401:
        assert answer.headers["www-authenticate"].startswith(("Bearer", "APIKey"))
    if status in (429, 503):
        assert int(answer.headers["retry-after"]) >= 1
    return error["details"]


def said_well(message: str):
    """A message is for people: a sentence, and not a long one."""
    assert re.fullmatch(r"[A-Z].{3,200}\.", message), message


def same_bytes(one: httpx.Response, other: httpx.Response):
    """Two answers of which nobody can tell which is which. Both must have been asked for with `SAME_NAME`."""
    assert (one.status_code, one.content) == (other.status_code, other.content)
    varying = {"date"}
    assert {k: v for k, v in one.headers.items() if k not in varying} == {k: v for k, v in other.headers.items() if k not in varying}

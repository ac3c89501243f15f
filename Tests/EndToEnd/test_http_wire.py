"""HTTP/1.1 byte by byte over real sockets: what is answered, what becomes of the connection, and that nobody else notices."""

import json
import signal
import subprocess
import time
from contextlib import ExitStack

import pytest

from support import bad_http, good_http
from support.service import BINARY, ROOT, is_ready, wait_until
from support.wire import PATIENCE, Wire, get, post


@pytest.fixture
def wire(service, neighbour):
    with Wire(service.port) as wire:
        yield wire
    neighbour.is_fine()


def is_refusal(answer, status: int):
    """The one shape of errors, and nothing of what was sent."""
    assert answer.status == status, answer.raw
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    error = json.loads(answer.body)["error"]
    assert error.keys() == {"code", "message", "details", "request_id"}
    assert error["request_id"] == answer.headers["x-request-id"]
    assert bad_http.CANARY.encode() not in answer.raw


# One at a time


@pytest.mark.parametrize(("status", "stream"), [row[1:] for row in bad_http.ROWS], ids=[row[0] for row in bad_http.ROWS])
def test_what_is_no_request_is_refused_once_and_ends_the_connection(wire, status, stream):
    wire.send(stream)
    answer = wire.answer()
    is_refusal(answer, status)
    assert answer.closes
    assert wire.ends() == b"", "nothing behind it is read as another request"


@pytest.mark.parametrize(("status", "stream"), [row[1:] for row in good_http.ROWS], ids=[row[0] for row in good_http.ROWS])
def test_what_is_only_unusual_keeps_the_connection(wire, status, stream):
    wire.send(stream)
    answer = wire.answer(stream.strip().split(b" ")[0].decode())
    if status >= 400:
        is_refusal(answer, status)
    assert answer.status == status, answer.raw
    assert not answer.closes
    wire.send(get())
    assert wire.answer().status == 200


@pytest.mark.parametrize(("status", "stream"), [row[1:] for row in good_http.LAST], ids=[row[0] for row in good_http.LAST])
def test_what_is_the_last_request_ends_the_connection(wire, status, stream):
    wire.send(stream + bad_http.SMUGGLED)
    answer = wire.answer()
    assert answer.status == status
    assert answer.closes
    assert wire.ends() == b""


# In pieces


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_requests_in_pieces_are_the_same_requests(wire, size):
    body = b'{"username":"nobody-here","password":"not it"}'
    wire.send(get() + post(body, f"Content-Length: {len(body)}\r\n") + get("/nowhere"), chop=size)
    assert [wire.answer().status for _ in range(3)] == [200, 401, 404]


@pytest.mark.parametrize("number", range(0, len(bad_http.ROWS), 9))
def test_what_is_no_request_is_none_in_pieces(wire, number):
    _, status, stream = bad_http.ROWS[number]
    wire.send(stream[:2_000], chop=1)
    wire.send(stream[2_000:])
    is_refusal(wire.answer(), status)
    assert wire.ends() == b""


def test_a_request_that_was_cut_short_by_the_end_is_not_answered(service, neighbour):
    whole = post(b'{"username":"nobody-here","password":"not it"}', "Content-Length: 46\r\n")
    for length in range(0, len(whole), 5):
        with Wire(service.port) as wire:
            wire.send(whole[:length])
            wire.finish_sending()
            assert wire.ends() == b"", whole[:length]
    neighbour.is_fine()


def test_who_has_no_more_to_say_is_still_answered(wire):
    wire.send(get() + get("/nowhere"))
    wire.finish_sending()
    assert [wire.answer().status for _ in range(2)] == [200, 404]
    assert wire.ends() == b""


# Several at once


def test_answers_keep_the_order_of_their_requests(wire):
    paths = ["/health/live", "/nowhere", "/health/ready", "/api/v1/users/me"] * 50
    wire.send(b"".join(map(get, paths)))
    assert [wire.answer().status for _ in paths] == [200, 404, 200, 401] * 50


def test_a_fault_behind_good_requests_leaves_their_answers(wire):
    wire.send(get() + get("/nowhere") + b"GET /\r\n\r\n" + get())
    assert [wire.answer().status for _ in range(3)] == [200, 404, 400]
    assert wire.ends() == b""


@pytest.mark.parametrize(
    "fields",
    ["Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 50\r\n"],
    ids=["CL.TE", "TE.CL"],
)
def test_no_request_is_smuggled_in_a_body(wire, fields):
    wire.send(post(b"0\r\n\r\nG" + bad_http.SMUGGLED, fields))
    is_refusal(wire.answer(), 400)
    assert wire.ends() == b""


def test_a_client_may_wait_until_it_is_told_to_go_on(wire):
    body = b'{"username":"nobody-here","password":"not it"}'
    wire.send(post(b"", f"Content-Length: {len(body)}\r\nExpect: 100-Continue\r\n"))
    assert wire.answer().status == 100
    wire.send(body)
    assert wire.answer().status == 401
    wire.send(get())
    assert wire.answer().status == 200


def test_a_body_that_is_too_large_is_not_asked_for(wire):
    wire.send(post(b"", "Content-Length: 65537\r\nExpect: 100-continue\r\n"))
    is_refusal(wire.answer(), 413)
    assert wire.ends() == b""


def test_nobody_is_made_to_write_answers_that_are_not_read(service, neighbour):
    with Wire(service.port) as wire:
        wire.socket.settimeout(1)
        sent = 0
        try:
            while sent < 64 << 20:
                sent += wire.socket.send(get("/") * 100)
        except TimeoutError:
            pass
        assert sent < 64 << 20, "the service holds back who does not read"
        neighbour.is_fine()


# Room


def test_one_connection_too_many_is_told_to_come_back(make_service):
    """The service raises its limit of descriptors as far as it may, and keeps some for itself."""
    service = make_service(PARLEY_LOOPS="1")
    assert service.stop() == 0
    with service.log.open("ab") as log:
        command = ["prlimit", "--nofile=64:400", BINARY, "serve"]
        service.process = subprocess.Popen(command, cwd=ROOT, env=service.environment, stdout=log, stderr=log)
    wait_until(lambda: is_ready(service.url), 30, "a ready service")
    with ExitStack() as stack:
        for number in range(400):
            wire = stack.enter_context(Wire(service.port))
            wire.send(get("/health/live"))
            answer = wire.answer()
            if answer.status != 200:
                break
        is_refusal(answer, 503)
        assert answer.headers["retry-after"] == "1" and 200 < number < 400
        assert wire.ends(PATIENCE) == b""
    wait_until(lambda: is_ready(service.url), 10, "room again")


# Time


@pytest.mark.long
@pytest.mark.timeout(120)
def test_who_dawdles_is_let_go(service, neighbour):
    """A head has ten seconds in total, a body may lag ten seconds behind a kibibyte a second, silence ends without a word."""
    drips = {
        b"": b"",
        b"GET /health/live HTTP/1.1\r\nHost: a\r\n": b"X: y\r\n",
        b"GET /health": b"h",
        post(b"", "Content-Length: 60000\r\n"): b" ",
        post(b"", "Transfer-Encoding: chunked\r\n"): b"1\r\n \r\n",
        post(b"", "Transfer-Encoding: chunked\r\n") + b"5;": b"x",
    }
    wires = [(Wire(service.port), start, drip) for start, drip in drips.items() for _ in range(50)]
    for wire, start, _ in wires:
        wire.send(start)
    began = time.monotonic()
    while time.monotonic() < began + 9:
        for wire, _, drip in wires:
            wire.send(drip)
        neighbour.is_fine()
        time.sleep(0.5)
    for wire, start, _ in wires:
        with wire:
            if start:
                is_refusal(wire.answer(), 408)
            assert wire.ends(PATIENCE) == b""
    assert time.monotonic() < began + 14, "closed within the limit and two seconds, and what this machine takes"


def test_at_the_end_what_is_under_way_has_the_configured_time_and_then_is_cut(make_service):
    service = make_service(PARLEY_DRAIN_SECONDS="1")
    with Wire(service.port) as wire:
        wire.send(b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
        time.sleep(0.2)
        began = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(timeout=15) == 0
    assert 0.9 < time.monotonic() - began < 5
    assert "left behind" not in service.log.read_text(), "the server itself cuts what takes too long"

"""`/ws`: who gets in, what is told to whom, and what ends a socket."""

import json
import re
import secrets
import signal
import socket as sockets
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from support.answers import TIMESTAMP, UUID7, refused, said_well
from support.bad_json import MALFORMED, NO_STRINGS
from support.person import Socket, newcomer
from support.service import wait_until
from support.tokens import ATTACKS

NOBODY = "00000000-0000-7000-8000-000000000000"


@contextmanager
def opened(service, token: str | None = None, **options):
    """A socket whose client says nothing by itself, with a token in its handshake or without."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with connect(service.websocket_url, additional_headers=headers, compression=None, **options) as connection:
        yield Socket(connection)


def sending(conversation: str, content="hello", **members) -> dict:
    return {"conversation_id": conversation, "content": content, **members}


def frame(type: str, data: dict) -> str:
    return json.dumps({"type": type, "data": data})


def refusal(socket: Socket, id: str, code: str) -> dict:
    """Checks the error that answers a command, and returns its data."""
    answer = socket.answer(id)
    assert answer["type"] == "error"
    data = answer["data"]
    assert data["code"] == code, data
    assert data.keys() <= {"code", "message", "client_msg_id", "retry_after_ms", "details"}
    said_well(data["message"])
    return data


def lives(socket: Socket):
    socket.expect("pong", socket.send("ping"))


# Getting in


# acceptance: D-061, E-004
@pytest.mark.parametrize("way", ["a header", "a sub-protocol", "all sub-protocols", "the first frame"])
def test_a_token_opens_the_socket_in_each_of_its_ways(service, ada, way):
    access = ada.tokens["access"]
    match way:
        case "a header":
            opening = opened(service, access, subprotocols=["parley.v1"])
        case "a sub-protocol":
            opening = opened(service, subprotocols=["bearer", access])
        case "all sub-protocols":
            opening = opened(service, subprotocols=["parley.v1", "bearer", access])
        case _:
            opening = opened(service, subprotocols=["parley.v1"])
    with opening as socket:
        if way == "the first frame":
            socket.send("auth", {"token": access})
        ready = socket.expect("ready")
        assert ready["user"] == {"id": ada.id, "username": ada.username, "display_name": ada.username}
        assert ready["device_id"] == ada.tokens["device_id"]
        assert TIMESTAMP.fullmatch(ready["expires_at"]) and TIMESTAMP.fullmatch(ready["server_time"])
        assert ready["heartbeat_ms"] == 30_000
        sizes = {"message_bytes": 65_536, "content_chars": 4096, "unread_bytes": 1_048_576}
        assert ready["limits"] == sizes | {"presence_users": 100, "typing_interval_ms": 1000, "typing_timeout_ms": 6000}
        assert socket.connection.subprotocol == ("bearer" if way == "a sub-protocol" else "parley.v1")
        lives(socket)


def test_the_answer_to_the_first_frame_repeats_its_id(service, ada):
    with opened(service) as socket:
        socket.expect("ready", socket.send("auth", {"token": ada.tokens["access"]}), seconds=3)


def test_what_is_said_before_ready_waits_and_is_done_in_order(service, ada, conversation):
    with opened(service) as socket:
        ids = [socket.send("auth", {"token": ada.tokens["access"]})]
        ids += [socket.send("send_message", sending(conversation, f"early {number}")) for number in range(20)]
        socket.expect("ready")
        seqs = [socket.expect("message_ack", id)["seq"] for id in ids[1:]]
        assert seqs == list(range(seqs[0], seqs[0] + 20))


def test_who_has_much_to_say_at_once_is_not_taken_for_broken(service, ada, conversation):
    """As a client that was offline: it sends its token and all that has gathered, without waiting."""
    with opened(service) as socket:
        frames = [frame("auth", {"token": ada.tokens["access"]})]
        frames += [frame("send_message", sending(conversation, f"gathered {number}")) for number in range(60)]
        for text in frames:
            socket.connection.protocol.send_text(text.encode())
        socket.connection.socket.sendall(b"".join(socket.connection.protocol.data_to_send()))
        socket.expect("ready")
        seqs = [socket.expect("message_ack")["seq"] for _ in frames[1:]]
        assert seqs == list(range(seqs[0], seqs[0] + 60))


# acceptance: B-030, B-006
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_token_that_is_not_good_opens_no_socket(service, forge, undisturbed, attack):
    token = ATTACKS[attack](forge)
    # A client whose token was good once keeps its refresh token.
    code = 4009 if attack.startswith(("expired", "exp 0")) else 4001
    with undisturbed():
        with opened(service, token) as socket:
            assert socket.close_code() == code
        with opened(service) as socket:
            socket.send("auth", {"token": token})
            assert socket.close_code() == code
        if re.fullmatch(r"[A-Za-z0-9._-]+", token):
            with opened(service, subprotocols=["parley.v1", "bearer", token]) as socket:
                assert socket.close_code() == code


def test_whoever_says_too_much_before_being_let_in_is_let_go(service, ada, ben):
    """What waits for the admission is bounded, however slowly the database answers."""
    with opened(service) as socket, ben.socket() as other:
        protocol = socket.connection.protocol
        protocol.send_text(frame("auth", {"token": ada.tokens["access"]}).encode())
        for _ in range(2000):
            protocol.send_text(b'{"type":"ping"}')
        socket.connection.socket.sendall(b"".join(protocol.data_to_send()))
        assert socket.close_code() == 4008
        assert socket.waiting == []
        lives(other)


def test_a_token_elsewhere_opens_no_socket(service, ada, undisturbed):
    access = ada.tokens["access"]
    with undisturbed():
        for options in (
            {"additional_headers": {"Cookie": f"access={access}"}},
            {"additional_headers": {"Authorization": f"Basic {access}"}},
            {"subprotocols": ["parley.v1", "bearer"]},
            {"subprotocols": ["parley.v1", access]},
            {},
        ):
            with connect(service.websocket_url, **options) as connection:
                socket = Socket(connection)
                socket.send("ping")
                assert socket.close_code() == 4001
        with connect(f"{service.websocket_url}?token={access}") as connection:
            socket = Socket(connection)
            socket.send("send_message", sending(NOBODY))
            assert socket.close_code() == 4001


def test_nothing_is_told_before_a_token(service, undisturbed):
    """Whoever has shown no token gets a close code and not a word."""
    with undisturbed():
        for text, code in (('{"type":"ping"}', 4001), ('{"type":"who_are_you"}', 4001), ('{"type":"auth","data":{}}', 4001), ("hello", 4003)):
            with opened(service) as socket:
                socket.connection.send(text)
                assert socket.close_code(seconds=3) == code
                assert socket.waiting == []


@pytest.mark.long
def test_who_shows_no_token_is_let_go_after_ten_seconds(service):
    with opened(service) as socket:
        began = time.monotonic()
        assert socket.close_code(seconds=20) == 4001
        assert 8 < time.monotonic() - began < 15


# acceptance: D-067
@pytest.mark.parametrize(
    "origin, is_welcome",
    [
        ("http://localhost:3000", True), ("http://127.0.0.1", True), ("https://[::1]:8443", True),
        ("https://evil.example", False), ("null", False), ("", False), ("http://localhost.evil.example", False),
        ("http://127.0.0.1.evil.example", False), ("http://127.evil.example", False), ("file://", False), ("http://evil.example/localhost", False),
    ],
)  # fmt: skip
def test_pages_of_other_sites_may_not_connect(service, ada, undisturbed, origin, is_welcome):
    headers = {"Authorization": f"Bearer {ada.tokens['access']}", "Origin": origin}
    with undisturbed():
        if is_welcome:
            with connect(service.websocket_url, additional_headers=headers) as connection:
                Socket(connection).expect("ready")
        else:
            with pytest.raises(InvalidStatus) as refused, connect(service.websocket_url, additional_headers=headers):
                pass
            assert refused.value.response.status_code == 403
            assert json.loads(bytes(refused.value.response.body))["error"]["code"] == "not_authorized"


def test_what_is_no_handshake(service, undisturbed):
    good = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    with undisturbed(), httpx.Client(base_url=service.url, timeout=10) as client:
        refused(client.get("/ws"), 426, "upgrade_required")
        for name, value, status in (
            ("Upgrade", "h2c", 426), ("Connection", "keep-alive", 426), ("Sec-WebSocket-Version", "8", 426), ("Sec-WebSocket-Version", "", 426),
            ("Sec-WebSocket-Key", "", 400), ("Sec-WebSocket-Key", "short", 400), ("Sec-WebSocket-Key", "x" * 24, 400),
        ):  # fmt: skip
            answer = client.get("/ws", headers={**good, name: value})
            refused(answer, status, "upgrade_required" if status == 426 else "validation_error")
        refused(client.post("/ws", headers=good), 405, "method_not_allowed")
        refused(client.get("/ws/", headers=good), 404, "not_found")


# Staying in


def test_a_socket_ends_with_its_token_unless_it_brings_a_newer_one(service, ada, forge):
    with opened(service, forge.lasting(1)) as socket:
        socket.expect("ready")
        assert socket.close_code(seconds=6) == 4009
    with opened(service, forge.lasting(1)) as renewed:
        before = renewed.expect("ready")["expires_at"]
        after = renewed.expect("ready", renewed.send("auth", {"token": ada.tokens["access"]}))["expires_at"]
        assert after > before
        time.sleep(3)
        lives(renewed)


def test_a_socket_that_brings_an_expired_token_is_told_so(ada, forge):
    with ada.socket() as socket:
        socket.send("auth", {"token": forge.claiming(exp=int(time.time()) - 61)})
        assert socket.close_code() == 4009


# One socket for each device


def open_sockets(service) -> float:
    (line,) = re.findall(r"^parley_sockets(?:\{[^}]*\})? (\S+)$", httpx.get(f"{service.url}/metrics").text, re.MULTILINE)
    return float(line)


# acceptance: E-013
def test_a_device_that_connects_again_loses_its_older_socket_and_others_stay(ada, ben, conversation):
    device, other = ada.on_another_device(), ada.on_another_device()
    with ExitStack() as stack:
        others = stack.enter_context(other.socket())
        latest = stack.enter_context(device.socket())
        for _ in range(10):  # on whichever loops they happen to be
            older, latest = latest, stack.enter_context(device.socket())
            assert older.close_code(seconds=3) == 4011
            said = ben.http.post(f"/conversations/{conversation}/messages", json={"content": "once"}).json()
            for socket in (latest, others):
                assert socket.expect("new_message")["id"] == said["id"]


# acceptance: E-013
def test_of_many_sockets_that_a_device_opens_at_once_one_lives(service, ada):
    device = ada.on_another_device()
    before = open_sockets(service)
    with ExitStack() as stack, ThreadPoolExecutor(16) as pool:
        opening = [pool.submit(lambda: connect(service.websocket_url, additional_headers=dict(device.http.headers))) for _ in range(16)]
        sockets = [Socket(stack.enter_context(one.result())) for one in opening]
        wait_until(lambda: open_sockets(service) == before + 1, 5, "one socket that is left")

        def outcome(socket: Socket) -> int | None:
            try:
                return socket.close_code(seconds=2)
            except TimeoutError:
                return None

        outcomes = list(pool.map(outcome, sockets))
        assert sorted(outcomes, key=str) == [4011] * 15 + [None]
        (latest,) = (socket for socket, code in zip(sockets, outcomes) if code is None)
        lives(latest)


def test_a_socket_takes_no_token_of_another(service, ada, ben):
    other_sign_in = ada.on_another_device()
    for token in (ben.tokens["access"], other_sign_in.tokens["access"], "token", ""):
        with ada.socket() as socket:
            socket.send("auth", {"token": token})
            assert socket.close_code() == 4001
    assert ben.http.get("/users/me").status_code == 200


# acceptance: B-018
def test_a_ping_is_answered_and_its_id_repeated(ada):
    with ada.socket() as socket:
        for id in ("1", '"one"', "-0.5e3", '""', '"é\\u0000"', f'"{"x" * 126}"'):
            socket.connection.send(f'{{"id":{id},"type":"ping"}}')
            assert f'"id":{id}' in socket.connection.recv(timeout=5), "as it was written"
        socket.connection.send('{"type":"ping","id":null,"data":null,"more":[{}]}')
        assert json.loads(socket.connection.recv(timeout=5)) == {"type": "pong", "data": {}}


# acceptance: A-037
def test_the_websockets_own_pings_are_answered(ada):
    with ada.socket() as socket:
        assert socket.connection.ping(b"x" * 125).wait(5)


# Messages


# acceptance, E-007, D-053
def test_an_acked_message_is_stored_and_told_to_every_other_device_of_both(ada, ben, conversation, census):
    devices = [ada, ada.on_another_device(), ben, ben.on_another_device()]
    with devices[0].socket() as sender, devices[1].socket() as own, devices[2].socket() as one, devices[3].socket() as other:
        key = secrets.token_hex(8)
        id = sender.send("send_message", sending(conversation, "hello, Ben", client_msg_id=key))
        ack = sender.expect("message_ack", id)
        assert census.one("SELECT count(*) FROM messages WHERE conversation_id = %s AND client_msg_id = %s", conversation, key) == 1
        assert ack.keys() == {"client_msg_id", "server_id", "conversation_id", "seq", "rev", "sent_at"}
        assert (ack["client_msg_id"], ack["conversation_id"]) == (key, conversation)
        assert UUID7.fullmatch(ack["server_id"]) and TIMESTAMP.fullmatch(ack["sent_at"])
        (stored,) = ben.http.get(f"/conversations/{conversation}/messages?limit=1").json()["items"]
        assert (stored["id"], stored["seq"], stored["sent_at"]) == (ack["server_id"], ack["seq"], ack["sent_at"])
        for socket in (own, one, other):
            assert socket.expect("new_message") == {**stored, "prev_rev": stored["rev"] - 1}
        lives(sender)
        assert sender.waiting == [], "the device that sent it knows it already"

        # By REST, no socket has sent it: all are told.
        by_rest = ada.http.post(f"/conversations/{conversation}/messages", json={"content": "and by REST", "client_msg_id": secrets.token_hex(8)}).json()
        for socket in (sender, own, one, other):
            assert socket.expect("new_message")["id"] == by_rest["id"]


# acceptance, E-014
def test_a_retry_over_either_way_is_acked_alike_and_told_once(ada, ben, conversation):
    key = secrets.token_hex(8)
    with ada.socket() as sender, ben.socket() as reader:
        acks = [sender.expect("message_ack", sender.send("send_message", sending(conversation, "once", client_msg_id=key))) for _ in range(3)]
        by_rest = ada.http.post(f"/conversations/{conversation}/messages", json={"content": "once", "client_msg_id": key})
        assert acks[0] == acks[1] == acks[2]
        assert (by_rest.status_code, by_rest.json()["id"], by_rest.json()["seq"]) == (200, acks[0]["server_id"], acks[0]["seq"])
        conflict = refusal(sender, sender.send("send_message", sending(conversation, "other", client_msg_id=key)), "conflict")
        assert conflict["client_msg_id"] == key
        assert reader.expect("new_message")["id"] == acks[0]["server_id"]
        lives(reader)
        assert reader.waiting == []


# acceptance, B-024
def test_a_stranger_cannot_speak_and_does_not_learn_that_there_is_anything(ada, ben, eve, conversation, undisturbed):
    with ada.socket() as adas, ben.socket() as bens, eve.socket() as eves, undisturbed():
        refusals = [
            refusal(eves, eves.send("send_message", sending(id, client_msg_id="k")), "not_found")
            for id in (NOBODY, conversation, conversation.upper(), eve.id)
        ]
        assert all(other == refusals[0] for other in refusals)
        for socket in (adas, bens, eves):
            lives(socket)
            assert socket.waiting == []


# Bad frames


@pytest.fixture(scope="module")
def standing(ada):
    """A socket that must survive whatever is said on it."""
    with ada.on_another_device().socket() as socket:
        yield socket


# acceptance: A-035, D-046
@pytest.mark.parametrize(
    "member, value, path",
    [
        *(("conversation_id", value, "conversation_id") for value in (..., None, *NO_STRINGS.values(), "", "x", NOBODY[:-1], NOBODY + "0", "'--")),
        *(("content", value, "content") for value in (..., None, *NO_STRINGS.values(), "", " \n", "\0")),
        *(("client_msg_id", value, "client_msg_id") for value in (*NO_STRINGS.values(), "", "a b", "é", "a" * 65)),
        *(("type", value, "type") for value in (*NO_STRINGS.values(), "", "system", "TEXT")),
    ],
)
def test_a_message_that_cannot_be_sent_is_refused_and_the_socket_stays(standing, conversation, undisturbed, member, value, path):
    data = {**sending(conversation), member: value}
    if value is ...:
        del data[member]
    with undisturbed():
        assert refusal(standing, standing.send("send_message", data), "validation_error")["details"]["path"] == path
        lives(standing)


# acceptance
def test_a_message_that_is_too_long_is_refused_by_its_name(standing, conversation, undisturbed):
    with undisturbed():
        data = refusal(standing, standing.send("send_message", sending(conversation, "🙂" * 4097, client_msg_id="long")), "too_long")
        assert (data["client_msg_id"], data["details"]["limit"]) == ("long", 4096)
        for data in (sending(conversation, 5, client_msg_id="five"), sending("x", client_msg_id="five")):
            assert refusal(standing, standing.send("send_message", data), "validation_error")["client_msg_id"] == "five"
        lives(standing)


@pytest.mark.parametrize("type", ["", "nothing", "PING", "new_message", "ready", "message_ack", "__proto__", "x" * 1000, "\0", "🙂"])
def test_an_unknown_type_is_refused_and_the_socket_stays(standing, undisturbed, type):
    with undisturbed():
        refusal(standing, standing.send(type, {}), "validation_error")
        lives(standing)


def test_data_that_is_no_object_is_refused_and_the_socket_stays(standing, undisturbed):
    with undisturbed():
        for type in ("send_message", "auth"):
            for id, data in enumerate(("null", "5", '"text"', "[]", "true", "[{}]")):
                standing.connection.send(f'{{"type":"{type}","id":"{id}","data":{data}}}')
                refusal(standing, str(id), "validation_error")
        lives(standing)


# acceptance: B-030
@pytest.mark.parametrize("fault", MALFORMED)
def test_a_frame_that_is_not_json_ends_the_socket(ada, undisturbed, fault):
    body = MALFORMED[fault]({"type": "ping", "id": "1"})
    try:
        body.decode()
        code = 4003
    except UnicodeDecodeError:
        code = 1007
    with undisturbed(), ada.socket() as socket:
        socket.connection.send(body, text=True)
        assert socket.close_code() == code
        assert socket.waiting == []


# acceptance: B-030
@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[]", '{"data":{}}', '{"type":null}', '{"type":5}', '{"type":["ping"]}', '{"type":"ping","id":true}', '{"type":"ping","id":{}}',
        '{"type":"ping","id":[1]}', '{"type":"ping","id":"%s"}' % ("x" * 127), '{"type":"ping","id":1%s}' % ("0" * 128),
        '{"type":"send_message","data":{"content":"\\ud800"}}', '{"type":"send_message","data":{"content":"a","content":"b"}}',
    ],
)  # fmt: skip
def test_a_frame_that_is_no_command_ends_the_socket(ada, undisturbed, text):
    with undisturbed(), ada.socket() as socket:
        socket.connection.send(text)
        assert socket.close_code() == 4003


def test_binary_frames_end_the_socket(ada, undisturbed):
    with undisturbed():
        for data in (b"", b'{"type":"ping"}', b"\0" * 1000):
            with ada.socket() as socket:
                socket.connection.send(data)
                assert socket.close_code() == 1003


# acceptance: A-041
def test_a_frame_may_have_64_kib_and_no_more_in_one_piece_or_many(ada, undisturbed):
    longest = '{"type":"ping","x":"%s"}' % ("x" * (65_536 - 22))
    assert len(longest) == 65_536
    pieces = [longest[start : start + 100] for start in range(0, len(longest), 100)]
    with undisturbed():
        with ada.socket() as socket:
            for text in (longest, pieces, ["", *longest[:50], "", longest[50:]]):
                socket.connection.send(text)
                socket.expect("pong")
        for text in (longest + " ", [*pieces, " "], [" "] * 1100):
            with ada.socket() as socket:
                with suppress(ConnectionClosed):  # the service does not wait for the last piece
                    socket.connection.send(text)
                assert socket.close_code() == 1009


def test_characters_may_be_cut_by_fragments_and_must_be_whole_in_the_end(ada, ben, conversation):
    text = frame("send_message", sending(conversation, "🙂é中")).replace("\\ud83d\\ude42\\u00e9\\u4e2d", "🙂é中").encode()
    with ada.socket() as socket:
        socket.connection.send((text[index : index + 1] for index in range(len(text))), text=True)
        socket.expect("message_ack")
        assert ben.http.get(f"/conversations/{conversation}/messages?limit=1").json()["items"][0]["content"] == "🙂é中"
        with suppress(ConnectionClosed):  # the service does not wait for the last piece
            socket.connection.send([b'{"type":"ping","x":"', "🙂".encode()[:3], b'"}'], text=True)
        assert socket.close_code() == 1007


# The end


# acceptance: A-052
def test_a_reader_that_falls_a_mebibyte_behind_is_let_go_and_catches_up(service, ada, ben, conversation):
    device = ben.on_another_device()
    slow = sockets.socket()
    slow.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    slow.connect(("127.0.0.1", service.port))
    headers = {"Authorization": f"Bearer {device.tokens['access']}"}
    # One frame waits in the client, then it reads no more until it is asked.
    with connect(service.websocket_url, sock=slow, additional_headers=headers, max_queue=1, compression=None, ping_interval=None) as connection:
        reader = Socket(connection)
        reader.expect("ready")
        with ada.socket() as writer, ben.socket() as brisk, ThreadPoolExecutor(1) as pool:
            heard = pool.submit(lambda: [brisk.expect("new_message", seconds=30)["seq"] for _ in range(600)])
            ids = [writer.send("send_message", sending(conversation, "🙂" * 4096)) for _ in range(600)]
            seqs = [writer.expect("message_ack", id, seconds=30)["seq"] for id in ids]
            assert heard.result() == seqs, "others are not kept waiting"
        assert reader.close_code(seconds=30) == 4010
        read = [frame["data"]["seq"] for frame in reader.waiting]
    assert 0 < len(read) < len(seqs) and read == seqs[: len(read)]
    missed, after = [], read[-1]
    while page := device.http.get(f"/conversations/{conversation}/messages", params={"after_seq": after, "limit": 100}).json()["items"]:
        missed += [message["seq"] for message in page]
        after = missed[-1]
    assert read + missed == seqs


# acceptance: D-044
def test_before_a_restart_sockets_are_told_and_no_ack_is_missing(make_service):
    service = make_service()
    ada, ben = newcomer(service), newcomer(service)
    conversation = ada.conversation_with(ben)
    with ada.socket() as socket:
        ids = [socket.send("send_message", sending(conversation, f"{number}", client_msg_id=f"{number}")) for number in range(50)]
        socket.expect("message_ack", ids[0])
        service.process.send_signal(signal.SIGTERM)
        assert socket.close_code() in (1001, 1012)
        reconnect = socket.expect("reconnect")
        assert 0 < reconnect["after_ms"] <= 5000
        acks = {frame["data"]["client_msg_id"]: frame["data"]["seq"] for frame in socket.waiting if frame["type"] == "message_ack"}
    assert service.process.wait(timeout=15) == 0
    service.start()
    stored = {}
    for message in ada.http.get(f"/conversations/{conversation}/messages?limit=100").json()["items"]:
        stored[message["client_msg_id"]] = message["seq"]
    assert acks.items() <= stored.items(), "acked, and not there"
    assert sorted(stored.values()) == list(range(1, len(stored) + 1))


def test_sockets_leave_nothing_behind(service, ada):
    before = open_sockets(service)
    with ada.socket(), ada.on_another_device().socket():
        assert open_sockets(service) == before + 2
    with opened(service) as socket:
        socket.connection.socket.close()
    wait_until(lambda: open_sockets(service) == before, 10, "sockets that are gone")

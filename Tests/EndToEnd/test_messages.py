"""`/conversations/{id}/messages`: what is sent is stored once, in one order, and found again."""

import json
import secrets
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from support.answers import SAME_NAME, TIMESTAMP, UUID7, refused, same_bytes
from support.bad_json import MALFORMED, NO_STRINGS
from support.person import Person, newcomer

LONGEST = 4096


@pytest.fixture
def fresh(service):
    """Two people who have said nothing yet, and their conversation."""
    one, other = newcomer(service), newcomer(service)
    return one, other, one.conversation_with(other)


def send(person: Person, conversation: str, content="hello", headers: dict = {}, **members):
    return person.http.post(f"/conversations/{conversation}/messages", json={"content": content, **members}, headers=headers)


def history(person: Person, conversation: str, **parameters) -> dict:
    answer = person.http.get(f"/conversations/{conversation}/messages", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def seqs(page: dict) -> list[int]:
    return [message["seq"] for message in page["items"]]


def everything(person: Person, conversation: str) -> list[dict]:
    """The whole history, oldest first."""
    items, page = [], history(person, conversation, after_seq=0, limit=100)
    items += page["items"]
    while page["has_more"]:
        page = history(person, conversation, cursor=page["next_cursor"], limit=100)
        items += page["items"]
    return items


# Sending


# acceptance, E-006
def test_a_message_is_answered_as_it_stands_in_the_history_of_both(fresh):
    ada, ben, conversation = fresh
    answer = send(ada, conversation, "hello, Ben", client_msg_id="first")
    assert answer.status_code == 201
    message = answer.json()
    assert message.keys() == {
        "id", "conversation_id", "seq", "rev", "sender_id", "sender", "type", "content", "client_msg_id", "sent_at", "status",
    }  # fmt: skip
    assert UUID7.fullmatch(message["id"]) and TIMESTAMP.fullmatch(message["sent_at"])
    assert (message["conversation_id"], message["seq"], message["rev"]) == (conversation, 1, 1)
    assert message["sender"] == {"id": ada.id, "username": ada.username, "display_name": ada.username}
    assert (message["sender_id"], message["type"], message["status"]) == (ada.id, "text", "sent")
    assert (message["content"], message["client_msg_id"]) == ("hello, Ben", "first")
    for person in (ada, ben):
        assert history(person, conversation) == {"items": [message], "has_more": False, "next_cursor": None, "head_seq": 1}


# acceptance: A-046, C-036
@pytest.mark.parametrize(
    "said, stored",
    [
        ("plain", "plain"),
        ("  both ends \n\t", "both ends"),
        ("\u2003wide blanks\u00a0", "wide blanks"),
        ("a\r\nb\rc\n\nd", "a\nb\nc\n\nd"),
        ("a\0b\x01c\x1bd\x7fe\x85f", "abcdef"),
        ("a tab\tstays", "a tab\tstays"),
        ("no\u00a0break", "no\u00a0break"),
        ("e\u0301 ﷽ 👩‍👩‍👧‍👦 🇺🇳 \u202eabc\u202c", "e\u0301 ﷽ 👩‍👩‍👧‍👦 🇺🇳 \u202eabc\u202c"),
        ("\ufffe\uffff\U0010ffff", "\ufffe\uffff\U0010ffff"),
        ("<script>alert('\"')</script> %s {} \\ '; DROP TABLE users; --", "<script>alert('\"')</script> %s {} \\ '; DROP TABLE users; --"),
    ],
)
def test_text_is_kept_as_it_was_said_but_for_control_characters_and_white_ends(ada, ben, conversation, said, stored):
    assert send(ada, conversation, said).json()["content"] == stored
    assert history(ben, conversation, limit=1)["items"][0]["content"] == stored


# acceptance, B-025
@pytest.mark.parametrize("character", ["a", "é", "中", "🙂", "\u0301"])
def test_length_is_counted_in_unicode_scalars(ada, conversation, undisturbed, character):
    longest = "a" + character * (LONGEST - 1)
    answer = ada.http.post(
        f"/conversations/{conversation}/messages", content=json.dumps({"content": longest}, ensure_ascii=False).encode()
    )
    assert (answer.status_code, answer.json()["content"]) == (201, longest)
    with undisturbed():
        body = json.dumps({"content": longest + character}, ensure_ascii=False).encode()
        details = refused(ada.http.post(f"/conversations/{conversation}/messages", content=body), 400, "too_long")
    assert details == {"path": "content", "limit": LONGEST}
    assert send(ada, conversation, "a" * LONGEST + " \n").status_code == 201, "what is cut off does not count"


# Retries


# acceptance, C-012, D-049, E-014
@pytest.mark.parametrize("key", ["x", "a" * 64, "!~\"'\\{}", "01a1f9e7-810b-7708-ba9a-6146c04d4bf7"])
def test_a_retry_is_answered_with_the_original(fresh, key):
    ada, ben, conversation = fresh
    first = send(ada, conversation, "once", client_msg_id=key)
    assert first.status_code == 201
    send(ben, conversation, "something later")
    for retry in (
        send(ada, conversation, "once", client_msg_id=key),
        send(ada, conversation, "  once\n", client_msg_id=key),
        send(ada, conversation, "once", client_msg_id=key, type="text"),
        send(ada, conversation, "once", {"Idempotency-Key": key}),
        send(ada, conversation, "once", {"Idempotency-Key": key}, client_msg_id=key),
    ):
        assert (retry.status_code, retry.json()) == (200, first.json())
    assert seqs(history(ada, conversation)) == [2, 1]


# acceptance: A-035
def test_the_same_key_for_something_else_is_a_conflict(ada, conversation, undisturbed):
    key = secrets.token_hex(8)
    assert send(ada, conversation, "one thing", {"Idempotency-Key": key}).status_code == 201
    with undisturbed():
        for other in (send(ada, conversation, "another", client_msg_id=key), send(ada, conversation, "one  thing", {"Idempotency-Key": key})):
            refused(other, 409, "conflict")


def test_a_key_is_one_senders_in_one_conversation(fresh, eve):
    ada, ben, conversation = fresh
    elsewhere = ada.conversation_with(eve)
    answers = [send(ada, conversation, "a", client_msg_id="k"), send(ben, conversation, "b", client_msg_id="k"), send(ada, elsewhere, "c", client_msg_id="k")]
    assert [answer.status_code for answer in answers] == [201] * 3
    for key in ("K", "k ", "k\u0301"):
        assert send(ada, conversation, "a", client_msg_id=key).status_code in (201, 400)


# acceptance: D-049
def test_twenty_retries_at_once_are_one_message(fresh):
    ada, _, conversation = fresh
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: send(ada, conversation, "once", client_msg_id="k"), range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.content for answer in answers}) == 1
    assert history(ada, conversation)["head_seq"] == 1


def test_of_many_texts_under_one_key_at_once_one_is_stored(fresh):
    ada, _, conversation = fresh
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda number: send(ada, conversation, f"text {number}", client_msg_id="k"), range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    (stored,) = (answer.json() for answer in answers if answer.status_code == 201)
    assert history(ada, conversation)["items"] == [stored]


# Order


# acceptance: D-058, E-002
def test_a_hundred_rapid_messages_are_all_in_order(fresh):
    ada, ben, conversation = fresh
    texts = [f"message {number}" for number in range(100)]
    with ada.socket() as from_ada, ben.socket() as to_ben:
        ids = [
            from_ada.send("send_message", {"conversation_id": conversation, "content": text, "client_msg_id": f"m{number}"})
            for number, text in enumerate(texts)
        ]
        assert [from_ada.expect("message_ack", id)["seq"] for id in ids] == list(range(1, 101))
        heard = [to_ben.expect("new_message") for _ in texts]
    assert [message["content"] for message in heard] == texts
    assert [message["prev_rev"] for message in heard] == [message["rev"] - 1 for message in heard]
    assert [message["content"] for message in everything(ben, conversation)] == texts


# acceptance: D-058
def test_requests_in_one_pipeline_are_stored_in_their_order(fresh):
    ada, _, conversation = fresh
    texts = [f"message {number}" for number in range(50)]
    requests = b""
    for text in texts:
        body = json.dumps({"content": text, "client_msg_id": text.replace(" ", "-")}).encode()
        requests += (
            f"POST /api/v1/conversations/{conversation}/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
            f"Authorization: {ada.http.headers['Authorization']}\r\n\r\n"
        ).encode() + body
    with socket.create_connection(("127.0.0.1", ada.service.port), timeout=15) as connection:
        connection.sendall(requests)
        answers = b""
        while answers.count(b"HTTP/1.1 201") < len(texts):
            piece = connection.recv(65_536)
            assert piece, answers[-500:]
            answers += piece
    assert [message["content"] for message in everything(ada, conversation)] == texts


# acceptance: E-013, E-014, A-065
def test_all_devices_of_both_agree_on_one_order(fresh):
    """Four devices talk at once; each puts together what it was told, and all have the same history."""
    ada, ben, conversation = fresh
    devices = [ada, ada.on_another_device(), ben, ben.on_another_device()]
    each = 25
    with ExitStack() as stack:
        sockets = [stack.enter_context(device.socket()) for device in devices]
        told: list[dict[int, str]] = [{} for _ in devices]

        def talk(number: int):
            socket = sockets[number]
            said = {}
            for count in range(each):
                content = f"{number}.{count}"
                said[socket.send("send_message", {"conversation_id": conversation, "content": content, "client_msg_id": content})] = content
            heard = []
            while len(told[number]) < each * len(devices):
                frame = socket.next(lambda frame: frame["type"] in ("message_ack", "new_message"), 15)
                text = said[frame["id"]] if frame["type"] == "message_ack" else frame["data"]["content"]
                assert frame["data"]["seq"] not in told[number]
                told[number][frame["data"]["seq"]] = text
                heard += [frame["data"]["seq"]] if frame["type"] == "new_message" else []
            assert heard == sorted(heard), "events came out of order"

        with ThreadPoolExecutor(len(devices)) as pool:
            list(pool.map(talk, range(len(devices))))
    stored = {message["seq"]: message["content"] for message in everything(ben, conversation)}
    assert list(stored) == list(range(1, each * len(devices) + 1))
    assert all(one == stored for one in told)
    for number in range(len(devices)):
        mine = [text for text in stored.values() if text.startswith(f"{number}.")]
        assert mine == [f"{number}.{count}" for count in range(each)], "what a device said later stands later"


# acceptance: A-062
def test_the_time_of_sending_never_steps_back(fresh, census):
    ada, ben, conversation = fresh
    send(ada, conversation)
    census.change("UPDATE conversations SET last_message_at = now() + interval '1 hour' WHERE id = %s", conversation)
    for sender in (ada, ben, ada):
        send(sender, conversation)
    messages = everything(ada, conversation)
    times = [message["sent_at"] for message in messages]
    assert times == sorted(times) and times[0] < times[1]
    ids = [message["id"] for message in messages]
    assert ids == sorted(ids), "ids sort as the messages do"


# History


@pytest.fixture(scope="module")
def ten(service):
    """Somebody who reads a conversation of ten messages, and the messages by their seq."""
    ada, ben = newcomer(service), newcomer(service)
    conversation = ada.conversation_with(ben)
    messages = {number: send((ada, ben)[number % 2], conversation, f"number {number}").json() for number in range(1, 11)}
    return ada, conversation, messages


# acceptance, D-010, D-080
@pytest.mark.parametrize(
    "query, found, has_more",
    [
        ("", [10, 9, 8, 7, 6, 5, 4, 3, 2, 1], False),
        ("limit=10", [10, 9, 8, 7, 6, 5, 4, 3, 2, 1], False),
        ("limit=9", [10, 9, 8, 7, 6, 5, 4, 3, 2], True),
        ("limit=1", [10], True),
        ("limit=100", [10, 9, 8, 7, 6, 5, 4, 3, 2, 1], False),
        ("before_seq=0", [], False),
        ("before_seq=1", [], False),
        ("before_seq=2", [1], False),
        ("before_seq=3&limit=1", [2], True),
        ("before_seq=11&limit=2", [10, 9], True),
        ("before_seq=9223372036854775807&limit=2", [10, 9], True),
        ("after_seq=0&limit=3", [1, 2, 3], True),
        ("after_seq=0", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], False),
        ("after_seq=8", [9, 10], False),
        ("after_seq=8&limit=1", [9], True),
        ("after_seq=10", [], False),
        ("after_seq=9223372036854775807", [], False),
        ("around_seq=5&limit=1", [5], True),
        ("around_seq=5&limit=3", [6, 5, 4], True),
        ("around_seq=5&limit=4", [7, 6, 5, 4], True),
        ("around_seq=1&limit=5", [3, 2, 1], False),
        ("around_seq=10&limit=5", [10, 9, 8, 7, 6], True),
        ("around_seq=0&limit=3", [1], False),
        ("around_seq=9223372036854775807&limit=3", [10, 9, 8], True),
        ("before_id={1}", [], False),
        ("before_id={5}&limit=2", [4, 3], True),
        ("before_id={10}&limit=100", [9, 8, 7, 6, 5, 4, 3, 2, 1], False),
        ("after_id={1}&limit=2", [2, 3], True),
        ("after_id={9}", [10], False),
        ("after_id={10}", [], False),
    ],
)  # fmt: skip
def test_a_page_holds_what_was_asked_for(ten, query, found, has_more):
    ada, conversation, messages = ten
    query = query.format(*(messages.get(number, {}).get("id") for number in range(11)))
    page = ada.http.get(f"/conversations/{conversation}/messages?{query}").json()
    assert seqs(page) == found
    assert page["has_more"] == has_more == (page["next_cursor"] is not None)
    assert page["head_seq"] == 10
    assert page["items"] == [messages[seq] for seq in found]


# acceptance: A-030, D-059
@pytest.mark.parametrize("limit", [1, 3, 5, 10, 11])
@pytest.mark.parametrize("start, way", [({}, range(10, 0, -1)), ({"after_seq": 0}, range(1, 11)), ({"around_seq": 5}, None)])
def test_cursors_lead_to_the_end_and_meet_nothing_twice(ten, start, way, limit):
    ada, conversation, _ = ten
    page = history(ada, conversation, limit=limit, **start)
    walked = seqs(page)
    while page["has_more"]:
        page = history(ada, conversation, limit=limit, cursor=page["next_cursor"])
        assert page["items"], "another page was promised"
        walked += seqs(page)
    assert walked == list(way or range(walked[0], 0, -1))


def test_a_page_stays_where_it_is_while_messages_arrive(fresh):
    ada, ben, conversation = fresh
    for number in range(6):
        send(ada, conversation, f"{number}")
    page = history(ben, conversation, limit=3)
    send(ada, conversation, "meanwhile")
    rest = history(ben, conversation, limit=3, cursor=page["next_cursor"])
    assert seqs(page) + seqs(rest) == [6, 5, 4, 3, 2, 1]
    assert (rest["head_seq"], rest["has_more"]) == (7, False)


# acceptance: B-025
def test_windows_that_are_none(ten, undisturbed):
    ada, conversation, messages = ten
    with undisturbed():
        for query in (
            *(f"{name}={value}" for name in ("before_seq", "after_seq", "around_seq") for value in ("-1", "", "x", "1.0", "1e1", "9223372036854775808", "%00")),
            *(f"{name}={value}" for name in ("before_id", "after_id") for value in ("", "x", "10", messages[1]["id"][:-1], messages[1]["id"] + "0", "%00")),
            "before_seq=1&before_seq=2", "before_seq=1&after_seq=2", "around_seq=1&after_seq=2", "before_seq=5&cursor=YjU",
            f"before_id={messages[5]['id']}&after_id={messages[5]['id']}", f"before_id={messages[5]['id']}&before_seq=5",
        ):  # fmt: skip
            refused(ada.http.get(f"/conversations/{conversation}/messages?{query}"), 400, "validation_error")


def test_a_message_of_elsewhere_is_no_place_here(ten, conversation, ada, undisturbed):
    reader, of_ten, _ = ten
    elsewhere = send(ada, conversation).json()["id"]
    nothing = "00000000-0000-7000-8000-000000000000"
    with undisturbed():
        for name in ("before_id", "after_id"):
            foreign, absent = (
                reader.http.get(f"/conversations/{of_ten}/messages", params={name: id}, headers=SAME_NAME) for id in (elsewhere, nothing)
            )
            refused(foreign, 404, "not_found")
            same_bytes(foreign, absent)


# acceptance: D-058, C-003
def test_a_conversation_of_ten_thousand_messages_opens_at_once(fresh, census):
    ada, ben, conversation = fresh
    try:
        census.change(
            "INSERT INTO messages (conversation_id, seq, rev, sent_at, sender_id, kind, body)"
            " SELECT %s, n, n, now() - (10001 - n) * interval '1 s', %s, 1, 'message ' || n FROM generate_series(1, 10000) n",
            conversation,
            ben.id,
        )
        census.change("UPDATE conversations SET last_seq = 10000, rev = 10000 WHERE id = %s", conversation)
        for parameters, first in (({}, 10_000), ({"around_seq": 5_000}, 5_025), ({"before_seq": 51}, 50), ({"after_seq": 0}, 1)):
            began = time.monotonic()
            page = history(ada, conversation, **parameters)
            assert time.monotonic() - began < 2
            assert (seqs(page)[0], len(page["items"]), page["head_seq"]) == (first, 50, 10_000)
        assert send(ada, conversation).json()["seq"] == 10_001
    finally:
        # The other tests of this database look at all that is in it, again and again.
        census.change("DELETE FROM messages WHERE conversation_id = %s", conversation)
        census.change("UPDATE conversations SET last_seq = 0 WHERE id = %s", conversation)


# Bad input


# acceptance: D-046
@pytest.mark.parametrize("fault", MALFORMED)
def test_bodies_that_are_not_json(ada, conversation, undisturbed, fault):
    with undisturbed():
        body = MALFORMED[fault]({"content": "hello", "client_msg_id": "x"})
        answer = ada.http.post(f"/conversations/{conversation}/messages", content=body, headers={"Content-Type": "application/json"})
        refused(answer, 400, "validation_error")


# acceptance: D-046
@pytest.mark.parametrize(
    "member, value",
    [
        *(("content", value) for value in (*NO_STRINGS.values(), None, "", " ", "\n\r\t", "\0", "\u0001\u007f", "\u2003\u00a0")),
        *(("client_msg_id", value) for value in (*NO_STRINGS.values(), "", " ", "a b", "a\n", "é", "a" * 65, "\0")),
        *(("type", value) for value in (*NO_STRINGS.values(), "", "TEXT", "system", "image", "text ")),
    ],
)
def test_members_that_cannot_be(ada, conversation, undisturbed, member, value):
    with undisturbed():
        body = {"content": "hello", "client_msg_id": "y", member: value}
        details = refused(ada.http.post(f"/conversations/{conversation}/messages", json=body), 400, "validation_error")
    assert details["path"] == member


def test_other_bad_requests(ada, conversation, undisturbed):
    path = f"/conversations/{conversation}/messages"
    with undisturbed():
        assert refused(ada.http.post(path, json={"client_msg_id": "x"}), 400, "validation_error")["path"] == "content"
        for key in ("", "a b", "é".encode(), "a" * 65, "a,b c"):
            refused(send(ada, conversation, headers={"Idempotency-Key": key}), 400, "validation_error")
        refused(send(ada, conversation, headers={"Idempotency-Key": "one"}, client_msg_id="other"), 400, "validation_error")
        refused(send(ada, conversation, headers=[("Idempotency-Key", "one"), ("Idempotency-Key", "other")]), 400, "validation_error")
        refused(ada.http.post(path, content=b'{"content":"x"}', headers={"Content-Type": "text/plain"}), 415, "unsupported_media")
        for size in (65_537, 1_000_000):
            refused(ada.http.post(path, json={"content": "x", "x": "x" * size}), 413, "payload_too_large")


# acceptance
def test_a_stranger_gets_nothing_in_and_nobody_hears_of_it(ada, ben, eve, conversation, undisturbed):
    with ada.socket() as adas, ben.socket() as bens, undisturbed():
        for members in ({}, {"client_msg_id": "x"}, {"content": "x" * 4096}):
            refused(send(eve, conversation, **members), 404, "not_found")
        for end in (adas, bens):
            end.expect("pong", end.send("ping"))
            assert end.waiting == []


def test_one_bad_message_in_a_crowd_is_its_senders_loss_alone(fresh, eve):
    """What is sent at the same time shares a transaction; what is wrong with one of them is nobody else's business."""
    ada, ben, conversation = fresh
    send(ada, conversation, "there before", client_msg_id="taken")
    jobs = [lambda number=number: send((ada, ben)[number % 2], conversation, f"good {number}", client_msg_id=f"g{number}") for number in range(30)]
    bad = [
        (lambda: send(eve, conversation, "stranger"), 404),
        (lambda: send(ada, conversation, "other text", client_msg_id="taken"), 409),
        (lambda: send(ada, conversation, "there before", client_msg_id="taken"), 200),
        (lambda: send(ada, "00000000-0000-7000-8000-000000000000", "nowhere"), 404),
    ]
    ready = threading.Barrier(len(jobs) + 3 * len(bad))

    def at_once(job):
        ready.wait()
        return job()

    with ThreadPoolExecutor(ready.parties) as pool:
        answers = list(pool.map(at_once, jobs + [job for job, _ in bad] * 3))
    assert [answer.status_code for answer in answers] == [201] * len(jobs) + [status for _, status in bad] * 3
    stored = everything(ben, conversation)
    assert [message["seq"] for message in stored] == list(range(1, 32))
    assert sorted(message["content"] for message in stored[1:]) == sorted(f"good {number}" for number in range(30))

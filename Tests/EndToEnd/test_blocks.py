"""Blocks: nothing gets across, nobody is told, and what was said before stays."""

import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from support.answers import SAME_NAME, refused, same_bytes, said_well
from support.person import Person, newcomer

NOBODY = "00000000-0000-7000-8000-000000000000"


def say(person: Person, conversation: str, text: str, **fields) -> httpx.Response:
    return person.http.post(f"/conversations/{conversation}/messages", json={"content": text, **fields}, headers=SAME_NAME)


def block(person: Person, other: Person):
    assert person.http.post(f"/users/{other.id}/block").status_code == 204


def unblock(person: Person, other: Person):
    assert person.http.delete(f"/users/{other.id}/block").status_code == 204


@pytest.fixture
def pair(service) -> tuple[Person, Person, str]:
    """Two who have never met before, and their conversation."""
    ada, ben = newcomer(service), newcomer(service)
    return ada, ben, ada.conversation_with(ben)


# acceptance: D-048
def test_a_blocked_sender_is_refused_on_both_ways_in_and_nothing_arrives(pair, census):
    ada, ben, conversation = pair
    assert say(ben, conversation, "before").status_code == 201
    block(ada, ben)
    with ada.socket() as to_ada, ben.socket() as from_ben:
        answer = say(ben, conversation, "by REST", client_msg_id="r1")
        refused(answer, 403, "not_authorized")
        id = from_ben.send("send_message", {"conversation_id": conversation, "content": "by socket", "client_msg_id": "s1"})
        frame = from_ben.answer(id)
        assert frame["type"] == "error" and frame["data"]["client_msg_id"] == "s1"
        assert frame["data"]["code"] == "not_authorized"
        assert frame["data"]["message"] == answer.json()["error"]["message"]
        said_well(frame["data"]["message"])
        assert "block" not in answer.text.lower() and ada.username not in answer.text
        # Something of which it is known that it arrives: whatever came before it would have come by then.
        dan = newcomer(ada.service)
        assert say(dan, dan.conversation_with(ada), "hello, Ada").status_code == 201
        assert to_ada.expect("new_message")["content"] == "hello, Ada"
        assert not any(frame["type"] == "new_message" for frame in to_ada.waiting)
    assert census.one("SELECT count(*) FROM messages WHERE conversation_id = %s", conversation) == 1
    for person in pair[:2]:
        contents = [message["content"] for message in person.http.get(f"/conversations/{conversation}/messages").json()["items"]]
        assert contents == ["before"]


# acceptance: D-048
def test_who_blocked_is_told_that_they_did(pair):
    ada, ben, conversation = pair
    block(ada, ben)
    answer = say(ada, conversation, "come back")
    refused(answer, 403, "not_authorized")
    assert "blocked" in answer.json()["error"]["message"]
    with ada.socket() as socket:
        id = socket.send("send_message", {"conversation_id": conversation, "content": "x", "client_msg_id": "a"})
        assert socket.answer(id)["data"]["message"] == answer.json()["error"]["message"]
    refused(ada.http.post("/conversations", json={"recipient_id": ben.id}), 403, "not_authorized")
    refused(ada.http.post(f"/users/{ben.id}/follow"), 403, "not_authorized")
    unblock(ada, ben)
    assert say(ada, conversation, "come back").status_code == 201


# acceptance: D-048
def test_one_refusal_for_whatever_a_blocked_person_tries(pair):
    ada, ben, conversation = pair
    stranger = newcomer(ada.service)
    block(ada, ben)
    block(ada, stranger)
    answers = [
        say(ben, conversation, "x"),
        ben.http.post("/conversations", json={"recipient_id": ada.id}, headers=SAME_NAME),
        stranger.http.post("/conversations", json={"recipient_id": ada.id}, headers=SAME_NAME),
        ben.http.post(f"/users/{ada.id}/follow", headers=SAME_NAME),
        stranger.http.post(f"/users/{ada.id}/follow", headers=SAME_NAME),
    ]
    refused(answers[0], 403, "not_authorized")
    for answer in answers[1:]:
        same_bytes(answers[0], answer)
    for unknown in (NOBODY, "x", ada.id[:-1]):
        for method, path in [("POST", "follow"), ("DELETE", "follow"), ("POST", "block"), ("DELETE", "block")]:
            refused(ben.http.request(method, f"/users/{unknown}/{path}"), 404, "not_found")
    refused(ben.http.post("/conversations", json={"recipient_id": NOBODY}), 404, "not_found")


# acceptance: D-066
def test_a_stranger_learns_nothing_from_who_blocked_whom(pair):
    ada, ben, conversation = pair
    eve = newcomer(ada.service)

    def every_answer() -> list[httpx.Response]:
        return [
            eve.http.get(f"/users/{ada.id}", headers=SAME_NAME),
            eve.http.get("/users/search", params={"q": ada.username}, headers=SAME_NAME),
            eve.http.get(f"/conversations/{conversation}", headers=SAME_NAME),
            eve.http.post(f"/conversations/{conversation}/messages", json={"content": "x"}, headers=SAME_NAME),
            eve.http.get("/users/me/blocks", headers=SAME_NAME),
        ]

    before = every_answer()
    block(ada, ben)
    for one, other in zip(before, every_answer()):
        same_bytes(one, other)


# acceptance: D-048
def test_a_blocker_shows_their_username_alone_and_the_shape_stays(pair):
    ada, ben, _ = pair
    ada.http.patch("/users/me", json={"display_name": "Ada Lovelace"})
    bens_look = ben.http.get(f"/users/{ada.id}")
    assert bens_look.json()["display_name"] == "Ada Lovelace"
    block(ada, ben)
    reduced = {"id": ada.id, "username": ada.username, "display_name": ada.username}
    assert ben.http.get(f"/users/{ada.id}").json() == reduced
    for query in ({"q": ada.username}, {"username": ada.username}):
        assert ben.http.get("/users/search", params=query).json()["items"] == [reduced]
    assert ada.id not in str(ben.http.get("/users/search", params={"q": "lovelace"}).json())
    assert ada.http.get(f"/users/{ben.id}").json()["display_name"] == ben.username
    unblock(ada, ben)
    assert ben.http.get(f"/users/{ada.id}").json() == bens_look.json()


# acceptance: D-048
def test_pending_receipts_never_arrive(pair):
    ada, ben, conversation = pair
    message = say(ben, conversation, "did you read it?").json()
    block(ada, ben)
    with ben.socket() as to_ben:
        assert ada.http.post(f"/conversations/{conversation}/read", json={"seq": 1}).json()["last_read_seq"] == 1
        dan = newcomer(ada.service)
        assert say(dan, dan.conversation_with(ben), "hello").status_code == 201
        to_ben.expect("new_message")
        assert not {frame["type"] for frame in to_ben.waiting} & {"read_update", "delivered_update"}, to_ben.waiting
    shown = ben.http.get(f"/conversations/{conversation}").json()["participants"]
    assert [(marks["last_read_seq"], marks["last_delivered_seq"]) for marks in shown if marks["id"] == ada.id] == [(0, 0)]
    assert ben.http.get(f"/messages/{message['id']}/status").json()["status"] == "sent"
    unblock(ada, ben)
    assert ben.http.get(f"/messages/{message['id']}/status").json()["status"] == "sent"


def test_a_retry_from_before_the_block_gets_the_original(pair):
    ada, ben, conversation = pair
    message = say(ben, conversation, "hello", client_msg_id="once").json()
    block(ada, ben)
    retry = say(ben, conversation, "hello", client_msg_id="once")
    assert (retry.status_code, retry.json()["id"]) == (200, message["id"])


# acceptance: D-048
@pytest.mark.parametrize("nodes", [1, 2])
def test_nothing_is_stored_or_told_after_the_204(nodes, make_service):
    """Many senders at both ways in, while the other one blocks them and lets them in again."""
    services = [make_service() for _ in range(nodes)]
    ada, ben = newcomer(services[0]), newcomer(services[-1])
    conversation = ada.conversation_with(ben)
    stop = threading.Event()
    accepted: dict[int, float] = {}  # seq, and when it was sent off
    refusals = 0

    def send(number: int):
        nonlocal refusals
        with httpx.Client(base_url=ben.http.base_url, headers=ben.http.headers, timeout=15) as client:
            while not stop.is_set():
                began = time.monotonic()
                answer = client.post(f"/conversations/{conversation}/messages", json={"content": f"from {number}", "client_msg_id": secrets.token_hex(8)})
                if answer.status_code == 201:
                    accepted[answer.json()["seq"]] = began
                else:
                    assert answer.status_code == 403, answer.text
                    refusals += 1
                # Another node tells of 500 messages of a conversation at once, and shows a gap where there were more.
                time.sleep(0.01)

    spans = []  # when a block stood for certain, and the head then
    with ada.socket() as to_ada, ThreadPoolExecutor(4) as pool:
        senders = [pool.submit(send, number) for number in range(4)]
        for _ in range(6):
            time.sleep(0.15)
            block(ada, ben)
            since = time.monotonic()
            head = ada.http.get(f"/conversations/{conversation}").json()["last_seq"]
            time.sleep(0.15)
            assert ada.http.get(f"/conversations/{conversation}").json()["last_seq"] == head, "something was stored after the 204"
            spans.append((since, time.monotonic(), head))
            unblock(ada, ben)
        stop.set()
        for sender in senders:
            sender.result()
        block(ada, ben)
        last = ada.http.get(f"/conversations/{conversation}").json()["last_seq"]
        told = []
        while len(told) < last:
            told.append(to_ada.expect("new_message")["seq"])
        assert told == list(range(1, last + 1)), "every message, once and in order"
        time.sleep(0.7)
        assert not any(frame["type"] == "new_message" for frame in to_ada.waiting)
    assert sorted(accepted) == list(range(1, last + 1)) and refusals > 0
    for since, until, head in spans:
        assert not [seq for seq, began in accepted.items() if since < began < until and seq <= head]
    assert ada.http.get(f"/conversations/{conversation}/messages", params={"limit": 1}).json()["head_seq"] == last


def test_a_block_and_an_opening_at_the_same_moment(service):
    for round in range(12):
        ada, ben = newcomer(service), newcomer(service)
        with ThreadPoolExecutor(2) as pool:
            opening = pool.submit(lambda: ben.http.post("/conversations", json={"recipient_id": ada.id}))
            time.sleep(0.0005 * round)
            block(ada, ben)
            opened = opening.result()
        assert opened.status_code in (201, 403), opened.text
        if opened.status_code == 201:
            refused(say(ben, opened.json()["id"], "x"), 403, "not_authorized")


# acceptance: C-014
def test_what_a_blocked_person_wrote_does_not_count_as_unread(pair):
    ada, ben, conversation = pair
    say(ben, conversation, "one")
    say(ben, conversation, "two")
    assert ada.http.get("/users/me/unread-counts").json()["total"] == 2
    block(ada, ben)
    assert ada.http.get("/users/me/unread-counts").json() == {"total": 0, "conversations": []}
    assert ada.http.get(f"/conversations/{conversation}").json()["unread_count"] == 0
    assert ada.http.get("/conversations", params={"filter": "unread"}).json()["items"] == []
    unblock(ada, ben)
    assert ada.http.get("/users/me/unread-counts").json()["total"] == 2


def test_the_blockers_devices_follow_and_the_other_ones_hear_nothing(pair):
    ada, ben, conversation = pair
    say(ben, conversation, "hello")
    with ada.on_another_device().socket() as to_ada, ben.socket() as to_ben:
        time.sleep(1.2)  # what was told of the new conversation
        to_ada.waiting.clear()
        to_ben.connection.send('{"type":"ping","id":"p"}')
        to_ben.answer("p")
        to_ben.waiting.clear()
        block(ada, ben)
        to_ada.expect("account_update")
        assert to_ada.next(lambda frame: frame["type"] == "conversation_updated" and frame["data"]["unread_count"] == 0, 10)
        unblock(ada, ben)
        assert to_ada.next(lambda frame: frame["type"] == "conversation_updated" and frame["data"]["unread_count"] == 1, 10)
        to_ben.expect("pong", to_ben.send("ping"))
        assert to_ben.waiting == []


def test_the_list_of_blocks(pair):
    ada, ben, _ = pair
    others = [newcomer(ada.service) for _ in range(4)]
    for other in others:
        block(ada, other)
        block(ada, other)
        time.sleep(0.002)
    page = ada.http.get("/users/me/blocks", params={"limit": 3}).json()
    assert [person["id"] for person in page["items"]] == [other.id for other in reversed(others[1:])]
    rest = ada.http.get("/users/me/blocks", params={"limit": 3, "cursor": page["next_cursor"]}).json()
    assert [person["id"] for person in rest["items"]] == [others[0].id] and not rest["has_more"]
    unblock(ada, others[2])
    unblock(ada, others[2])
    assert len(ada.http.get("/users/me/blocks").json()["items"]) == 3
    assert others[0].http.get("/users/me/blocks").json()["items"] == []
    assert refused(ada.http.post(f"/users/{ada.id}/block"), 400, "validation_error") == {"parameter": "user"}
    refused(ada.http.get("/users/me/blocks", params={"cursor": "x"}), 400, "validation_error")

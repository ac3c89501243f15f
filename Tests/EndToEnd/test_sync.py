"""Catching up: snapshots, what changed since, waiting for changes, and that all of it together is what a fresh device would be told."""

import json
import random
import threading
import time

import psycopg
import pytest
from websockets.exceptions import ConnectionClosed

from support.answers import refused
from support.person import newcomer
from support.replica import Replica, anew, differences, fetch


@pytest.fixture
def talk(service):
    ada, ben = newcomer(service), newcomer(service)
    return ada, ben, ada.conversation_with(ben)


def say(person, conversation: str, content: str) -> dict:
    answer = person.http.post(f"/conversations/{conversation}/messages", json={"content": content})
    assert answer.status_code == 201, answer.text
    return answer.json()


def entry_of(answer: dict, conversation: str) -> dict:
    return next(entry for entry in answer["conversations"] if entry["id"] == conversation)


# acceptance: D-042, D-058
def test_a_snapshot_holds_the_inbox_with_its_newest_messages(talk):
    ada, ben, conversation = talk
    for number in range(25):
        say(ada, conversation, f"{number}")
    snapshot = fetch(ben.http)
    assert (snapshot["reset"], snapshot["has_more"], snapshot["next_cursor"]) == (True, False, None)
    assert snapshot["me"] == ben.http.get("/users/me").json()
    (entry,) = snapshot["conversations"]
    messages = entry.pop("messages")
    assert entry == ben.http.get(f"/conversations/{conversation}").json()
    assert [message["seq"] for message in messages] == list(range(6, 26))
    page = ben.http.get(f"/conversations/{conversation}/messages", params={"limit": 20}).json()
    assert messages == page["items"][::-1]


def test_what_changed_is_told_once_and_nothing_else_is(talk, service):
    ada, ben, conversation = talk
    quiet = ada.conversation_with(newcomer(service))
    say(ada, quiet, "before")
    token = fetch(ada.http)["token"]
    nothing = fetch(ada.http, token)
    assert (nothing["reset"], nothing["conversations"], nothing["has_more"]) == (False, [], False)
    assert "me" not in nothing
    message = say(ben, conversation, "hello")
    changed = fetch(ada.http, token)
    assert [entry["id"] for entry in changed["conversations"]] == [conversation]
    entry = entry_of(changed, conversation)
    assert [kept["id"] for kept in entry["messages"]] == [message["id"]]
    assert entry["unread_count"] == 1
    assert fetch(ada.http, changed["token"])["conversations"] == []
    # An old token goes on to be good, and says the same and what came since.
    ada.http.post(f"/conversations/{conversation}/read", json={"seq": 1})
    again = entry_of(fetch(ada.http, token), conversation)
    assert (again["unread_count"], [kept["id"] for kept in again["messages"]]) == (0, [message["id"]])
    receipts = entry_of(fetch(ada.http, changed["token"]), conversation)
    assert (receipts["messages"], receipts["last_read_seq"]) == ([], 1)


def test_a_new_conversation_a_new_name_and_privacy_are_told_too(talk, service):
    ada, ben, conversation = talk
    token = fetch(ada.http)["token"]
    eve = newcomer(service)
    empty = eve.conversation_with(ada)
    assert [entry["id"] for entry in fetch(ada.http, token)["conversations"]] == [empty]
    token = fetch(ada.http, token)["token"]
    ben.http.patch("/users/me", json={"display_name": "Benjamin"})
    (entry,) = fetch(ada.http, token)["conversations"]
    assert {person["display_name"] for person in entry["participants"]} >= {"Benjamin"}
    token = fetch(ada.http, token)["token"]
    ada.http.patch("/users/me/privacy", json={"read_receipts": False})
    changed = fetch(ada.http, token)
    assert changed["me"]["privacy"]["read_receipts"] is False and changed["conversations"] == []


def test_an_answer_that_is_too_long_comes_in_parts(service):
    ada = newcomer(service)
    token = fetch(ada.http)["token"]
    conversations = set()
    for number in range(7):
        other = newcomer(service)
        conversation = ada.conversation_with(other)
        conversations.add(conversation)
        say(other, conversation, "x" * 4000)
    seen, parts = [], 0
    while True:
        answer = fetch(ada.http, token, limit=3)
        token = answer["token"]
        parts += 1
        seen += [entry["id"] for entry in answer["conversations"]]
        if parts == 1:  # what happens meanwhile is told after the parts, once more where it was told before
            say(ada, seen[0], "meanwhile")
        if not answer["has_more"]:
            break
    assert (parts, set(seen), len(seen)) == (3, conversations, 7)
    last = fetch(ada.http, token)
    assert [entry["id"] for entry in last["conversations"]] == [seen[0]]
    assert [message["content"] for message in last["conversations"][0]["messages"]] == ["meanwhile"]


def test_a_frame_holds_less_than_an_answer(service):
    ada = newcomer(service)
    for _ in range(5):
        other = newcomer(service)
        conversation = ada.conversation_with(other)
        for _ in range(20):
            say(other, conversation, "é" * 4096)
    with ada.socket() as socket:
        snapshot = socket.expect("sync", socket.send("sync", {}))
        assert 1 <= len(snapshot["conversations"]) < 5
        rest = ada.http.get("/conversations", params={"cursor": snapshot["next_cursor"]}).json()["items"]
        assert len(rest) + len(snapshot["conversations"]) == 5
        again = socket.expect("sync", socket.send("sync", {"since": snapshot["token"]}))
        assert again["conversations"] == []


# acceptance: D-042
def test_a_request_that_waits_is_answered_when_something_happens(talk):
    ada, ben, conversation = talk
    token = fetch(ada.http)["token"]
    began = time.monotonic()
    assert fetch(ada.http, token, timeout=1)["conversations"] == []
    assert time.monotonic() - began >= 0.9
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(fetch(ada.on_another_device().http, token, timeout=30)))
    waiting.start()
    time.sleep(0.5)
    message = say(ben, conversation, "wake up")
    waiting.join(timeout=10)
    assert [kept["id"] for kept in entry_of(answers[0], conversation)["messages"]] == [message["id"]]


def test_who_waits_does_not_hold_up_a_stop(make_service):
    service = make_service()
    ada = newcomer(service)
    token = fetch(ada.http)["token"]
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(fetch(ada.http, token, timeout=60)))
    waiting.start()
    time.sleep(0.5)
    began = time.monotonic()
    assert service.stop() == 0
    waiting.join(timeout=10)
    assert time.monotonic() - began < 5
    assert answers[0]["conversations"] == [] and not answers[0]["reset"]


@pytest.mark.parametrize("token", ["", "nonsense", "MXw", "é", "A" * 7000])
def test_what_is_no_token_is_refused(talk, token):
    ada, _, _ = talk
    assert refused(ada.http.get("/sync", params={"since": token}), 400, "validation_error")
    with ada.socket() as socket:
        assert socket.answer(socket.send("sync", {"since": token}))["data"]["code"] == "validation_error"


def test_another_life_of_the_database_begins_anew(make_service):
    service = make_service()
    ada = newcomer(service)
    token = fetch(ada.http)["token"]
    with psycopg.connect(service.database) as database:
        database.execute("UPDATE generation SET id = gen_random_uuid()")
    answer = fetch(ada.http, token)
    assert answer["reset"] and fetch(ada.http, answer["token"])["reset"] is False


def test_somebody_elses_token_shows_nothing_of_theirs(talk, service):
    ada, ben, conversation = talk
    eve = newcomer(service)
    token = fetch(ada.http)["token"]
    say(ben, conversation, "secret")
    answer = fetch(eve.http, token)
    assert answer["conversations"] == []


class Live:
    """A replica that listens to a socket."""

    def __init__(self, person):
        self.replica = Replica(person)
        self.failure = None
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        try:
            while not self.is_over.is_set():
                with self.replica.person.socket() as socket:
                    self.replica.sync()
                    self.listen(socket)
        except Exception as failure:
            self.failure = failure

    def listen(self, socket):
        began = time.monotonic()
        # Sockets end now and then: what happens until the next one is caught up with.
        while time.monotonic() - began < 3 and not self.is_over.is_set():
            try:
                frame = socket.waiting.pop(0) if socket.waiting else json.loads(socket.connection.recv(timeout=0.2))
            except TimeoutError:
                continue
            except ConnectionClosed:
                return
            self.replica.hear(frame)


class Polling(Live):
    """A replica without a socket, that waits for changes by REST."""

    def run(self):
        try:
            while not self.is_over.is_set():
                self.replica.sync(timeout=2)
                if self.replica.token is None:
                    self.replica.sync()
        except Exception as failure:
            self.failure = failure


def settle(device: Live):
    """Waits until a device shows what a fresh one would."""
    deadline = time.monotonic() + 10
    while found := differences(device.replica):
        assert device.failure is None, device.failure
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


# acceptance: D-042, E-009
@pytest.mark.parametrize("nodes", [1, 2])
def test_what_a_device_keeps_is_what_a_fresh_one_is_told(make_service, nodes):
    """A random walk of four people; each has a device that listens, and one that waits by REST."""
    services = [make_service() for _ in range(nodes)]
    people = [newcomer(services[index % nodes]) for index in range(4)]
    devices = []
    for index, person in enumerate(people):
        other = person.on_another_device()
        elsewhere = services[(index + 1) % nodes]
        other.service, other.http.base_url = elsewhere, f"{elsewhere.url}/api/v1"
        devices += [Live(person.on_another_device()), Polling(other)]
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    conversations: dict[str, list] = {}
    for number in range(250):
        one, other = dice.sample(people, 2)
        match dice.choice(["send"] * 6 + ["read"] * 3 + ["delivered"] * 2 + ["open", "rename", "privacy", "block", "unblock", "follow"]):
            case "open":
                answer = one.http.post("/conversations", json={"recipient_id": other.id})
                assert answer.status_code in (200, 201, 403), answer.text
                if answer.status_code != 403:
                    conversations[answer.json()["id"]] = [one, other]
            case "block" | "follow" as relation:
                assert one.http.post(f"/users/{other.id}/{relation}").status_code in (204, 403)
            case "unblock":
                for blocked in one.http.get("/users/me/blocks").json()["items"]:
                    assert one.http.delete(f"/users/{blocked['id']}/block").status_code == 204
            case "rename":
                one.http.patch("/users/me", json={"display_name": f"{one.username} {number}"})
            case "privacy":
                one.http.patch("/users/me/privacy", json={"read_receipts": dice.random() < 0.7})
            case action if conversations:
                id = dice.choice(list(conversations))
                who = dice.choice(conversations[id])
                if action == "send":
                    sent = who.http.post(f"/conversations/{id}/messages", json={"content": f"message {number}"})
                    assert sent.status_code in (201, 403), sent.text
                else:
                    head = who.http.get(f"/conversations/{id}").json()["last_seq"]
                    who.http.post(f"/conversations/{id}/{action}", json={"seq": dice.randint(1, head + 1)})
    for device in devices:
        settle(device)
        assert anew(device.replica.person)[0].keys() <= conversations.keys()
    for device in devices:
        device.is_over.set()
    for device in devices:
        device.thread.join(timeout=10)

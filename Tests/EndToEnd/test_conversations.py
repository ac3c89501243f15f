"""`/conversations`: one for each pair, found in lists, and never seen by anybody else."""

import random
import secrets
import time
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.answers import SAME_NAME, TIMESTAMP, UUID7, refused, same_bytes
from support.bad_json import MALFORMED, NO_STRINGS
from support.person import Person, newcomer

NOBODY = "00000000-0000-7000-8000-000000000000"

# What is no id at all: the same answer as for the id of nothing.
NO_IDS = ["x", "0", "-1", "null", "%00", "%FF", "%20", "..%2F..", "' OR 1=1--", "a" * 3000, NOBODY[:-1], NOBODY + "0", "{" + NOBODY + "}", NOBODY.replace("-", "")]


def say(person: Person, conversation: str, text: str) -> dict:
    answer = person.http.post(f"/conversations/{conversation}/messages", json={"content": text})
    assert answer.status_code == 201, answer.text
    return answer.json()


# Making one


# acceptance
def test_two_people_have_one_conversation_whoever_asks(service):
    ada, ben = newcomer(service), newcomer(service)
    made = ada.http.post("/conversations", json={"recipient_id": ben.id})
    assert made.status_code == 201
    conversation = made.json()
    assert UUID7.fullmatch(conversation["id"]) and TIMESTAMP.fullmatch(conversation["created_at"])
    assert conversation["kind"] == "direct"
    assert {person["id"] for person in conversation["participants"]} == {ada.id, ben.id}
    assert conversation["participants"][0].keys() == {"id", "username", "display_name", "last_read_seq", "last_delivered_seq"}
    for again in (ada.http.post("/conversations", json={"recipient_id": ben.id}), ben.http.post("/conversations", json={"recipient_id": ada.id})):
        assert (again.status_code, again.json()) == (200, conversation)


# acceptance: A-008, D-049
def test_both_may_ask_at_once_and_often(service, census):
    ada, ben = newcomer(service), newcomer(service)
    asked = [(ada, ben), (ben, ada)] * 8
    with ThreadPoolExecutor(len(asked)) as pool:
        answers = list(pool.map(lambda pair: pair[0].http.post("/conversations", json={"recipient_id": pair[1].id}), asked))
    assert sorted(answer.status_code for answer in answers) == [200] * 15 + [201]
    (id,) = {answer.json()["id"] for answer in answers}
    assert census.one("SELECT count(*) FROM participants WHERE conversation_id = %s", id) == 2


# acceptance: D-050
def test_nobody_converses_with_nobody_or_themselves(ada, undisturbed):
    with undisturbed():
        for unknown in (NOBODY, "ffffffff-ffff-ffff-ffff-ffffffffffff", secrets.token_hex(16)[:8] + NOBODY[8:]):
            refused(ada.http.post("/conversations", json={"recipient_id": unknown}), 404, "not_found")
        for myself in (ada.id, ada.id.upper()):
            assert refused(ada.http.post("/conversations", json={"recipient_id": myself}), 400, "validation_error")["path"] == "recipient_id"


# acceptance: D-046
@pytest.mark.parametrize("fault", MALFORMED)
def test_bodies_that_are_not_json(ada, ben, undisturbed, fault):
    with undisturbed():
        body = MALFORMED[fault]({"recipient_id": ben.id})
        refused(ada.http.post("/conversations", content=body, headers={"Content-Type": "application/json"}), 400, "validation_error")


def test_recipients_that_are_no_ids(ada, ben, undisturbed):
    with undisturbed():
        for recipient in (*NO_STRINGS.values(), None, "", "x", ben.username, ben.id[:-1], ben.id + "0", ben.id.replace("-", ""), f" {ben.id}", f"{ben.id}\0"):
            details = refused(ada.http.post("/conversations", json={"recipient_id": recipient}), 400, "validation_error")
            assert details["path"] == "recipient_id"
        assert refused(ada.http.post("/conversations", json={}), 400, "validation_error")["path"] == "recipient_id"
        answer = ada.http.post("/conversations", content=b"{}", headers={"Content-Type": "text/plain"})
        refused(answer, 415, "unsupported_media")


# Looking at one


# acceptance: A-029
def test_a_conversation_tells_who_is_in_it_and_how_far_it_is(ada, ben, conversation):
    message = say(ada, conversation, "hello")
    for person in (ada, ben):
        found = person.http.get(f"/conversations/{conversation}").json()
        assert {each["id"] for each in found["participants"]} == {ada.id, ben.id}
        assert (found["last_seq"], found["rev"]) == (message["seq"], message["rev"])


# acceptance, B-024, D-066
def test_what_is_not_yours_and_what_is_not_at_all_are_one_answer(ada, eve, conversation, undisturbed):
    message = say(ada, conversation, "not for Eve")
    own = newcomer(eve.service)
    eves = eve.conversation_with(own)

    def every_answer(id: str) -> list:
        path = f"/conversations/{id}"
        return [
            eve.http.get(path, headers=SAME_NAME),
            eve.http.get(f"{path}/messages", headers=SAME_NAME),
            eve.http.get(f"{path}/messages", params={"before_seq": 2, "limit": 1}, headers=SAME_NAME),
            eve.http.get(f"{path}/messages", params={"before_id": message["id"]}, headers=SAME_NAME),
            eve.http.get(f"{path}/messages", params={"after_id": message["id"]}, headers=SAME_NAME),
            eve.http.post(f"{path}/messages", json={"content": "let me in"}, headers=SAME_NAME),
            eve.http.post(f"{path}/messages", json={"content": "let me in", "client_msg_id": "x"}, headers=SAME_NAME),
        ]

    with undisturbed():
        nothing = every_answer(NOBODY)
        for answer in nothing:
            refused(answer, 404, "not_found")
        for id in (conversation, conversation.upper(), eves[:-1] + ("0" if eves[-1] != "0" else "1"), *NO_IDS):
            for one, other in zip(nothing, every_answer(id)):
                same_bytes(one, other)
    for parameter in ("before_id", "after_id"):
        foreign, absent = (
            eve.http.get(f"/conversations/{eves}/messages", params={parameter: id}, headers=SAME_NAME) for id in (message["id"], NOBODY)
        )
        refused(foreign, 404, "not_found")
        same_bytes(foreign, absent)


# The list


# acceptance, D-059
def test_the_list_shows_the_latest_first_page_by_page(service):
    ada = newcomer(service)
    assert ada.http.get("/conversations").json() == {"items": [], "has_more": False, "next_cursor": None}
    others = [newcomer(service) for _ in range(5)]
    ids = [ada.conversation_with(other) for other in others]
    for index in (3, 0, 4, 1):
        say(others[index], ids[index], f"from {index}")
        time.sleep(0.002)  # times have milliseconds; what has the same one stands in no order of sending
    latest_first = [ids[index] for index in (1, 4, 0, 3, 2)]

    def walk(limit: int) -> list[dict]:
        items, cursor = [], {}
        while True:
            page = ada.http.get("/conversations", params={"limit": limit, **cursor}).json()
            assert page.keys() == {"items", "has_more", "next_cursor"}
            assert len(page["items"]) == limit or not page["has_more"]
            assert page["has_more"] == (page["next_cursor"] is not None)
            items += page["items"]
            if not page["has_more"]:
                return items
            cursor = {"cursor": page["next_cursor"]}

    for limit in (1, 2, 4, 5, 100):
        assert [item["id"] for item in walk(limit)] == latest_first
    first, last = walk(50)[0], walk(50)[-1]
    assert (first["peer"]["id"], first["last_message"]["preview"], first["last_message"]["sender_id"]) == (others[1].id, "from 1", others[1].id)
    assert last["last_message"] is None and last["peer"]["username"] == others[2].username


# acceptance: A-027
def test_a_preview_is_short_and_whole_characters(ada, ben, conversation):
    say(ben, conversation, "🙂" * 300)
    (item,) = (item for item in ada.http.get("/conversations").json()["items"] if item["id"] == conversation)
    assert item["last_message"]["preview"] == "🙂" * 120


def test_a_conversation_stands_in_nobody_elses_list(eve, conversation):
    assert conversation not in eve.http.get("/conversations?limit=100").text


# acceptance: B-025
@pytest.mark.parametrize("path", ["/conversations", "/conversations/{}/messages"])
def test_pages_that_nobody_can_turn_to(ada, conversation, undisturbed, path):
    path = path.format(conversation)
    with undisturbed():
        for query in (
            "limit=0", "limit=-1", "limit=101", "limit=99999999999999999999", "limit=", "limit=x", "limit=1.5", "limit=1e1", "limit=0x10",
            "limit=%D9%A3", "limit=1&limit=2", "limit=5%00", "cursor=", "cursor=x", "cursor=%00", "cursor=%FF", "cursor=" + "A" * 4000,
            "cursor=YjE&cursor=YjE",
        ):  # fmt: skip
            refused(ada.http.get(f"{path}?{query}"), 400, "validation_error")


def test_a_cursor_that_was_tampered_with_is_refused_or_just_another_place(ada, conversation, undisturbed):
    """Cursors are opaque, but not secret: whatever they say, they show nothing that the list would not."""
    dice = random.Random(2)
    texts = [
        "b0", "b-1", "b9223372036854775807", "b9223372036854775808", "a0", "o1", "c1", "b", "b1.5", "b 1", "b1 ", "b+1", f"0.{NOBODY}", f"-1.{NOBODY}",
        f"9223372036854775807.{NOBODY}", f"253402300799999.{NOBODY}", f"253402300800000.{NOBODY}", f"-62135596800001.{NOBODY}", f"1.{conversation}",
        "1.", ".", "1.x", f"1..{NOBODY}", "\0", "é", "'; DROP TABLE users; --",
    ]  # fmt: skip
    cursors = [urlsafe_b64encode(text.encode()).rstrip(b"=").decode() for text in texts]
    cursors += [secrets.token_urlsafe(dice.randrange(1, 60)) for _ in range(60)]
    allowed = {"/conversations": {conversation}, f"/conversations/{conversation}/messages": {conversation}}
    with undisturbed():
        for path, ids in allowed.items():
            for cursor in cursors:
                answer = ada.http.get(path, params={"cursor": cursor})
                if answer.status_code == 200:
                    assert {item.get("conversation_id", item["id"]) for item in answer.json()["items"]} <= ids
                else:
                    refused(answer, 400, "validation_error")


def test_methods_that_a_path_does_not_have(ada, conversation, undisturbed):
    with undisturbed():
        for method, path in (
            ("PUT", "/conversations"), ("DELETE", "/conversations"), ("POST", f"/conversations/{conversation}"),
            ("PUT", f"/conversations/{conversation}/messages"), ("DELETE", f"/conversations/{conversation}/messages"),
        ):  # fmt: skip
            refused(ada.http.request(method, path, json={"content": "x", "recipient_id": NOBODY}), 405, "method_not_allowed")

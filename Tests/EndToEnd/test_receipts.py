"""Receipts: what has been read and what a device has, as everybody sees it, by REST and by socket."""

import time

import pytest

from support.answers import SAME_NAME, TIMESTAMP, refused, same_bytes
from support.person import newcomer

NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def talk(service):
    """Two people of this test alone, and their conversation."""
    ada, ben = newcomer(service), newcomer(service)
    return ada, ben, ada.conversation_with(ben)


def say(person, conversation: str, *contents: str) -> list[dict]:
    return [person.http.post(f"/conversations/{conversation}/messages", json={"content": content}).json() for content in contents]


def read(person, conversation: str, **where):
    return person.http.post(f"/conversations/{conversation}/read", json=where)


def status(person, message: dict) -> dict:
    answer = person.http.get(f"/messages/{message['id']}/status")
    assert answer.status_code == 200, answer.text
    return answer.json()


# acceptance, B-012, B-017, D-053, E-010, E-012
def test_a_message_is_sent_delivered_and_read_before_its_senders_eyes(talk):
    ada, ben, conversation = talk
    with ada.socket() as hers, ada.on_another_device().socket() as other, ben.socket() as his:
        message = hers.expect("message_ack", hers.send("send_message", {"conversation_id": conversation, "content": "hello"}))
        his.expect("new_message")
        for kind, type, stem in [("mark_delivered", "delivered_update", "delivered"), ("mark_read", "read_update", "read")]:
            mine = his.expect(type, his.send(kind, {"conversation_id": conversation, "seq": 1}))
            assert mine["user_id"] == ben.id
            for device in (hers, other, his):
                update = device.expect(type)
                assert update["conversation_id"] == conversation
                assert update["user_id"] == ben.id
                assert update[f"last_{stem}_message_id"] == message["server_id"]
                assert update[f"last_{stem}_seq"] == 1
                assert TIMESTAMP.fullmatch(update["at"])
                assert update["prev_rev"] == update["rev"] - 1
        assert status(ada, {"id": message["server_id"]})["status"] == "read"


# acceptance: A-033, B-012
def test_reading_by_rest(talk):
    ada, ben, conversation = talk
    first, second, third = say(ada, conversation, "one", "two", "three")
    for where, seq in [({"message_id": second["id"]}, 2), ({"seq": 1}, 2), ({"message_id": first["id"]}, 2), ({"seq": 3}, 3)]:
        answer = read(ben, conversation, **where)
        assert answer.status_code == 200
        body = answer.json()
        assert (body["conversation_id"], body["last_read_seq"]) == (conversation, seq)
        assert body["last_read_message_id"] == [first, second, third][seq - 1]["id"]
    assert [item["status"] for item in ada.http.get(f"/conversations/{conversation}/messages").json()["items"]] == ["read"] * 3


# acceptance, C-014, C-031, D-006
def test_what_is_unread_is_told_in_the_inbox_in_the_conversation_and_in_all(talk, service):
    ada, ben, conversation = talk
    eve = newcomer(service)
    say(ada, conversation, "one", "two", "three")
    say(eve, eve.conversation_with(ben), "psst")
    say(ben, conversation, "mine")

    def unread(person) -> dict:
        return {item["id"]: item["unread_count"] for item in person.http.get("/conversations").json()["items"]}

    assert sorted(unread(ben).values()) == [1, 3]
    assert ben.http.get("/users/me/unread-counts").json()["total"] == 4
    assert unread(ada) == {conversation: 1}
    assert ben.http.get(f"/conversations/{conversation}").json()["unread_count"] == 3
    read(ben, conversation, seq=2)
    assert unread(ben)[conversation] == 1
    counts = ben.http.get("/users/me/unread-counts").json()
    assert counts["total"] == 2
    assert {line["conversation_id"]: line["unread_count"] for line in counts["conversations"]}[conversation] == 1
    read(ben, conversation, seq=4)
    assert unread(ben)[conversation] == 0
    assert len(ben.http.get("/users/me/unread-counts").json()["conversations"]) == 1


# acceptance, E-017
def test_history_shows_the_sender_how_far_each_message_got(talk):
    ada, ben, conversation = talk
    say(ada, conversation, "one", "two", "three")
    ben.http.post(f"/conversations/{conversation}/delivered", json={"seq": 2})
    read(ben, conversation, seq=1)

    def stages(person) -> list[str]:
        return [item["status"] for item in person.http.get(f"/conversations/{conversation}/messages?after_seq=0").json()["items"]]

    assert stages(ada) == ["read", "delivered", "sent"]
    assert stages(ben) == ["sent"] * 3, "of others' messages nothing is told"
    participants = {one["id"]: one for one in ada.http.get(f"/conversations/{conversation}").json()["participants"]}
    assert (participants[ben.id]["last_read_seq"], participants[ben.id]["last_delivered_seq"]) == (1, 2)
    last = ada.http.get("/conversations").json()["items"][0]["last_message"]
    assert last["status"] == "sent"


# acceptance: E-028
def test_the_status_of_a_message_names_each_recipient(talk):
    ada, ben, conversation = talk
    message, later = say(ada, conversation, "one", "two")
    sent = status(ada, message)
    assert sent["status"] == "sent"
    assert sent["recipients"] == [{"user_id": ben.id, "status": "sent"}]
    read(ben, conversation, seq=1)
    after = ada.http.get(f"/conversations/{conversation}/messages/{message['id']}/status").json()
    assert after == status(ada, message)
    assert after["status"] == "read"
    recipient = after["recipients"][0]
    assert TIMESTAMP.fullmatch(recipient["read_at"]) and TIMESTAMP.fullmatch(recipient["delivered_at"])
    assert status(ada, later)["status"] == "sent"


def test_who_does_not_tell_what_they_read_is_told_nothing_either(talk):
    ada, ben, conversation = talk
    message = say(ada, conversation, "one")[0]
    assert ben.http.patch("/users/me/privacy", json={"read_receipts": False}).json()["read_receipts"] is False
    assert ben.http.get("/users/me/privacy").json()["read_receipts"] is False
    with ada.socket() as hers, ben.on_another_device().socket() as his:
        read(ben, conversation, seq=1)
        told = hers.next(lambda frame: frame["type"] in ("read_update", "delivered_update"), 10)
        assert told["type"] == "delivered_update" and "last_read_seq" not in told["data"]
        own = his.expect("read_update")
        assert own["last_read_seq"] == 1 and own["own_rev"] == 1 and "rev" not in own
        own = his.expect("delivered_update")
        say(ben, conversation, "two")
        read(ada, conversation, seq=2)
        hers.next(lambda frame: frame["type"] == "read_update", 10)
        theirs = his.next(lambda frame: frame["type"] in ("read_update", "delivered_update"), 10)
        assert theirs["type"] == "delivered_update" and "last_read_seq" not in theirs["data"]
        assert theirs["data"]["user_id"] == ada.id
        ben.http.patch("/users/me/privacy", json={"read_receipts": True})
        say(ben, conversation, "three")
        read(ada, conversation, seq=3)
        assert his.expect("read_update")["last_read_seq"] == 3
    assert status(ada, message)["status"] == "delivered"
    assert ben.http.get(f"/conversations/{conversation}").json()["unread_count"] == 0


def test_many_marks_of_one_reader_become_few(talk, service):
    ada, ben, conversation = talk
    with ben.socket() as his, ada.socket() as hers:
        say(ada, conversation, *map(str, range(20)))
        ids = [his.send("mark_read", {"conversation_id": conversation, "seq": seq}) for seq in range(1, 21)]
        for id in ids:
            assert his.expect("read_update", id)["last_read_seq"] >= 1
        updates = []
        while not updates or updates[-1]["last_read_seq"] < 20:
            updates.append(hers.expect("read_update"))
        assert len(updates) < 10, "each is answered, not each is written"
        assert [update["last_read_seq"] for update in updates] == sorted(update["last_read_seq"] for update in updates)


# acceptance: A-064, B-024
@pytest.mark.parametrize("verb", ["read", "delivered"])
def test_strangers_learn_nothing(talk, service, verb):
    ada, ben, conversation = talk
    message = say(ada, conversation, "secret")[0]
    eve = newcomer(service)
    for path, body in [(f"/conversations/%s/{verb}", {"seq": 1}), (f"/conversations/%s/{verb}", {"message_id": message["id"]})]:
        same_bytes(
            eve.http.post(path % conversation, json=body, headers=SAME_NAME), eve.http.post(path % NOBODY, json=body, headers=SAME_NAME)
        )
        refused(eve.http.post(path % conversation, json=body), 404, "not_found")
    refused(eve.http.get(f"/messages/{message['id']}/status"), 404, "not_found")
    refused(eve.http.get(f"/conversations/{conversation}/messages/{message['id']}/status"), 404, "not_found")
    with eve.socket() as hers:
        for data in ({"seq": 1}, {"message_id": message["id"]}):
            answer = hers.answer(hers.send(f"mark_{verb}", {"conversation_id": conversation, **data}))
            assert (answer["type"], answer["data"]["code"]) == ("error", "not_found")
    assert status(ada, message)["status"] == "sent"


BAD = [{}, {"seq": 0}, {"seq": -1}, {"seq": "1"}, {"seq": 1.5}, {"seq": None}, {"seq": 2**70}, {"message_id": "x"}, {"message_id": 1}, [], "1"]


@pytest.mark.parametrize("body", BAD, ids=str)
def test_a_bad_mark_is_refused_and_moves_nothing(talk, body):
    ada, ben, conversation = talk
    message = say(ada, conversation, "one")[0]
    refused(ben.http.post(f"/conversations/{conversation}/read", json=body), 400, "validation_error")
    if isinstance(body, dict):
        with ben.socket() as his:
            answer = his.answer(his.send("mark_read", {"conversation_id": conversation, **body}))
            assert (answer["type"], answer["data"]["code"]) == ("error", "validation_error")
            his.expect("pong", his.send("ping"))
    assert status(ada, message)["status"] == "sent"


def test_a_message_that_is_not_there_cannot_be_read(talk, service):
    ada, ben, conversation = talk
    say(ada, conversation, "one")
    elsewhere = say(ada, ada.conversation_with(newcomer(service)), "two", "three")[1]
    forged = say(ada, conversation, "two")[0]["id"]
    forged = ("0" if forged[0] != "0" else "1") + forged[1:]
    for id in (elsewhere["id"], forged):
        refused(read(ben, conversation, message_id=id), 404, "not_found")
    refused(read(ben, conversation, message_id=forged, seq=1), 400, "validation_error")
    assert ben.http.get(f"/conversations/{conversation}").json()["last_read_seq"] == 0


def test_an_event_stream_of_messages_and_receipts_has_no_gap(talk):
    ada, ben, conversation = talk
    with ada.on_another_device().socket() as watcher, ada.socket() as hers, ben.socket() as his:
        for number in range(1, 31):
            hers.expect("message_ack", hers.send("send_message", {"conversation_id": conversation, "content": str(number)}))
            his.send("mark_delivered" if number % 3 else "mark_read", {"conversation_id": conversation, "seq": number})
            if number % 5 == 0:
                time.sleep(0.08)
        rev = 0
        last = {}
        while last.get("last_read_seq") != 30:
            frame = watcher.next(lambda frame: "prev_rev" in frame["data"], 10)
            assert frame["data"]["prev_rev"] == rev, frame
            rev = frame["data"]["rev"]
            last = frame["data"]
    assert ada.http.get(f"/conversations/{conversation}").json()["rev"] == rev


def test_two_nodes_tell_what_the_other_one_wrote(make_service):
    one, two = make_service(), make_service()
    ada, ben = newcomer(one), newcomer(one)
    conversation = ada.conversation_with(ben)
    at_two = type(ben)(two, ben.username).log_in()
    with ada.on_another_device().socket() as watcher:
        say(ada, conversation, "one", "two")
        rev = [watcher.expect("new_message")["rev"] for _ in range(2)][-1]
        read(at_two, conversation, seq=1)
        say(at_two, conversation, "three")
        read(at_two, conversation, seq=2)
        say(ada, conversation, "four")
        seen = []
        while not seen or seen[-1].get("content") != "four":
            frame = watcher.next(lambda frame: "prev_rev" in frame["data"], 10)["data"]
            assert frame["prev_rev"] == rev, (seen, frame)
            rev = frame["rev"]
            seen.append(frame)
        assert [frame.get("content") or frame["last_read_seq"] for frame in seen] == ["three", 2, "four"]

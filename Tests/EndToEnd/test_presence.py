"""Who is there, who types, and when somebody was last seen: over sockets and by REST, on one node and on two."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone

import psycopg
import pytest

from support.answers import SAME_NAME, TIMESTAMP, refused, said_well
from support.person import Person, newcomer
from support.redis import RedisServer
from support.service import wait_until

NOBODY = "00000000-0000-7000-8000-000000000000"
# How late what is gathered is told, with a busy machine beside it.
SOON = 3


@pytest.fixture
def talk(service):
    """Two people of this test alone, and their conversation."""
    ada, ben = newcomer(service), newcomer(service)
    return ada, ben, ada.conversation_with(ben)


@pytest.fixture
def redis(request, work):
    server = RedisServer(work / f"{request.node.name}-redis")
    server.start()
    yield server
    server.kill()


def types(socket, conversation: str, is_typing: bool = True) -> str:
    return socket.send("typing", {"conversation_id": conversation, "is_typing": is_typing})


def quiet(socket, kind: str, seconds: float) -> list[dict]:
    """The frames of a kind that came although none should have: waits so long."""
    end = time.monotonic() + seconds
    found = []
    while (left := end - time.monotonic()) > 0:
        try:
            found.append(socket.next(lambda frame: frame["type"] == kind, left))
        except TimeoutError:
            break
    return found


def watch(socket, *people: Person) -> list[dict]:
    return socket.expect("presence", socket.send("presence", {"user_ids": [person.id for person in people]}))["users"]


def sees(socket, person: Person):
    """Waits until the socket is answered that somebody is there: other nodes are told within a tenth of a second."""
    wait_until(lambda: watch(socket, person)[0]["status"] == "online", SOON, "they are there")


def departures(socket, seconds: float) -> list[dict]:
    """Who is told to be gone although nobody should be: waits so long."""
    users = [one for frame in quiet(socket, "presence", seconds) for one in frame["data"]["users"]]
    return [one for one in users if one["status"] == "offline"]


def look(viewer: Person, *people) -> list[dict]:
    ids = [person if isinstance(person, str) else person.id for person in people]
    answer = viewer.http.get("/presence", params={"user_ids": ",".join(ids)})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def becomes(socket, person: Person, status: str, seconds: float = 10) -> dict:
    """Waits until the socket is told so, unasked."""

    def is_it(frame):
        return frame["type"] == "presence" and "id" not in frame and any(
            one["user_id"] == person.id and one["status"] == status for one in frame["data"]["users"]
        )

    users = socket.next(is_it, seconds)["data"]["users"]
    return next(one for one in users if one["user_id"] == person.id)


def moment(text: str) -> datetime:
    assert TIMESTAMP.fullmatch(text), text
    return datetime.fromisoformat(text)


# Typing


# acceptance: B-015, A-068, D-013
def test_the_other_one_sees_who_types_and_who_stops(talk):
    ada, ben, conversation = talk
    with ada.socket() as hers, ada.on_another_device().socket() as her_other, ben.socket() as his:
        types(hers, conversation)
        assert his.expect("typing", seconds=SOON) == {"conversation_id": conversation, "user_id": ada.id, "is_typing": True}
        time.sleep(1.1)
        types(hers, conversation, False)
        assert his.expect("typing", seconds=SOON) == {"conversation_id": conversation, "user_id": ada.id, "is_typing": False}
        assert not quiet(hers, "typing", 0.3) and not quiet(her_other, "typing", 0.1), "nobody hears themselves"


# acceptance: D-062
def test_typing_is_told_once_a_second(talk):
    ada, ben, conversation = talk
    with ada.socket() as hers, ben.socket() as his:
        began = time.monotonic()
        while time.monotonic() - began < 2.9:
            types(hers, conversation)
            time.sleep(0.1)
        told = quiet(his, "typing", 1)
        assert 2 <= len(told) <= 3 and all(frame["data"]["is_typing"] for frame in told)
        assert not [frame for frame in hers.waiting if frame["type"] == "error"], "what is too much is dropped silently"
        hers.expect("pong", hers.send("ping"))


# acceptance: D-062
def test_typing_ends_by_itself_after_six_seconds_and_with_the_last_socket(talk):
    ada, ben, conversation = talk
    with ben.socket() as his:
        with ada.socket() as hers:
            types(hers, conversation)
            assert his.expect("typing", seconds=SOON)["is_typing"]
            began = time.monotonic()
            assert his.expect("typing", seconds=9)["is_typing"] is False
            assert 5 < time.monotonic() - began < 8
            types(hers, conversation)
            assert his.expect("typing", seconds=SOON)["is_typing"]
        assert his.expect("typing", seconds=SOON)["is_typing"] is False, "the socket has ended"


def test_a_stop_right_after_the_start_is_told_all_the_same(talk):
    ada, ben, conversation = talk
    with ada.socket() as hers, ben.socket() as his:
        types(hers, conversation)
        types(hers, conversation, False)
        assert his.expect("typing", seconds=SOON)["is_typing"] is True
        assert his.expect("typing", seconds=SOON)["is_typing"] is False


@pytest.mark.parametrize("hider", ["typist", "reader"])
def test_who_does_not_show_when_they_type_is_not_shown_it_either(talk, hider):
    ada, ben, conversation = talk
    with ada.socket() as hers, ben.socket() as his:
        types(hers, conversation)
        assert his.expect("typing", seconds=SOON)["is_typing"]
        (ada if hider == "typist" else ben).http.patch("/users/me/privacy", json={"show_typing": False})
        time.sleep(1.1)
        types(hers, conversation, False)
        quiet(his, "typing", 0.5)
        types(hers, conversation)
        types(his, conversation)
        assert not quiet(his, "typing", 1.2) and not quiet(hers, "typing", 0.2)
        hers.expect("pong", hers.send("ping"))
        (ada if hider == "typist" else ben).http.patch("/users/me/privacy", json={"show_typing": True})
        time.sleep(1.1)
        types(hers, conversation)
        assert his.expect("typing", seconds=SOON)["is_typing"]


# acceptance: D-048
def test_across_a_block_typing_is_refused_in_the_words_of_a_send(talk):
    ada, ben, conversation = talk
    assert ada.http.post(f"/users/{ben.id}/block").status_code == 204
    with ada.socket() as hers, ben.socket() as his:
        for socket in (his, hers):
            answers = [socket.answer(types(socket, conversation, on))["data"] for on in (True, False)]
            sent = socket.answer(socket.send("send_message", {"conversation_id": conversation, "content": "x"}))["data"]
            assert answers == [sent, sent] and sent["code"] == "not_authorized"


# acceptance: A-064
def test_typing_in_a_conversation_of_others_is_answered_as_in_none(talk, service):
    ada, ben, conversation = talk
    eve = newcomer(service)
    with eve.socket() as hers, ada.socket() as other:
        answers = [hers.answer(types(hers, place, on)) for place in (conversation, NOBODY) for on in (True, False)]
        assert all(answer["type"] == "error" for answer in answers)
        assert [answer["data"] for answer in answers] == [answers[0]["data"]] * 4
        assert answers[0]["data"]["code"] == "not_found"
        assert not quiet(other, "typing", 0.5)


BAD_TYPING = [{}, {"is_typing": True}, {"conversation_id": "x", "is_typing": True}, {"conversation_id": NOBODY}, {"conversation_id": NOBODY, "is_typing": 1}]


@pytest.mark.parametrize("data", BAD_TYPING, ids=str)
def test_bad_typing_is_refused(talk, data):
    with talk[0].socket() as hers:
        answer = hers.answer(hers.send("typing", data))
        assert (answer["type"], answer["data"]["code"]) == ("error", "validation_error")
        hers.expect("pong", hers.send("ping"))


def test_typing_is_never_stored_and_never_logged(talk, service):
    ada, ben, conversation = talk
    rev = ada.http.get(f"/conversations/{conversation}").json()["rev"]
    with ada.socket() as hers, ben.socket() as his:
        types(hers, conversation)
        his.expect("typing", seconds=SOON)
    assert ada.http.get(f"/conversations/{conversation}").json()["rev"] == rev
    assert conversation not in service.log.read_text()


# Presence


# acceptance: A-006, E-004, E-026, E-027, D-042
def test_who_comes_and_goes_is_told_to_those_who_watch(talk):
    ada, ben, conversation = talk
    with ada.socket() as hers:
        assert watch(hers, ben) == [{"user_id": ben.id, "status": "offline"}], "never seen"
        with ben.socket():
            assert becomes(hers, ben, "online", SOON) == {"user_id": ben.id, "status": "online"}
            assert look(ada, ben) == [{"user_id": ben.id, "status": "online"}]
            left = datetime.now(timezone.utc)
        began = time.monotonic()
        gone = becomes(hers, ben, "offline")
        assert 4 < time.monotonic() - began < 8, "five seconds of grace"
        assert left - timedelta(seconds=1) < moment(gone["last_seen_at"]) < left + timedelta(seconds=2), "since when, not as of when"
        wait_until(lambda: look(ada, ben) == [gone], SOON, "REST says the same")


def test_another_device_keeps_one_online_and_a_quick_return_is_no_news(talk):
    ada, ben, _ = talk
    with ada.socket() as hers, ben.socket():
        watch(hers, ben)
        with ben.on_another_device().socket():
            pass
        with ben.on_another_device().socket():
            pass
        assert not quiet(hers, "presence", 6.5)
    with ada.socket() as hers:
        with ben.socket():
            assert watch(hers, ben)[0]["status"] == "online"
        time.sleep(2)
        with ben.socket():
            assert not quiet(hers, "presence", 5), "within the grace"


def test_a_new_list_replaces_the_old_one(talk, service):
    ada, ben, _ = talk
    cay = newcomer(service)
    ada.conversation_with(cay)
    with ada.socket() as hers:
        assert [one["user_id"] for one in watch(hers, cay, ben, cay)] == [cay.id, ben.id], "in the order of the question, once"
        assert [one["user_id"] for one in watch(hers, cay)] == [cay.id]
        with ben.socket(), cay.socket():
            becomes(hers, cay, "online", SOON)
            assert not quiet(hers, "presence", 0.5)
            assert watch(hers) == []
        assert not quiet(hers, "presence", 7)


# acceptance: A-064
def test_whom_one_may_not_see_reads_like_nobody(talk, service):
    ada, ben, _ = talk
    stranger = newcomer(service)
    with ada.socket() as hers, stranger.socket(), ben.socket():
        assert watch(hers, stranger) == [{"user_id": stranger.id, "status": "offline"}]
        pair = [hers.answer(hers.send("presence", {"user_ids": [id]}))["data"]["users"][0] for id in (stranger.id, NOBODY)]
        assert [{**one, "user_id": ""} for one in pair] == [{"user_id": "", "status": "offline"}] * 2
        hers.send("presence", {"user_ids": [stranger.id, ben.id]})
        with stranger.on_another_device().socket():
            quiet(hers, "presence", 0.5)
    with ada.socket() as hers:
        watch(hers, stranger)
        with stranger.socket():
            assert not quiet(hers, "presence", 1), "it never changes"


def test_who_is_a_stranger_cannot_be_told_from_nobody_by_rest(talk, service):
    ada, ben, _ = talk
    stranger = newcomer(service)
    with stranger.socket():
        one = ada.http.get(f"/presence?user_ids={stranger.id}", headers=SAME_NAME)
        other = ada.http.get(f"/presence?user_ids={NOBODY}", headers=SAME_NAME)
        assert one.content.replace(stranger.id.encode(), b"") == other.content.replace(NOBODY.encode(), b"")
        assert len(one.content) == len(other.content)
    refused(ada.http.get("/presence"), 400, "validation_error")


@pytest.mark.parametrize("hider", ["watched", "watcher"])
def test_who_does_not_show_it_is_hidden_at_once_and_sees_nobody(talk, hider):
    ada, ben, _ = talk
    one = ada if hider == "watcher" else ben
    with ada.socket() as hers, ben.socket() as his:
        assert watch(hers, ben)[0]["status"] == "online" and watch(his, ada)[0]["status"] == "online"
        assert one.http.patch("/users/me/privacy", json={"show_last_seen": False}).json()["show_last_seen"] is False
        assert becomes(hers, ben, "offline", SOON) == {"user_id": ben.id, "status": "offline"}
        assert becomes(his, ada, "offline", SOON) == {"user_id": ada.id, "status": "offline"}
        assert look(ada, ben) == [{"user_id": ben.id, "status": "offline"}]
        one.http.patch("/users/me/privacy", json={"show_last_seen": True})
        becomes(hers, ben, "online", SOON)
        becomes(his, ada, "online", SOON)


# acceptance: D-044
@pytest.mark.parametrize("blocker", ["ada", "ben"])
def test_nobody_is_seen_across_a_block_nor_typing_and_both_again_without_it(talk, blocker):
    ada, ben, conversation = talk
    one, other = (ada, ben) if blocker == "ada" else (ben, ada)
    with ada.socket() as hers, ben.socket() as his:
        for socket, person in [(hers, ben), (his, ada)]:
            sees(socket, person)
        types(his, conversation)
        hers.expect("typing")
        assert one.http.post(f"/users/{other.id}/block").status_code == 204
        for socket, person in [(hers, ben), (his, ada)]:
            wait_until(lambda: watch(socket, person) == [{"user_id": person.id, "status": "offline"}], SOON, "they are hidden")
        for socket, reader in [(hers, his), (his, hers)]:
            assert socket.answer(types(socket, conversation))["data"]["code"] == "not_authorized"
        assert quiet(hers, "typing", 1.5) in ([], [{"type": "typing", "data": {"conversation_id": conversation, "user_id": ben.id, "is_typing": False}}])
        assert one.http.delete(f"/users/{other.id}/block").status_code == 204
        for socket, person in [(hers, ben), (his, ada)]:
            sees(socket, person)


def test_a_new_conversation_lets_both_be_seen(service):
    ada, ben = newcomer(service), newcomer(service)
    with ada.socket() as hers, ben.socket() as his:
        assert watch(hers, ben)[0]["status"] == watch(his, ada)[0]["status"] == "offline"
        ada.conversation_with(ben)
        becomes(hers, ben, "online", SOON)
        becomes(his, ada, "online", SOON)


def test_who_waits_without_a_socket_is_not_there(talk):
    ada, ben, _ = talk
    token = ben.http.get("/sync").json()["token"]
    with ada.socket() as hers, ThreadPoolExecutor(1) as pool:
        with ben.socket():
            watch(hers, ben)
            poll = pool.submit(ben.http.get, "/sync", params={"since": token, "timeout": 9})
            time.sleep(0.5)
        becomes(hers, ben, "offline", 8)
        assert not poll.done()
        assert look(ada, ben)[0]["status"] == "offline"


def test_everybody_sees_themselves(talk):
    ada = talk[0]
    with ada.socket() as hers:
        assert watch(hers, ada) == [{"user_id": ada.id, "status": "online"}]


BAD_PRESENCE = [{}, {"user_ids": "x"}, {"user_ids": ["x"]}, {"user_ids": [1]}, {"user_ids": None}, {"user_ids": [NOBODY] * 101}]


@pytest.mark.parametrize("data", BAD_PRESENCE, ids=lambda data: str(data)[:30])
def test_a_bad_list_is_refused_and_the_old_one_stays(talk, data):
    ada, ben, _ = talk
    with ada.socket() as hers:
        watch(hers, ben)
        answer = hers.answer(hers.send("presence", data))
        assert (answer["type"], answer["data"]["code"]) == ("error", "validation_error")
        said_well(answer["data"]["message"])
        with ben.socket():
            becomes(hers, ben, "online", SOON)


@pytest.mark.parametrize("query", ["", "?user_ids=", "?user_ids=x", f"?user_ids={NOBODY},", f"?user_ids={NOBODY}%20", "?user_ids=" + ",".join([NOBODY] * 101)])
def test_a_bad_question_by_rest_is_refused(talk, query):
    refused(talk[0].http.get(f"/presence{query}"), 400, "validation_error")


def test_presence_is_for_members(api):
    refused(api.get(f"/presence?user_ids={NOBODY}"), 401, "unauthenticated")


def test_limits_are_told(talk):
    ada = talk[0]
    with ada.socket() as hers:
        limits = hers.expect("ready", hers.send("auth", {"token": ada.tokens["access"]}))["limits"]
    assert (limits["presence_users"], limits["typing_interval_ms"], limits["typing_timeout_ms"]) == (100, 1000, 6000)


def test_lists_have_a_limit_of_their_own(make_service):
    ada = newcomer(make_service(PARLEY_LIMITS="on", PARLEY_LIMIT_PRESENCE_USER="3,1"))
    with ada.socket() as hers:
        answers = [hers.answer(hers.send("presence", {"user_ids": []})) for _ in range(4)]
        assert [answer["type"] for answer in answers] == ["presence"] * 3 + ["error"]
        assert answers[3]["data"]["code"] == "rate_limited" and 0 < answers[3]["data"]["retry_after_ms"] <= 1000


def test_privacy_is_changed_one_setting_at_a_time(talk):
    ada = talk[0]
    assert ada.http.get("/users/me/privacy").json() == {"read_receipts": True, "show_typing": True, "show_last_seen": True}
    answer = ada.http.patch("/users/me/privacy", json={"show_typing": False})
    assert answer.json() == {"read_receipts": True, "show_typing": False, "show_last_seen": True}
    refused(ada.http.patch("/users/me/privacy", json={"show_last_seen": "no"}), 400, "validation_error")


# acceptance: E-027
def test_a_restart_keeps_when_people_were_last_there(make_service):
    service = make_service()
    ada, ben = newcomer(service), newcomer(service)
    ada.conversation_with(ben)
    with ben.socket():
        before = datetime.now(timezone.utc)
        assert service.stop() == 0
    service.start()
    seen = look(ada, ben)[0]
    assert seen["status"] == "offline"
    assert abs(moment(seen["last_seen_at"]) - before) < timedelta(seconds=8)


def test_who_stays_is_noted_once_in_a_while(make_service):
    service = make_service(PARLEY_LAST_SEEN_SECONDS="10")
    ada = newcomer(service)
    with psycopg.connect(service.database, autocommit=True) as database, ada.socket():

        def noted():
            return database.execute("SELECT last_seen_at FROM users WHERE id = %s", (ada.id,)).fetchone()[0]

        assert noted() is None
        first = wait_until(noted, 13, "a note while they are there")
        wait_until(lambda: noted() > first + timedelta(seconds=9), 13, "and another one")


# Several nodes


def at(node, person: Person) -> Person:
    """The same person, signed in at another node."""
    return Person(node, person.username).log_in()


# acceptance: B-022, A-019
def test_nodes_tell_each_other_who_is_there_and_who_types(make_service, redis):
    one, two = make_service(REDIS_URL=redis.url), make_service(REDIS_URL=redis.url)
    ada, ben = newcomer(one), newcomer(two)
    conversation = ada.conversation_with(ben)
    with ada.socket() as hers:
        watch(hers, ben)
        with ben.socket() as his:
            becomes(hers, ben, "online", SOON)
            sees(his, ada)  # who was there before is found in Redis
            types(his, conversation)
            assert hers.expect("typing", seconds=SOON) == {"conversation_id": conversation, "user_id": ben.id, "is_typing": True}
            with at(one, ben).socket():
                pass
            assert not departures(hers, 6.5), "a device at another node keeps one online"
        assert hers.expect("typing", seconds=SOON)["is_typing"] is False
        assert "last_seen_at" in becomes(hers, ben, "offline")
        wait_until(lambda: "last_seen_at" in look(at(two, ada), ben)[0], SOON, "the other node knows it too")


def test_who_changes_nodes_was_never_away(make_service, redis):
    one, two = make_service(REDIS_URL=redis.url), make_service(REDIS_URL=redis.url)
    ada, ben = newcomer(one), newcomer(one)
    ada.conversation_with(ben)
    with ada.socket() as hers:
        with ben.socket():
            sees(hers, ben)
        with at(two, ben).socket():
            assert not departures(hers, 7)
            sees(hers, ben)


def test_a_rolling_restart_shows_nobody_offline(make_service, redis):
    one, two = make_service(REDIS_URL=redis.url), make_service(REDIS_URL=redis.url)
    ada, ben = newcomer(one), newcomer(one)
    ada.conversation_with(ben)
    elsewhere = at(one, ben)
    with ada.socket() as hers, at(two, ben).socket() as his:
        sees(hers, ben)
        assert two.stop() == 0
        assert his.close_code() == 1012
        with elsewhere.socket():
            assert not departures(hers, 10)
            sees(hers, ben)


# acceptance: A-019
def test_people_of_a_node_that_is_killed_are_offline_when_its_word_runs_out(make_service, redis):
    one, two = make_service(REDIS_URL=redis.url, PARLEY_PRESENCE_TTL="10"), make_service(REDIS_URL=redis.url, PARLEY_PRESENCE_TTL="10")
    ada, ben = newcomer(one), newcomer(two)
    conversation = ada.conversation_with(ben)
    with ada.socket() as hers, ben.socket() as his:
        sees(hers, ben)
        assert not departures(hers, 12), "it is renewed"
        types(his, conversation)
        assert hers.expect("typing", seconds=SOON)["is_typing"]
        two.kill()
        assert hers.expect("typing", seconds=10)["is_typing"] is False
        becomes(hers, ben, "offline", 15)


def test_privacy_is_followed_at_other_nodes(make_service, redis):
    one, two = make_service(REDIS_URL=redis.url), make_service(REDIS_URL=redis.url)
    ada, ben = newcomer(one), newcomer(two)
    conversation = ada.conversation_with(ben)
    with ada.socket() as hers, ben.socket() as his:
        sees(hers, ben)
        types(hers, conversation)
        his.expect("typing", seconds=SOON)
        ben.http.patch("/users/me/privacy", json={"show_last_seen": False, "show_typing": False})
        becomes(hers, ben, "offline", SOON)
        time.sleep(1.1)
        types(hers, conversation)
        assert not any(frame["data"]["is_typing"] for frame in quiet(his, "typing", 1)), "that it ended may be told, not that it begins"


# acceptance: A-010
def test_without_redis_presence_is_right_within_a_node_and_heals_when_it_returns(make_service, redis):
    one, two = make_service(REDIS_URL=redis.url), make_service(REDIS_URL=redis.url)
    ada, ben, cay = newcomer(one), newcomer(two), newcomer(one)
    conversation = ada.conversation_with(ben)
    own = ada.conversation_with(cay)
    with ada.socket() as hers, ben.socket() as his:
        sees(hers, ben)
        watch(hers, ben, cay)
        redis.kill()
        with cay.socket() as theirs:
            becomes(hers, cay, "online", SOON)
            types(theirs, own)
            assert hers.expect("typing", seconds=SOON)["user_id"] == cay.id
            types(his, conversation)
            hers.expect("message_ack", hers.send("send_message", {"conversation_id": conversation, "content": "still"}))
            assert his.expect("new_message", seconds=5)["content"] == "still"
            assert look(ada, cay)[0]["status"] == "online"
        becomes(hers, cay, "offline")
        redis.start()

        def is_told():
            types(his, conversation)
            return quiet(hers, "typing", 1.2)

        wait_until(is_told, 20, "typing comes across again")
        sees(hers, ben)  # said again, though Redis had forgotten
    with at(two, ada).socket() as hers:
        wait_until(lambda: watch(hers, cay)[0]["status"] == "offline", 5, "who left meanwhile")
        with cay.socket():
            becomes(hers, cay, "online", SOON)


def test_nobody_goes_when_redis_forgets_or_cuts_its_subscribers(make_service, redis):
    settings = {"REDIS_URL": redis.url, "PARLEY_PRESENCE_TTL": "10"}
    one, two = make_service(**settings), make_service(**settings)
    ada, ben, cay = newcomer(one), newcomer(two), newcomer(two)
    ada.conversation_with(ben)
    ada.conversation_with(cay)
    with ada.socket() as hers, ben.socket():
        sees(hers, ben)
        watch(hers, ben, cay)
        for fault in ([b"FLUSHALL"], [b"CLIENT", b"KILL", b"TYPE", b"pubsub"]):
            redis.tell(*fault)
            assert not departures(hers, 6)
        with cay.socket():
            becomes(hers, cay, "online", SOON)


def test_letters_that_are_none_are_passed_over(make_service, redis):
    one, two = make_service(REDIS_URL=redis.url), make_service(REDIS_URL=redis.url)
    ada, ben = newcomer(one), newcomer(two)
    ada.conversation_with(ben)
    for channel in (b"parley:presence", b"parley:typing"):
        for letter in (b"", b"x", b"\1" * 17, b"\xff" * 45, b"\0" * 46, b"y" * 100_000):
            redis.tell(b"SPUBLISH", channel, letter)
    with ada.socket() as hers:
        watch(hers, ben)
        with ben.socket():
            becomes(hers, ben, "online", SOON)


def test_a_crowd_that_connects_at_once_costs_few_round_trips(make_service, redis):
    service = make_service(REDIS_URL=redis.url)
    ada = newcomer(service)
    with ThreadPoolExecutor(8) as pool:
        crowd = list(pool.map(lambda _: newcomer(service), range(60)))
        list(pool.map(ada.conversation_with, crowd))
    with ada.socket() as hers, ExitStack() as sockets:
        watch(hers, *crowd)
        frames = 0
        for person in crowd:
            sockets.enter_context(person.socket())
        online: set[str] = set()
        while len(online) < len(crowd):
            users = hers.next(lambda frame: frame["type"] == "presence", 5)["data"]["users"]
            online |= {one["user_id"] for one in users if one["status"] == "online"}
            frames += 1
        sockets.close()
        offline: set[str] = set()
        frames = 0
        while len(offline) < len(crowd):
            users = hers.next(lambda frame: frame["type"] == "presence", 10)["data"]["users"]
            offline |= {one["user_id"] for one in users if one["status"] == "offline"}
            frames += 1
        assert frames <= 30, "who leaves together is told together"

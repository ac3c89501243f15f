"""How often one may ask: what a client is told before, and when it went too far; and that others never pay for it."""

import json
import time
from contextlib import suppress

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from support.answers import refused
from support.database import fresh_database
from support.person import PASSWORD, Person, newcomer
from support.service import Service, wait_until


@pytest.fixture(scope="module")
def limited(work):
    """A service whose limits are on: small ones, so that a test meets them soon."""
    with fresh_database() as url:
        service = Service(
            work / "limited", url, PARLEY_LIMITS="on", PARLEY_LIMIT_SEND_USER="5,4", PARLEY_LIMIT_SEARCH_USER="2,0.1",
            PARLEY_LIMIT_WS_CONNECT_IP="30,0.1", PARLEY_LIMIT_LOGIN_IP="20,1", PARLEY_LIMIT_WS_CONN="20,10",
        )  # fmt: skip
        service.migrate()
        service.start()
        yield service
        assert service.stop() == 0


@pytest.fixture(scope="module")
def ada(limited) -> Person:
    return newcomer(limited)


@pytest.fixture(scope="module")
def ben(limited) -> Person:
    return newcomer(limited)


@pytest.fixture(scope="module")
def conversation(ada, ben) -> str:
    return ada.conversation_with(ben)


@pytest.fixture
def rested(ada, ben, conversation):
    """Until both may send as many as ever again."""
    wait_until(lambda: remaining(ada.http.get("/users/me")) > 0, 5, "a permit")
    time.sleep(1.3)


def send(person: Person, conversation: str, content: str = "hello", **members):
    return person.http.post(f"/conversations/{conversation}/messages", json={"content": content, **members})


def remaining(answer: httpx.Response) -> int:
    return int(answer.headers["x-ratelimit-remaining"])


# acceptance: B-021
def test_every_limited_answer_says_how_much_is_left(ada, conversation):
    first, second = ada.http.get("/users/me"), ada.http.get("/conversations")
    assert first.headers["x-ratelimit-limit"] == "100"
    assert remaining(second) == remaining(first) - 1, "one stock for all that one reads"
    assert 0 <= int(first.headers["x-ratelimit-reset"]) - time.time() < 120, "in seconds since 1970"
    assert send(ada, conversation).headers["x-ratelimit-limit"] == "5"
    assert "x-ratelimit-limit" not in httpx.get(f"{ada.service.url}/health/live").headers


# acceptance: B-021
def test_refusals_say_so_too(ada, conversation):
    for answer in (ada.http.get("/conversations?limit=0"), ada.http.get("/conversations/x"), send(ada, conversation, "")):
        assert answer.status_code in (400, 404)
        assert {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"} <= answer.headers.keys()


# acceptance: A-041, B-020, B-021, D-047
def test_who_sends_too_fast_is_told_how_long_to_wait_and_nothing_is_stored(ada, ben, conversation, rested):
    answers = [send(ada, conversation, f"{number}") for number in range(12)]
    stored = [answer for answer in answers if answer.status_code == 201]
    late = [answer for answer in answers if answer.status_code != 201]
    assert 5 <= len(stored) < 12
    details = refused(late[-1], 429, "rate_limited")
    assert (late[-1].headers["x-ratelimit-limit"], remaining(late[-1])) == ("5", 0)
    assert 0 < details["retry_after_ms"] <= 1000 * int(late[-1].headers["retry-after"])
    assert send(ben, conversation).status_code == 201, "another's limit is another's"
    assert ada.http.get("/users/me").status_code == 200, "and another limit another one"
    texts = [message["content"] for message in ada.http.get(f"/conversations/{conversation}/messages").json()["items"]]
    assert set(texts) == {answer.json()["content"] for answer in stored} | {"hello"}
    time.sleep(details["retry_after_ms"] / 1000)
    assert send(ada, conversation).status_code == 201


# acceptance
def test_socket_and_rest_take_from_one_stock(ada, ben, conversation, rested):
    with ben.socket() as socket:
        ids = [socket.send("send_message", {"conversation_id": conversation, "content": "x", "client_msg_id": f"s{number}"}) for number in range(9)]
        answers = [socket.answer(id) for id in ids]
        assert [answer["type"] for answer in answers[:5]] == ["message_ack"] * 5
        error = answers[-1]["data"]
        assert (error["code"], error["client_msg_id"]) == ("rate_limited", "s8")
        assert 0 < error["retry_after_ms"] <= 1000
        refused(send(ben, conversation), 429, "rate_limited")


# acceptance: D-058
def test_a_client_that_waits_as_it_is_told_gets_everything_through_in_order(ada, conversation, rested):
    texts = [f"patient {number}" for number in range(15)]
    with ada.socket() as socket:
        for text in texts:
            while True:
                answer = socket.answer(socket.send("send_message", {"conversation_id": conversation, "content": text, "client_msg_id": text.replace(" ", "")}))
                if answer["type"] == "message_ack":
                    break
                time.sleep(answer["data"]["retry_after_ms"] / 1000)
    newest = ada.http.get(f"/conversations/{conversation}/messages?limit=15").json()["items"]
    assert [message["content"] for message in reversed(newest)] == texts


# acceptance
def test_a_search_has_a_limit_of_its_own(ada):
    answers = [ada.http.get("/users/search?username=abc") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    refused(answers[-1], 429, "rate_limited")
    assert ada.http.get("/users/me").status_code == 200


def test_a_socket_that_talks_too_fast_is_told_then_let_go(ada):
    with ada.socket() as socket:
        for _ in range(60):
            socket.connection.send('{"type":"ping"}')
        told = [json.loads(socket.connection.recv(timeout=5)) for _ in range(60)]
        assert [frame["type"] for frame in told[:20]] == ["pong"] * 20
        assert told[-1]["data"]["code"] == "rate_limited" and 0 < told[-1]["data"]["retry_after_ms"] <= 1000
        time.sleep(told[-1]["data"]["retry_after_ms"] / 1000)
        socket.expect("pong", socket.send("ping"))
    with ada.socket() as socket:
        with suppress(ConnectionClosed):
            for _ in range(300):
                socket.connection.send('{"type":"ping"}')
        assert socket.close_code() == 4008


def test_a_frame_that_came_too_soon_is_refused_by_its_id(ada):
    with ada.socket() as socket:
        ids = [socket.send("ping") for _ in range(60)]
        assert {socket.answer(id, seconds=2)["type"] for id in ids} == {"pong", "error"}


def test_frames_that_wait_for_ready_are_counted_once(limited, ada):
    """Twenty may come at once; nineteen come behind the token, before the service has found out whose it is."""
    with connect(limited.websocket_url) as connection:
        frames = [{"type": "auth", "data": {"token": ada.tokens["access"]}}, *({"type": "ping", "id": number} for number in range(19))]
        for frame in frames:
            connection.protocol.send_text(json.dumps(frame).encode())
        connection.socket.sendall(b"".join(connection.protocol.data_to_send()))
        told = [json.loads(connection.recv(timeout=5)) for _ in frames]
    assert [frame["type"] for frame in told] == ["ready"] + ["pong"] * 19


def test_an_address_that_signs_in_too_often_waits_and_those_who_are_in_do_not_notice(limited, ada):
    with httpx.Client(base_url=f"{limited.url}/api/v1", timeout=30) as client:
        codes = set()
        for number in range(40):
            answer = client.post("/auth/login", json={"username": f"nobody_{number}", "password": PASSWORD})
            codes.add(answer.status_code)
            if answer.status_code == 429:
                break
        assert codes == {401, 429}
        refused(answer, 429, "rate_limited")
        good = client.post("/auth/login", json={"username": ada.username, "password": PASSWORD}, headers={"X-Forwarded-For": "203.0.113.7"})
        refused(good, 429, "rate_limited")
    assert ada.http.get("/users/me").status_code == 200


def test_an_address_that_connects_too_often_is_told_before_the_handshake(limited, ada):
    with pytest.raises(InvalidStatus) as refusal:
        for _ in range(40):
            with connect(limited.websocket_url):
                pass
    response = refusal.value.response
    assert response.status_code == 429 and int(response.headers["Retry-After"]) >= 1
    assert json.loads(bytes(response.body))["error"]["code"] == "rate_limited"


# acceptance: A-047
def test_behind_a_trusted_proxy_each_of_its_clients_has_a_stock_of_their_own(make_service):
    service = make_service(PARLEY_LIMITS="on", PARLEY_LIMIT_LOGIN_IP="2,0.001", PARLEY_LIMIT_WS_CONNECT_IP="2,0.001", PARLEY_TRUSTED_PROXIES="127.0.0.1")

    def log_in(forwarded: str) -> int:
        login = {"username": f"nobody_{time.monotonic_ns()}", "password": PASSWORD}
        return httpx.post(f"{service.url}/api/v1/auth/login", json=login, headers={"X-Forwarded-For": forwarded}, timeout=30).status_code

    def open_socket(forwarded: str) -> int:
        try:
            with connect(service.websocket_url, additional_headers={"X-Forwarded-For": forwarded}):
                return 101
        except InvalidStatus as refusal:
            return refusal.response.status_code

    assert [log_in("203.0.113.7") for _ in range(3)] == [401, 401, 429]
    assert log_in("203.0.113.7, 203.0.113.8") == 401, "only what the proxy itself appended counts"
    assert log_in("203.0.113.8, 203.0.113.7") == 429
    assert [log_in(f"2001:db8::{number}") for number in range(3)] == [401, 401, 429], "one /64 is one customer"
    assert log_in("2001:db8:0:1::1") == 401
    assert [open_socket("203.0.113.7") for _ in range(3)] == [101, 101, 429]
    assert open_socket("203.0.113.9") == 101


# acceptance: A-047
def test_guesses_at_one_name_wait_alike_whether_or_not_anybody_has_it(make_service):
    service = make_service(PARLEY_LIMITS="on", PARLEY_LIMIT_LOGIN_USER="3,0.01")
    known = newcomer(service)
    for name, tries in ((known.username, 2), ("nobody_at_all", 3)):
        with httpx.Client(base_url=f"{service.url}/api/v1", timeout=30) as client:
            answers = [client.post("/auth/login", json={"username": name.upper(), "password": "not the right one"}) for _ in range(tries + 1)]
            assert [answer.status_code for answer in answers] == [401] * tries + [429]
            refused(answers[-1], 429, "rate_limited")
            assert len(answers[-1].headers.get_list("x-ratelimit-limit")) == 1 and answers[-1].headers["x-ratelimit-limit"] == "3"
            assert int(answers[-1].headers["retry-after"]) > 50
            refused(client.post("/auth/login", json={"username": name, "password": PASSWORD}), 429, "rate_limited")
    assert known.http.get("/users/me").status_code == 200


# acceptance: D-058, A-041
@pytest.mark.parametrize("way", ["socket", "REST"])
def test_a_hundred_rapid_messages_get_through_in_order_however_often_they_are_refused(make_service, way):
    """The limits of C3, but that permits for messages come back ten times as fast: forty at once, then as they come."""
    service = make_service(PARLEY_LIMITS="on", PARLEY_LIMIT_SEND_USER="40,20")
    ada, ben = newcomer(service), newcomer(service)
    conversation = ada.conversation_with(ben)
    texts = [f"rapid {number}" for number in range(100)]
    refusals = 0

    def by_rest(text: str) -> float:
        answer = send(ada, conversation, text, client_msg_id=text.replace(" ", "-"))
        return 0 if answer.status_code == 201 else refused(answer, 429, "rate_limited")["retry_after_ms"] / 1000

    def by_socket(text: str) -> float:
        answer = socket.answer(socket.send("send_message", {"conversation_id": conversation, "content": text, "client_msg_id": text.replace(" ", "-")}))
        if answer["type"] == "message_ack":
            return 0
        assert answer["data"]["code"] == "rate_limited", answer
        return answer["data"]["retry_after_ms"] / 1000

    with ada.socket() as socket:
        for text in texts:
            while wait := (by_rest if way == "REST" else by_socket)(text):
                refusals += 1
                time.sleep(wait)
    assert refusals > 0
    stored = ben.http.get(f"/conversations/{conversation}/messages", params={"limit": 100}).json()["items"]
    assert [(message["seq"], message["content"]) for message in reversed(stored)] == list(enumerate(texts, 1))

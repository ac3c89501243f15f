"""Devices: where somebody is signed in, the end of that, passwords, names, and tickets for sockets."""

from urllib.parse import quote

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from support.answers import SAME_NAME, TIMESTAMP, refused, same_bytes
from support.person import PASSWORD, Person, Socket, newcomer
from support.service import wait_until

NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def ada(service) -> Person:
    return newcomer(service)


def devices(person: Person) -> list[dict]:
    answer = person.http.get("/devices")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def signed_in(person: Person) -> bool:
    return person.http.get("/users/me").status_code == 200


def test_devices_are_listed_with_names_and_the_one_that_asks(ada):
    answer = ada.http.post(
        "/auth/login", json={"username": ada.username, "password": PASSWORD, "device_name": " Ada's phone\n"}, headers={"Authorization": ""}
    )
    phone = answer.json()["device_id"]
    listed = {device["id"]: device for device in devices(ada)}
    assert listed.keys() == {phone, ada.tokens["device_id"]}
    assert listed[phone]["name"] == "Ada's phone"
    assert listed[ada.tokens["device_id"]]["name"] is None
    assert [device["is_current"] for device in listed.values()].count(True) == 1
    assert listed[ada.tokens["device_id"]]["is_current"]
    for device in listed.values():
        assert TIMESTAMP.fullmatch(device["created_at"]) and TIMESTAMP.fullmatch(device["last_seen_at"])
    before = listed[phone]["last_seen_at"]
    ada.http.post("/auth/refresh", json={"refresh": answer.json()["refresh"]})
    assert {device["id"]: device for device in devices(ada)}[phone]["last_seen_at"] > before


# acceptance: E-013
def test_a_device_that_is_signed_out_is_out_at_once(ada):
    phone = ada.on_another_device()
    with phone.socket() as socket, ada.socket() as hers:
        assert ada.http.delete(f"/devices/{phone.tokens['device_id']}").status_code == 204
        assert socket.expect("session_revoked") == {}
        assert socket.close_code() == 4001
        hers.expect("pong", hers.send("ping"))
    refused(phone.http.get("/users/me"), 401, "unauthenticated")
    refused(phone.http.post("/auth/refresh", json={"refresh": phone.tokens["refresh"]}), 401, "unauthenticated")
    assert [device["id"] for device in devices(ada)] == [ada.tokens["device_id"]]
    refused(ada.http.delete(f"/devices/{phone.tokens['device_id']}"), 404, "not_found")


def test_a_device_that_is_signed_out_on_one_node_is_out_on_the_other(make_service):
    one, two = make_service(), make_service()
    ada = newcomer(one)
    phone = Person(two, ada.username).log_in()
    with phone.socket() as socket:
        assert ada.http.delete(f"/devices/{phone.tokens['device_id']}").status_code == 204
        assert socket.close_code(seconds=3) == 4001
    wait_until(lambda: not signed_in(phone), 3, "the other node knows")


# acceptance: A-045
def test_somebody_elses_device_is_like_none(ada, service):
    eve = newcomer(service)
    mine, none = (f"/devices/{id}" for id in (ada.tokens["device_id"], NOBODY))
    same_bytes(eve.http.delete(mine, headers=SAME_NAME), eve.http.delete(none, headers=SAME_NAME))
    refused(eve.http.delete(mine), 404, "not_found")
    refused(eve.http.delete("/devices/x"), 404, "not_found")
    assert signed_in(ada)


def test_a_new_password_signs_out_everybody_else(ada):
    thief = ada.on_another_device()
    with thief.socket() as socket:
        answer = ada.http.post("/auth/password", json={"current": PASSWORD, "new": "another password of hers"})
        assert answer.status_code == 204
        assert socket.close_code() == 4001
    refused(thief.http.get("/users/me"), 401, "unauthenticated")
    refused(thief.http.post("/auth/refresh", json={"refresh": thief.tokens["refresh"]}), 401, "unauthenticated")
    assert signed_in(ada)
    assert ada.http.post("/auth/refresh", json={"refresh": ada.tokens["refresh"]}).status_code == 200
    refused(ada.http.post("/auth/login", json={"username": ada.username, "password": PASSWORD}), 401, "unauthenticated")
    assert Person(ada.service, ada.username, "another password of hers").log_in().id == ada.id


@pytest.mark.parametrize(
    "body, status, code",
    [
        ({"current": "wrong", "new": "another password of hers"}, 403, "not_authorized"),
        ({"current": PASSWORD, "new": "short"}, 400, "validation_error"),
        ({"current": PASSWORD}, 400, "validation_error"),
        ({"current": 1, "new": "another password of hers"}, 400, "validation_error"),
    ],
    ids=str,
)
def test_a_password_that_cannot_be_changed_stays(ada, body, status, code):
    phone = ada.on_another_device()
    refused(ada.http.post("/auth/password", json=body), status, code)
    assert signed_in(phone)
    assert Person(ada.service, ada.username).log_in().id == ada.id


def test_who_guesses_at_the_current_password_is_slowed_down(make_service):
    ada = newcomer(make_service(PARLEY_LIMITS="on"))
    statuses = [
        ada.http.post("/auth/password", json={"current": f"guess {number}", "new": "another password"}).status_code for number in range(12)
    ]
    assert statuses[:10] == [403] * 10 and statuses[-1] == 429


# acceptance: A-025, C-009
def test_people_may_call_themselves_something_else(ada, service):
    ben = newcomer(service)
    conversation = ada.conversation_with(ben)
    assert ada.http.patch("/users/me", json={"display_name": " Ada L. "}).json()["display_name"] == "Ada L."
    assert ada.http.get("/users/me").json()["display_name"] == "Ada L."
    assert ada.http.patch("/users/me", json={}).json()["display_name"] == "Ada L."
    message = ada.http.post(f"/conversations/{conversation}/messages", json={"content": "it is me"}).json()
    assert message["sender"]["display_name"] == "Ada L."
    assert ben.http.get(f"/users/{ada.id}").json() == {"id": ada.id, "username": ada.username, "display_name": "Ada L."}
    for name in ["", " ", "x" * 65, 1, None]:
        refused(ada.http.patch("/users/me", json={"display_name": name}), 400, "validation_error")
    refused(ben.http.get(f"/users/{NOBODY}"), 404, "not_found")
    refused(ben.http.get("/users/x"), 404, "not_found")


def open_with(service, ticket: str):
    return connect(f"{service.websocket_url}?ticket={quote(ticket)}", subprotocols=["parley.v1"])


def test_a_ticket_opens_one_socket_once(ada, service):
    answer = ada.http.post("/ws/ticket")
    assert answer.status_code == 201
    body = answer.json()
    assert body.keys() == {"ticket", "expires_in"} and body["expires_in"] == 30
    with open_with(service, body["ticket"]) as connection:
        socket = Socket(connection)
        assert socket.expect("ready")["device_id"] == ada.tokens["device_id"]
        socket.expect("pong", socket.send("ping"))
    with open_with(service, body["ticket"]) as connection:
        assert Socket(connection).close_code() == 4001


@pytest.mark.parametrize("ticket", ["", "x", "A" * 43, "%00", "é" * 20, "A" * 1000])
def test_what_is_no_ticket_opens_nothing(service, ticket):
    try:
        with open_with(service, ticket) as connection:
            assert Socket(connection).close_code() == 4001
    except InvalidStatus as refusal:
        assert refusal.response.status_code == 400


def test_a_ticket_of_a_sign_in_that_has_ended_opens_nothing(ada, service):
    ticket = ada.http.post("/ws/ticket").json()["ticket"]
    ada.http.post("/auth/logout")
    with open_with(service, ticket) as connection:
        assert Socket(connection).close_code() == 4001
    refused(ada.http.post("/ws/ticket"), 401, "unauthenticated")


def test_an_old_ticket_opens_nothing(ada, service, census):
    ticket = ada.http.post("/ws/ticket").json()["ticket"]
    census.change("UPDATE socket_tickets SET expires_at = clock_timestamp() - interval '1 second'")
    with open_with(service, ticket) as connection:
        assert Socket(connection).close_code() == 4001

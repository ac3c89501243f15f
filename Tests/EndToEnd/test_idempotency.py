"""Requests that are sent again because their answer was lost: done once, and answered alike (docs/decisions/idempotency.md)."""

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from support.answers import refused
from support.contract import OPENAPI
from support.person import PASSWORD, Person, newcomer


class World:
    """People of one case alone, and what it counts."""

    def __init__(self, service):
        self.ada, self.ben, self.eve = (newcomer(service) for _ in range(3))
        self.conversation = self.ada.conversation_with(self.ben)
        for number in range(4):
            self.ben.http.post(f"/conversations/{self.conversation}/messages", json={"content": f"{number}"})
        self.phone, self.tablet = (self.ada.on_another_device() for _ in range(2))
        self.name = f"user_{secrets.token_hex(6)}"

    def me(self) -> dict:
        return self.ada.http.get("/users/me").json()

    def devices(self) -> int:
        return len(self.ada.http.get("/devices").json()["items"])

    def conversations(self) -> int:
        return len(self.ada.http.get("/conversations").json()["items"])

    def head(self) -> int:
        return self.ada.http.get(f"/conversations/{self.conversation}").json()["last_seq"]

    def relations(self) -> list:
        return [self.ada.http.get(f"/users/me/{name}").json()["items"] for name in ("following", "blocks")]

    def marks(self) -> tuple:
        answer = self.ben.http.get(f"/conversations/{self.conversation}").json()
        return answer["rev"], answer["participants"]


@dataclass
class Case:
    """A route, one request to it, and another one under the same key. `effect` looks at what the first one changed."""

    method: str
    route: str
    body: Callable[[World], dict | None]
    other: Callable[[World], dict | None] | None
    effect: Callable[[World], object]
    path: Callable[[World], str] | None = None
    other_path: Callable[[World], str] | None = None
    is_anonymous: bool = False
    # Members of the answer that are made anew: an access token says when it was issued.
    fresh: set = field(default_factory=set)

    def send(self, world: World, key: str, other: bool = False) -> httpx.Response:
        make_path = (self.other_path if other else None) or self.path
        path = make_path(world) if make_path else self.route
        body = (self.other if other and self.other else self.body)(world)
        headers = {"Idempotency-Key": key} | ({"Authorization": ""} if self.is_anonymous else {})
        return world.ada.http.request(self.method, path, json=body, headers=headers) if body is not None else world.ada.http.request(self.method, path, headers=headers)


def below(conversation_path: str):
    return lambda world: f"/conversations/{world.conversation}{conversation_path}"


def person(relation: str):
    return lambda world: f"/users/{world.ben.id}/{relation}"


def other_person(relation: str):
    return lambda world: f"/users/{world.eve.id}/{relation}"


CASES = [
    Case(
        "POST", "/auth/register", lambda w: {"username": w.name, "password": PASSWORD}, lambda w: {"username": w.name, "password": PASSWORD, "display_name": "Eve"},
        lambda w: w.ada.http.get("/users/search", params={"username": w.name}).json()["items"], is_anonymous=True,
    ),
    Case(
        "POST", "/auth/login", lambda w: {"username": w.ada.username, "password": PASSWORD},
        lambda w: {"username": w.ada.username, "password": PASSWORD, "device_name": "another"}, World.devices, is_anonymous=True, fresh={"access"},
    ),
    # The token is its own key: another one is another sign-in's.
    Case("POST", "/auth/refresh", lambda w: {"refresh": w.phone.tokens["refresh"]}, None, World.devices, is_anonymous=True, fresh={"access"}),
    Case("POST", "/auth/logout", lambda w: {"refresh": w.phone.tokens["refresh"]}, None, World.devices, is_anonymous=True),
    Case(
        "POST", "/auth/password", lambda w: {"current": PASSWORD, "new": "a new password of hers"}, lambda w: {"current": PASSWORD, "new": "yet another password"},
        World.devices,
    ),
    Case("DELETE", "/devices/{device}", lambda w: None, None, World.devices, lambda w: f"/devices/{w.phone.tokens['device_id']}", lambda w: f"/devices/{w.tablet.tokens['device_id']}"),
    # Without a body; the same key on another route is another request, below.
    Case("POST", "/ws/ticket", lambda w: None, None, World.devices),
    Case("PATCH", "/users/me", lambda w: {"display_name": "Ada"}, lambda w: {"display_name": "Eve"}, World.me),
    Case("PATCH", "/users/me/privacy", lambda w: {"read_receipts": False}, lambda w: {"read_receipts": True}, lambda w: w.ada.http.get("/users/me/privacy").json()),
    Case("POST", "/users/{user}/follow", lambda w: None, None, World.relations, person("follow"), other_person("follow")),
    Case("DELETE", "/users/{user}/follow", lambda w: None, None, World.relations, person("follow"), other_person("follow")),
    Case("POST", "/users/{user}/block", lambda w: None, None, World.relations, person("block"), other_person("block")),
    Case("DELETE", "/users/{user}/block", lambda w: None, None, World.relations, person("block"), other_person("block")),
    Case("POST", "/conversations", lambda w: {"recipient_id": w.eve.id}, lambda w: {"recipient_id": w.ben.id}, World.conversations),
    Case("POST", "/conversations/{conversation}/messages", lambda w: {"content": "once"}, lambda w: {"content": "twice"}, World.head, below("/messages")),
    Case("POST", "/conversations/{conversation}/read", lambda w: {"seq": 2}, lambda w: {"seq": 3}, World.marks, below("/read")),
    Case("POST", "/conversations/{conversation}/delivered", lambda w: {"seq": 2}, lambda w: {"seq": 3}, World.marks, below("/delivered")),
]  # fmt: skip


@pytest.fixture
def world(service) -> World:
    return World(service)


def test_every_route_that_changes_something_is_tried_here_and_takes_a_key(http):
    document = http.get(OPENAPI).json()
    mutating = {
        (method.upper(), path.removeprefix("/api/v1")): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in ("post", "patch", "delete")  # PUT says how things are to be
    }
    assert {(case.method, case.route) for case in CASES} == mutating.keys()
    for name, operation in mutating.items():
        assert {"$ref": "#/components/parameters/IdempotencyKey"} in operation["parameters"], name


# acceptance: A-051
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method} {case.route}")
def test_a_request_that_comes_again_under_its_key_is_done_once(case, world):
    key = secrets.token_hex(16)
    first = case.send(world, key)
    assert first.status_code in (200, 201, 204), first.text
    effect = case.effect(world)
    for _ in range(2):
        again = case.send(world, key)
        assert again.status_code == (204 if first.status_code == 204 else 200), again.text
        if first.content:
            assert {k: v for k, v in again.json().items() if k not in case.fresh} == {k: v for k, v in first.json().items() if k not in case.fresh}
        assert case.effect(world) == effect
    if case.other or case.other_path:
        refused(case.send(world, key, other=True), 409, "conflict")
        assert case.effect(world) == effect


def test_a_key_belongs_to_one_member_and_one_route(world):
    key = {"Idempotency-Key": secrets.token_hex(16)}
    assert world.ada.http.post("/ws/ticket", headers=key).status_code == 201
    refused(world.ada.http.patch("/users/me", json={"display_name": "Ada"}, headers=key), 409, "conflict")
    refused(world.ada.http.post("/auth/password", json={"current": PASSWORD, "new": "a new password of hers"}, headers=key), 409, "conflict")
    assert world.ben.http.patch("/users/me", json={"display_name": "Ben"}, headers=key).json()["display_name"] == "Ben"
    assert world.ben.http.post("/ws/ticket", headers={"Idempotency-Key": "1"}).status_code == 201
    assert world.eve.http.post("/ws/ticket", headers={"Idempotency-Key": "1"}).status_code == 201


def test_what_was_refused_may_be_tried_again_under_its_key(world):
    key = {"Idempotency-Key": secrets.token_hex(16)}
    refused(world.ada.http.patch("/users/me", json={"display_name": ""}, headers=key), 400, "validation_error")
    assert world.ada.http.patch("/users/me", json={"display_name": "Ada"}, headers=key).status_code == 200
    device = f"/devices/{world.phone.tokens['device_id']}"
    key = {"Idempotency-Key": secrets.token_hex(16)}
    refused(world.ben.http.delete(device, headers=key), 404, "not_found")
    refused(world.ben.http.delete(device, headers=key), 404, "not_found")


@pytest.mark.parametrize("route", ["PATCH /users/me", "DELETE /devices/{device}", "POST /ws/ticket", "POST /auth/login", "POST /auth/password", "POST /conversations"])
def test_of_many_at_once_one_is_done(route, world):
    case = next(case for case in CASES if f"{case.method} {case.route}" == route)
    key = secrets.token_hex(16)
    before = world.devices()
    after = {"POST /auth/login": before + 1, "DELETE /devices/{device}": before - 1, "POST /auth/password": 1}.get(route, before)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: case.send(world, key), range(8)))
    assert all(answer.status_code in (200, 201, 204) for answer in answers), [answer.text for answer in answers]
    told = [{k: v for k, v in answer.json().items() if k not in case.fresh} for answer in answers if answer.content]
    assert all(answer == told[0] for answer in told)
    assert world.devices() == after


def test_a_ticket_that_was_used_is_used_whoever_asks_for_it_again(world):
    def opens(ticket: str) -> bool:
        with connect(f"{world.ada.service.websocket_url}?ticket={ticket}") as connection:
            try:
                return '"ready"' in connection.recv(timeout=5)
            except ConnectionClosed as closed:
                assert closed.rcvd.code == 4001
                return False

    def ask() -> str:
        return world.ada.http.post("/ws/ticket", headers={"Idempotency-Key": "one"}).json()["ticket"]

    ticket = ask()
    assert ask() == ticket
    assert opens(ticket) and not opens(ticket)
    assert ask() == ticket and not opens(ticket)


def test_tokens_that_were_used_are_not_given_again(world):
    key, login = {"Idempotency-Key": "one", "Authorization": ""}, {"username": world.ada.username, "password": PASSWORD}
    first = world.ada.http.post("/auth/login", json=login, headers=key).json()
    assert world.ada.http.post("/auth/refresh", json={"refresh": first["refresh"]}).status_code == 200
    refused(world.ada.http.post("/auth/login", json=login, headers=key), 409, "conflict")
    refused(world.ada.http.post("/auth/login", json=login | {"password": "wrong"}, headers=key), 401, "unauthenticated")
    assert Person(world.ada.service, world.ada.username).log_in().id == world.ada.id


@pytest.mark.parametrize("key", ["", "x" * 65, "a b"])
def test_a_key_that_cannot_be_one_is_refused_everywhere(key, world):
    for case in CASES:
        if case.route not in ("/auth/refresh", "/auth/logout"):
            assert refused(case.send(world, key), 400, "validation_error")["header"] == "Idempotency-Key", case.route

"""People: follows, finding somebody by name, choosing among conversations, and what the host app's servers say of them."""

import hashlib
import secrets
import time
from urllib.parse import quote

import httpx
import pytest

from support.answers import SAME_NAME, UUID7, refused, same_bytes
from support.database import fresh_database
from support.person import Person, newcomer
from support.service import Service

NOBODY = "00000000-0000-7000-8000-000000000000"

# Follows


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [person["id"] for person in answer.json()["items"]]


def test_who_follows_whom(service):
    ada, ben, eve = newcomer(service), newcomer(service), newcomer(service)
    for follower in (ben, eve):
        for _ in range(2):
            assert follower.http.post(f"/users/{ada.id}/follow").status_code == 204
        time.sleep(0.002)
    assert ids(ada.http.get("/users/me/followers")) == [eve.id, ben.id]
    assert ids(ben.http.get("/users/me/following")) == [ada.id]
    assert ids(ada.http.get("/users/me/following")) == []
    first = ada.http.get("/users/me/followers", params={"limit": 1}).json()
    assert first["items"][0] == {"id": eve.id, "username": eve.username, "display_name": eve.username}
    second = ada.http.get("/users/me/followers", params={"limit": 1, "cursor": first["next_cursor"]})
    assert ids(second) == [ben.id] and not second.json()["has_more"]
    for _ in range(2):
        assert ben.http.delete(f"/users/{ada.id}/follow").status_code == 204
    assert ids(ada.http.get("/users/me/followers")) == [eve.id]
    refused(ada.http.post(f"/users/{ada.id}/follow"), 400, "validation_error")
    unknown = [ada.http.post(f"/users/{id}/follow", headers=SAME_NAME) for id in (NOBODY, "x")]
    refused(unknown[0], 404, "not_found")
    same_bytes(*unknown)


# acceptance: B-021
def test_follows_have_a_limit_of_their_own(make_service):
    service = make_service(PARLEY_LIMITS="on", PARLEY_LIMIT_FOLLOW_USER="2,0.01")
    ada, ben = newcomer(service), newcomer(service)
    for status in (204, 204, 429):
        answer = ada.http.post(f"/users/{ben.id}/follow")
        assert answer.status_code == status
        assert answer.headers["x-ratelimit-limit"] == "2"


# Finding


# acceptance
def test_people_are_found_by_the_words_of_their_names(service):
    ada, viewer = newcomer(service), newcomer(service)
    word = f"Zq{secrets.token_hex(4)}"
    ada.http.patch("/users/me", json={"display_name": f"Ada Maria {word}-Lovelace"})
    for text in (word, word.upper(), word[:3] + word[3:7], f"maria {word[:4]}", ada.username, ada.username[:12].upper()):
        assert ada.id in ids(viewer.http.get("/users/search", params={"q": text})), text
    for text in (word[1:], f"{word}x", "qqqqqq"):
        assert ada.id not in ids(viewer.http.get("/users/search", params={"q": text})), text
    for nobody in ("%%%", "___", "...", "  a", "🦄🦄"):
        assert viewer.http.get("/users/search", params={"q": nobody}).json() == {"items": [], "has_more": False, "next_cursor": None}


def test_searches_that_cannot_be_made(ada):
    for query in ({"q": ""}, {"q": "ab"}, {"q": "a" * 257}, {}, {"q": "ada", "username": "ada"}, {"q": "ada", "limit": 0}, {"q": "ada", "cursor": "x"}):
        refused(ada.http.get("/users/search", params=query), 400, "validation_error")


def test_a_search_page_by_page(service):
    viewer = newcomer(service)
    family = f"Qz{secrets.token_hex(4)}"
    people = [newcomer(service) for _ in range(7)]
    for number, person in enumerate(people):
        person.http.patch("/users/me", json={"display_name": [f"{family}", f"{family} {family}x", f"Dr. {family}"][number % 3]})
    seen, cursor = [], {}
    while True:
        page = viewer.http.get("/users/search", params={"q": family, "limit": 2, **cursor}).json()
        seen += [person["id"] for person in page["items"]]
        if not page["has_more"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert sorted(seen) == sorted(person.id for person in people)


# acceptance: D-006
def test_conversations_are_chosen_by_filter_and_name(service):
    ada = newcomer(service)
    others = {}
    for name in ("Grace Hopper", "Barbara Liskov", "Grace Kelly"):
        other = others[name] = newcomer(service)
        other.http.patch("/users/me", json={"display_name": name})
        sender = ada if name == "Grace Kelly" else other
        sender.http.post(f"/conversations/{ada.conversation_with(other)}/messages", json={"content": "hello"})
        time.sleep(0.002)

    def names(**query) -> list[str]:
        answer = ada.http.get("/conversations", params=query)
        assert answer.status_code == 200, answer.text
        return [conversation["peer"]["display_name"] for conversation in answer.json()["items"]]

    assert names() == names(filter="all") == names(q="") == ["Grace Kelly", "Barbara Liskov", "Grace Hopper"]
    assert names(filter="unread") == ["Barbara Liskov", "Grace Hopper"]
    assert names(q="gra") == ["Grace Kelly", "Grace Hopper"]
    assert names(q="LIS") == ["Barbara Liskov"]
    assert names(q="g", filter="unread") == ["Grace Hopper"]
    assert names(q=others["Grace Kelly"].username) == ["Grace Kelly"]
    assert names(q="nobody") == names(q="%") == []
    first = ada.http.get("/conversations", params={"q": "grace", "limit": 1}).json()
    assert names(q="grace", limit=1, cursor=first["next_cursor"]) == ["Grace Hopper"]
    for query in ({"filter": "archived"}, {"filter": ""}, {"q": "x" * 257}):
        refused(ada.http.get("/conversations", params=query), 400, "validation_error")


# Provisioning

KEY, OTHER = secrets.token_hex(32), secrets.token_hex(32)


class HostApp:
    """The host app's servers."""

    def __init__(self, service: Service, key: str | None = KEY):
        self.http = httpx.Client(base_url=f"{service.url}/api/v1/admin", headers={"X-API-Key": key} if key else {}, timeout=15)

    def put(self, external_id: str, path: str = "", **body) -> httpx.Response:
        return self.http.put(f"/users/{quote(external_id, safe='')}{path}", json=body)


@pytest.fixture(scope="module")
def provisioned(work):
    with fresh_database() as url:
        keys = f"app={KEY},other=sha256:{hashlib.sha256(OTHER.encode()).hexdigest()}"
        service = Service(work / "provisioned", url, PARLEY_API_KEYS=keys)
        service.migrate()
        service.start()
        yield service
        assert service.stop() == 0


# acceptance: C-035
def test_the_host_app_makes_accounts_and_calls_them_anew(provisioned):
    for number, key in enumerate((KEY, OTHER)):
        app = HostApp(provisioned, key)
        external_id = f"person/{number} ä?#"
        made = app.put(external_id, username=f"person_{number}", display_name="A Person")
        assert made.status_code == 201, made.text
        person = made.json()
        assert UUID7.fullmatch(person["id"])
        assert person.keys() == {"id", "external_id", "username", "display_name", "created_at"}
        assert (person["external_id"], person["username"], person["display_name"]) == (external_id, f"person_{number}", "A Person")
        again = app.put(external_id, username=f"person_{number}", display_name="A Person")
        assert (again.status_code, again.json()) == (200, person)
        assert app.put(external_id, display_name="Another").json() == {**person, "display_name": "Another"}
        assert app.put(external_id).json() == {**person, "display_name": "Another"}
        assert app.put(external_id, username=f"renamed_{number}").json()["username"] == f"renamed_{number}"
    taken = HostApp(provisioned).put("somebody else", username="RENAMED_0")
    refused(taken, 409, "conflict")
    for body in ({"username": "a b"}, {"username": "x" * 33}, {"display_name": ""}, {"display_name": "x" * 65}, {"username": 1}):
        refused(HostApp(provisioned).put("somebody else", **body), 400, "validation_error")
    refused(HostApp(provisioned).put("x" * 256), 400, "validation_error")
    made = HostApp(provisioned).put("x" * 255)
    assert made.status_code == 201 and made.json()["username"].startswith("user_")


# acceptance: C-035
def test_the_host_app_says_who_follows_and_blocks_whom(provisioned):
    app = HostApp(provisioned)
    names = [f"rel {number}" for number in range(5)]
    people = {name: app.put(name).json()["id"] for name in names}
    whole = app.put("rel 0", "/follows", set=["rel 1", "rel 2", "nobody", "rel 0"])
    assert whole.status_code == 200, whole.text
    report = whole.json()
    assert (report["changed"], report["unchanged"]) == (2, 0)
    assert {error["external_id"]: error["code"] for error in report["errors"]} == {"nobody": "not_found", "rel 0": "validation_error"}
    assert app.put("rel 0", "/follows", set=["rel 1", "rel 2"]).json() == {"changed": 0, "unchanged": 2, "errors": []}
    assert app.put("rel 0", "/follows", add=["rel 3"], remove=["rel 1"]).json() == {"changed": 2, "unchanged": 0, "errors": []}
    assert app.put("rel 2", "/blocks", add=["rel 0"]).json()["changed"] == 1
    (error,) = app.put("rel 0", "/follows", set=["rel 2", "rel 3"]).json()["errors"]
    assert error["external_id"] == "rel 2" and error["code"] == "not_authorized"
    refused(app.put("nobody", "/follows", set=[]), 404, "not_found")
    for body in ({}, {"set": [], "add": []}, {"set": "x"}, {"add": [1]}, {"set": [str(number) for number in range(1001)]}):
        refused(app.put("rel 0", "/blocks", **body), 400, "validation_error")
    many = app.put("rel 0", "/blocks", set=["x" * 200 + str(number) for number in range(1000)])
    assert many.status_code == 200 and len(many.json()["errors"]) == 1000
    assert people


# acceptance: C-035
def test_without_a_good_key_nothing_is_provisioned(provisioned, service):
    routes = ["/users/x", "/users/x/follows", "/users/x/blocks"]
    member = newcomer(provisioned)
    for running, key in [(provisioned, None), (provisioned, "wrong"), (provisioned, KEY[:-1]), (provisioned, KEY + "0"), (provisioned, KEY.upper()), (service, KEY)]:
        answers = [HostApp(running, key).http.put(route, json={}, headers=SAME_NAME) for route in routes]
        for answer in answers:
            refused(answer, 401, "unauthenticated")
            same_bytes(answers[0], answer)
    # A member's token opens nothing here, nor does a key elsewhere.
    refused(member.http.put("/admin/users/x", json={}), 401, "unauthenticated")
    refused(httpx.get(f"{provisioned.url}/api/v1/users/me", headers={"X-API-Key": KEY}), 401, "unauthenticated")


def test_who_guesses_keys_is_slowed_down_and_the_host_app_is_not(work):
    with fresh_database() as url:
        limits = {"PARLEY_LIMITS": "on", "PARLEY_LIMIT_AUTH_IP": "3,0.01"}
        service = Service(work / "guessed", url, PARLEY_API_KEYS=f"app={KEY}", **limits)
        service.migrate()
        service.start()
        statuses = [HostApp(service, f"guess {number}").put("x").status_code for number in range(5)]
        assert statuses == [401, 401, 401, 429, 429]
        assert HostApp(service).put("x").status_code == 201
        log = service.log.read_text()
        assert KEY not in log and "guess 1" not in log
        assert service.stop() == 0

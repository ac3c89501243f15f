"""`/auth` and `/users`: accounts, sign-ins, and everything that people try in order to be somebody else."""

import json
import secrets
import socket
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from support.answers import SAME_NAME, TIMESTAMP, UUID7, refused, same_bytes
from support.bad_json import MALFORMED, NO_STRINGS
from support.person import PASSWORD, Person, newcomer
from support.service import wait_until
from support.tokens import ATTACKS

NOBODY = "00000000-0000-7000-8000-000000000000"


def unused_name() -> str:
    return f"user_{secrets.token_hex(6)}"


def register(api, **members) -> httpx.Response:
    return api.post("/auth/register", json={"username": unused_name(), "password": PASSWORD, **members})


def refresh(api, token: str) -> httpx.Response:
    return api.post("/auth/refresh", json={"refresh": token})


def in_parallel(count: int, work) -> list:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: work(), range(count)))


# Registering


# acceptance, C-007
def test_a_new_account_is_told_as_it_is_stored(api):
    name = unused_name()
    answer = api.post("/auth/register", json={"username": name, "password": PASSWORD})
    assert answer.status_code == 201
    account = answer.json()
    assert account.keys() == {"id", "username", "display_name", "created_at"}, "no password, and no address when none was given"
    assert UUID7.fullmatch(account["id"]) and TIMESTAMP.fullmatch(account["created_at"])
    assert (account["username"], account["display_name"]) == (name, name)


def test_address_and_display_name_are_kept_as_given(api):
    name = unused_name()
    account = register(api, email=f"{name}@Example.org", display_name="Ada 👩‍💻 Lovelace").json()
    assert (account["email"], account["display_name"]) == (f"{name}@Example.org", "Ada 👩‍💻 Lovelace")


def test_unknown_members_and_nulls_change_nothing(api):
    account = register(api, email=None, display_name=None, is_admin=True, id=NOBODY, created_at="1970-01-01T00:00:00.000Z").json()
    assert "email" not in account and "is_admin" not in account
    assert account["id"] != NOBODY and not account["created_at"].startswith("1970")


# acceptance: A-014
def test_a_name_belongs_to_one_whatever_its_case(api, undisturbed):
    name = unused_name()
    assert register(api, username=name, email=f"{name}@example.org").status_code == 201
    with undisturbed():
        for members in (
            {"username": name},
            {"username": name.upper()},
            {"username": name, "email": f"{name}@example.com"},
            {"email": f"{name}@example.org"},
            {"email": f"{name.upper()}@EXAMPLE.org"},
        ):
            refused(register(api, **members), 409, "conflict")


def test_a_registration_may_be_repeated_under_its_key(api, undisturbed):
    name, key = unused_name(), {"Idempotency-Key": secrets.token_hex(16)}

    def again(headers=key, **members) -> httpx.Response:
        return api.post("/auth/register", json={"username": name, "password": PASSWORD, "display_name": "Ada", **members}, headers=headers)

    first = again()
    assert first.status_code == 201
    with undisturbed():
        replay = again()
        assert (replay.status_code, replay.json()) == (200, first.json())
        for answer in (again({}), again({"Idempotency-Key": "x"}), again(password=PASSWORD + "!"), again(display_name="Eve"), again(email="a@b.example")):
            refused(answer, 409, "conflict")
        for headers in ({"Idempotency-Key": ""}, {"Idempotency-Key": "x" * 65}, {"Idempotency-Key": "a b"}):
            details = refused(again(headers), 400, "validation_error")
            assert details["header"] == "Idempotency-Key"
        refused(again([("Idempotency-Key", "a"), ("Idempotency-Key", "b")]), 400, "validation_error")


def test_of_many_who_want_a_name_one_gets_it(api):
    name = unused_name()
    codes = [answer.status_code for answer in in_parallel(8, lambda: register(api, username=name))]
    assert sorted(codes) == [201] + [409] * 7


@pytest.mark.parametrize("name", ["abc", "a" * 32, "A.b_9", "...", "007"])
def test_good_usernames(api, name):
    unique = name if len(name) == 32 else name + secrets.token_hex(4)
    assert register(api, username=unique).status_code in (201, 409)


@pytest.mark.parametrize(
    "member, value",
    [
        *(("username", name) for name in ("", "ab", "a" * 33, "a b c", "ada!", "ada-lovelace", "ädä", "ada\n", "\0\0\0", "ada@home", "аdа", "🙂🙂🙂")),
        *(
            ("email", address)
            for address in (
                "", "@", "a@", "@example.org", "a@b", "a@.org", "a@b.", "a b@example.org", "a@b@example.org", "a@exa mple.org",
                "a\n@example.org", "a\0@example.org", "a" * 65 + "@example.org", "a@" + "b" * 250 + ".org",
            )
        ),
        *(("display_name", name) for name in ("", "   ", "\u0001", "a" * 65, "🙂" * 65, "one\ntwo")),
        *(("password", password) for password in ("", "short", "1234567", "é" * 7, "a" * 129, "🙂" * 129, "password", "12345678", "PassWord1")),
    ],
)
def test_what_an_account_may_not_have(api, undisturbed, member, value):
    with undisturbed():
        details = refused(register(api, **{member: value}), 400, "validation_error")
    assert details["path"] == member


@pytest.mark.parametrize("password", ["🙂" * 8, "é" * 128, "a\0b\0c\0d\0e\0", " " * 9 + "x"])
def test_every_character_of_a_password_counts(service, password):
    person = Person(service, unused_name(), password).register().log_in()
    for wrong in (password[:-1], password + " ", password[:-1] + "z"):
        answer = person.http.post("/auth/login", json={"username": person.username, "password": wrong})
        refused(answer, 401, "unauthenticated")


def test_a_password_is_the_same_on_every_keyboard(service):
    name = unused_name()
    Person(service, name, "cafe\u0301 au lait").register()
    Person(service, name, "caf\u00e9 au lait").log_in()


# Signing in


# acceptance, C-007
def test_a_sign_in_gives_a_pair_of_tokens_and_a_device(api, ada):
    tokens = api.post("/auth/login", json={"username": ada.username, "password": PASSWORD}).json()
    assert tokens.keys() == {"access", "refresh", "expires_in", "device_id"}
    assert UUID7.fullmatch(tokens["device_id"])
    assert 60 <= tokens["expires_in"] <= 900, "access tokens live for fifteen minutes at most"
    assert tokens["access"].count(".") == 2 and len(tokens["refresh"]) == 43


# acceptance: A-022
def test_one_signs_in_by_name_or_address_in_any_case(api):
    name = unused_name()
    register(api, username=name, email=f"{name}@example.org")
    for login in ({"username": name.upper()}, {"email": f"{name}@example.org"}, {"email": f"{name}@EXAMPLE.ORG"}):
        assert api.post("/auth/login", json={**login, "password": PASSWORD}).status_code == 200


def test_a_device_that_is_named_again_keeps_its_id_and_ends_its_former_sign_in(api, ada, census):
    first = ada.on_another_device()
    with first.socket() as line:
        login = {"username": ada.username, "password": PASSWORD, "device_id": first.tokens["device_id"]}
        second = api.post("/auth/login", json=login).json()
        assert second["device_id"] == first.tokens["device_id"]
        assert line.close_code(seconds=2) == 4011
    wait_until(lambda: first.http.get("/users/me").status_code == 401, 2, "the former sign-in's end")
    refused(refresh(api, first.tokens["refresh"]), 401, "unauthenticated")
    assert refresh(api, second["refresh"]).status_code == 200
    assert ada.http.get("/users/me").status_code == 200, "other devices are left alone"


def test_nobody_signs_in_on_the_device_of_another(api, ada, ben):
    login = {"username": ben.username, "password": PASSWORD, "device_id": ada.tokens["device_id"]}
    with ada.socket() as line:
        tokens = api.post("/auth/login", json=login).json()
        assert tokens["device_id"] != ada.tokens["device_id"]
        line.expect("pong", line.send("ping"))
    assert ada.http.get("/users/me").status_code == 200


def test_of_many_sign_ins_on_one_device_one_lives(api, ada, census):
    device = ada.on_another_device().tokens["device_id"]
    login = {"username": ada.username, "password": PASSWORD, "device_id": device}
    answers = in_parallel(6, lambda: api.post("/auth/login", json=login))
    assert [answer.status_code for answer in answers] == [200] * 6
    assert census.one("SELECT count(*) FROM sessions WHERE device_id = %s AND revoked_at IS NULL", device) == 1
    assert [refresh(api, answer.json()["refresh"]).status_code for answer in answers].count(200) == 1


# acceptance: A-045
def test_a_wrong_name_and_a_wrong_password_are_one_answer(api, ada, undisturbed):
    def sign_in(**login):
        return api.post("/auth/login", json={"password": "not the right one", **login}, headers=SAME_NAME)

    with undisturbed():
        known = sign_in(username=ada.username)
        refused(known, 401, "unauthenticated")
        for login in ({"username": unused_name()}, {"username": ""}, {"username": "\0"}, {"username": "x" * 9000}, {"email": "a@b.c"}, {"email": "'--"}):
            same_bytes(known, sign_in(**login))


def test_a_wrong_name_takes_as_long_as_a_wrong_password(api, ada):
    def seconds(name: str) -> float:
        began = time.perf_counter()
        api.post("/auth/login", json={"username": name, "password": "not the right one"})
        return time.perf_counter() - began

    known, unknown = zip(*((seconds(ada.username), seconds(unused_name())) for _ in range(3)))
    assert statistics.median(unknown) > statistics.median(known) / 3, "the time tells who has an account"


# Refreshing


# acceptance: A-023, C-007
def test_a_refresh_gives_a_pair_that_works(api, ada):
    device = ada.on_another_device()
    answer = refresh(api, device.tokens["refresh"])
    assert answer.status_code == 200 and answer.json().keys() == {"access", "refresh", "expires_in"}
    assert answer.json()["refresh"] != device.tokens["refresh"]
    me = api.get("/users/me", headers={"Authorization": f"Bearer {answer.json()['access']}"})
    assert me.json()["id"] == ada.id
    assert device.http.get("/users/me").status_code == 200, "the access token of before lives on until it expires"


def test_twenty_refreshes_at_once_and_a_late_retry_give_one_successor(api, ada, census):
    device = ada.on_another_device()
    answers = in_parallel(20, lambda: refresh(api, device.tokens["refresh"]))
    assert [answer.status_code for answer in answers] == [200] * 20
    (successor,) = {answer.json()["refresh"] for answer in answers}
    tokens = "SELECT count(*) FROM refresh_tokens JOIN sessions s ON s.id = session_id WHERE s.device_id = %s"
    assert census.one(tokens, device.tokens["device_id"]) == 2
    assert refresh(api, successor).status_code == 200
    assert refresh(api, device.tokens["refresh"]).json()["refresh"] == successor, "a lost answer does no harm"


def test_a_spent_token_that_comes_back_ends_its_whole_sign_in_and_no_other(api, ada, census):
    device, other = ada.on_another_device(), ada.on_another_device()
    spent = device.tokens["refresh"]
    newest = refresh(api, refresh(api, spent).json()["refresh"]).json()
    with device.socket() as line, other.socket() as others:
        # Nobody waits for the time of grace: its beginning moves into the past.
        assert census.change(
            "UPDATE refresh_tokens SET used_at = used_at - interval '11 s' FROM sessions s"
            " WHERE s.id = session_id AND s.device_id = %s AND used_at IS NOT NULL",
            device.tokens["device_id"],
        )
        refused(refresh(api, spent), 401, "unauthenticated")
        assert line.close_code(seconds=2) == 4001
        others.expect("pong", others.send("ping"))
    refused(refresh(api, newest["refresh"]), 401, "unauthenticated")
    for access in (device.tokens["access"], newest["access"]):
        refused(api.get("/users/me", headers={"Authorization": f"Bearer {access}"}), 401, "unauthenticated")
    assert other.http.get("/users/me").status_code == 200
    assert refresh(api, other.tokens["refresh"]).status_code == 200


def test_many_thieves_at_once_end_the_sign_in_and_get_nothing(api, ada, census):
    device = ada.on_another_device()
    refresh(api, device.tokens["refresh"])
    census.change("UPDATE refresh_tokens SET used_at = used_at - interval '11 s' WHERE used_at IS NOT NULL")
    for answer in in_parallel(10, lambda: refresh(api, device.tokens["refresh"])):
        refused(answer, 401, "unauthenticated")


def test_an_expired_refresh_token_is_good_for_nothing(api, ada, census, undisturbed):
    device = ada.on_another_device()
    assert census.change(
        "UPDATE refresh_tokens SET expires_at = now() - interval '1 s' FROM sessions s WHERE s.id = session_id AND s.device_id = %s",
        device.tokens["device_id"],
    )
    with undisturbed():
        refused(refresh(api, device.tokens["refresh"]), 401, "unauthenticated")


def test_a_refresh_token_that_was_never_given_is_refused_alike(api, ada, undisturbed):
    signed_out = ada.on_another_device()
    assert api.post("/auth/logout", json={"refresh": signed_out.tokens["refresh"]}).status_code == 204
    good = ada.tokens["refresh"]
    with undisturbed():
        answers = [
            api.post("/auth/refresh", json={"refresh": token}, headers=SAME_NAME)
            for token in ("", "x", "A" * 43, good[:-1], good + "A", good + "=", good.swapcase(), ada.tokens["access"], "\0", "🙂", signed_out.tokens["refresh"])
        ]
        refused(answers[0], 401, "unauthenticated")
        for answer in answers[1:]:
            same_bytes(answers[0], answer)


def test_neither_token_serves_for_the_other(api, ada, undisturbed):
    with undisturbed():
        refused(api.get("/users/me", headers={"Authorization": f"Bearer {ada.tokens['refresh']}"}), 401, "unauthenticated")
        refused(refresh(api, ada.tokens["access"]), 401, "unauthenticated")


def test_no_token_and_no_password_is_stored(ada, census):
    for secret in (ada.tokens["refresh"], ada.tokens["access"], PASSWORD):
        for (table,) in census.connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
            assert census.one(f"SELECT count(*) FROM {table} t WHERE strpos(t::text, %s) > 0", secret) == 0


# Signing out


# acceptance: C-007
@pytest.mark.parametrize("by", ["refresh token", "access token", "access token and an empty object"])
def test_who_signs_out_is_out_everywhere_at_once_and_others_stay(api, ada, by):
    device, other = ada.on_another_device(), ada.on_another_device()
    with device.socket() as line, other.socket() as others:
        match by:
            case "refresh token":
                answer = api.post("/auth/logout", json={"refresh": device.tokens["refresh"]})
            case "access token":
                answer = device.http.post("/auth/logout")
            case _:
                answer = device.http.post("/auth/logout", json={})
        assert (answer.status_code, answer.content) == (204, b"")
        assert line.close_code(seconds=2) == 4001
        others.expect("pong", others.send("ping"))
    refused(device.http.get("/users/me"), 401, "unauthenticated")
    refused(refresh(api, device.tokens["refresh"]), 401, "unauthenticated")
    with pytest.raises(ConnectionClosed) as closed, device.socket():
        pass
    assert closed.value.rcvd.code == 4001
    assert other.http.get("/users/me").status_code == 200


def test_signing_out_again_changes_nothing(api, ada, undisturbed):
    device = ada.on_another_device()
    assert api.post("/auth/logout", json={"refresh": device.tokens["refresh"]}).status_code == 204
    with undisturbed():
        assert api.post("/auth/logout", json={"refresh": device.tokens["refresh"]}).status_code == 204
        assert api.post("/auth/logout", json={"refresh": "A" * 43}).status_code == 204, "alike for tokens that never were"
        refused(device.http.post("/auth/logout"), 401, "unauthenticated")
        refused(api.post("/auth/logout"), 401, "unauthenticated")
        refused(api.post("/auth/logout", json={}), 401, "unauthenticated")


def test_an_old_refresh_token_of_the_family_signs_out_too(api, ada):
    device = ada.on_another_device()
    newest = refresh(api, device.tokens["refresh"]).json()
    assert api.post("/auth/logout", json={"refresh": device.tokens["refresh"]}).status_code == 204
    refused(refresh(api, newest["refresh"]), 401, "unauthenticated")


def test_every_node_hears_of_a_sign_out_and_a_new_one_knows_of_it(make_service):
    here, there = make_service(), make_service()
    ada = newcomer(here)
    ada.service = there
    with ada.socket() as line, httpx.Client(base_url=f"{there.url}/api/v1", headers=ada.http.headers) as at_the_other:
        assert at_the_other.get("/users/me").status_code == 200
        assert ada.http.post("/auth/logout").status_code == 204
        assert line.close_code(seconds=2) == 4001
        wait_until(lambda: at_the_other.get("/users/me").status_code == 401, 2, "the revocation at the other node")
    there.kill()
    there.start()
    with httpx.Client(base_url=f"{there.url}/api/v1", headers=ada.http.headers) as at_the_new:
        refused(at_the_new.get("/users/me"), 401, "unauthenticated")


def test_a_new_process_takes_no_token_that_was_revoked_not_even_at_first(make_service):
    service = make_service()
    ada = newcomer(service)
    assert ada.http.post("/auth/logout").status_code == 204
    question = f"GET /api/v1/users/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: {ada.http.headers['Authorization']}\r\n\r\n".encode()
    told = []

    def ask_from_the_first_moment():
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline and told.count(b"401") < 10:
            with suppress(OSError), socket.create_connection(("127.0.0.1", service.port), timeout=5) as connection:
                connection.sendall(question)
                told.append(connection.recv(100)[9:12])

    for _ in range(6):
        service.kill()
        told.clear()
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(ask_from_the_first_moment)
            service.start()
            asking.result()
        assert set(told) <= {b"401", b"503"}


# Who one is


# acceptance, B-006, C-009
def test_me(ada, api):
    account = ada.http.get("/users/me").json()
    assert (account["id"], account["username"]) == (ada.id, ada.username)
    refused(api.get("/users/me"), 401, "unauthenticated")


# acceptance: A-026
def test_people_are_found_by_the_beginning_of_their_names(api, ada):
    stem = f"s_{secrets.token_hex(4)}"
    names = sorted(f"{stem}{tail}" for tail in ("", ".a", "_b", "Z", "a"))
    for name in names:
        register(api, username=name)
    by_key = sorted(names, key=str.lower)

    def search(**parameters) -> dict:
        answer = ada.http.get("/users/search", params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert [person["username"] for person in search(username=stem.upper())["items"]] == by_key
    assert search(username=f"{stem}_")["items"][0].keys() == {"id", "username", "display_name"}, "a name's address is nobody's business"
    assert [person["username"] for person in search(username=f"{stem}_")["items"]] == [f"{stem}_b"], "an underscore is no wildcard"
    for nobody in ("s%%", "%%%", stem[:2] + "%" + stem[3:], f"{stem}\\", f"{stem}'", "äöü", f"{stem}ab"):
        assert search(username=nobody)["items"] == []
    found, cursor = [], {}
    while True:
        page = search(username=stem, limit=2, **cursor)
        found += [person["username"] for person in page["items"]]
        assert page["has_more"] == (page["next_cursor"] is not None)
        if not page["has_more"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert found == by_key


@pytest.mark.parametrize(
    "query", ["", "username=", "username=ab", "username=" + "a" * 33, "username=abc&username=abd", "username=a%00c", "username=%ff%ff%ff",
              "username=abc&limit=0", "username=abc&limit=101", "username=abc&limit=x", "username=abc&cursor=x", "username=abc&cursor=%3D"]
)  # fmt: skip
def test_what_cannot_be_searched_for(ada, undisturbed, query):
    with undisturbed():
        refused(ada.http.get(f"/users/search?{query}"), 400, "validation_error")


# Bad input

BODIES = {
    "/auth/register": {"username": "ada_of_the_tests", "password": PASSWORD, "email": "ada@example.org", "display_name": "Ada"},
    "/auth/login": {"username": "ada_of_the_tests", "password": PASSWORD, "device_id": NOBODY},
    "/auth/refresh": {"refresh": "A" * 43},
    "/auth/logout": {"refresh": "A" * 43},
}


# acceptance: D-046
@pytest.mark.parametrize("fault", MALFORMED)
def test_bodies_that_are_not_json(api, undisturbed, fault):
    with undisturbed():
        for path, body in BODIES.items():
            answer = api.post(path, content=MALFORMED[fault](body), headers={"Content-Type": "application/json"})
            refused(answer, 400, "validation_error")


@pytest.mark.parametrize("path", BODIES)
def test_members_of_another_type(api, undisturbed, path):
    with undisturbed():
        for member in BODIES[path]:
            for value in NO_STRINGS.values():
                details = refused(api.post(path, json={**BODIES[path], member: value}), 400, "validation_error")
                assert details["path"] == member


@pytest.mark.parametrize(
    "path, member, value",
    [
        ("/auth/register", "username", ...), ("/auth/register", "password", ...),
        ("/auth/register", "username", None), ("/auth/register", "password", None),
        ("/auth/login", "username", ...), ("/auth/login", "password", ...), ("/auth/login", "password", None),
        ("/auth/login", "device_id", "x"), ("/auth/login", "device_id", ""), ("/auth/login", "device_id", NOBODY[:-1]),
        ("/auth/login", "device_id", NOBODY + "0"), ("/auth/login", "device_id", "{" + NOBODY + "}"),
        ("/auth/refresh", "refresh", ...), ("/auth/refresh", "refresh", None),
    ],
)  # fmt: skip
def test_members_that_are_missing_or_no_ids(api, undisturbed, path, member, value):
    body = {**BODIES[path], member: value}
    if value is ...:
        del body[member]
    with undisturbed():
        details = refused(api.post(path, json=body), 400, "validation_error")
    assert details["path"] == member


def test_bodies_of_another_kind_or_too_large(api, undisturbed):
    with undisturbed():
        for path, body in BODIES.items():
            for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"):
                answer = api.post(path, content=json.dumps(body), headers={"Content-Type": kind})
                refused(answer, 415, "unsupported_media")
            refused(api.post(path, json={**body, "x": "x" * 70_000}), 413, "payload_too_large")


def test_methods_and_paths_that_do_not_exist(api, undisturbed):
    with undisturbed():
        for method, path in (("GET", "/auth/login"), ("PUT", "/auth/register"), ("DELETE", "/users/me"), ("POST", "/users/me")):
            answer = api.request(method, path)
            refused(answer, 405, "method_not_allowed")
            assert method not in answer.headers["allow"].split(", ")
        for path in ("/auth", "/auth/", "/auth/login/", "/auth/Login", "/users", "/users/me/x", "/auth//login", "/auth/login%00"):
            refused(api.post(path), 404, "not_found")


# Tokens of attackers

MEMBERS_ONLY = [
    ("GET", "/users/me"),
    ("GET", "/users/search?username=abc"),
    ("GET", "/conversations"),
    ("POST", "/conversations"),
    ("GET", f"/conversations/{NOBODY}"),
    ("GET", f"/conversations/{NOBODY}/messages"),
    ("POST", f"/conversations/{NOBODY}/messages"),
]


# acceptance: A-020, B-006, D-067
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_token_that_is_not_good_opens_no_route(api, forge, undisturbed, attack):
    token = ATTACKS[attack](forge)
    with undisturbed():
        for method, path in MEMBERS_ONLY:
            body = {"json": {"recipient_id": NOBODY, "content": "x"}} if method == "POST" else {}
            refused(api.request(method, path, headers={"Authorization": f"Bearer {token}"}, **body), 401, "unauthenticated")


def test_the_forge_makes_good_tokens_too(api, ada, forge):
    for token in (forge.signed(), forge.lasting(30), forge.headed()):
        assert api.get("/users/me", headers={"Authorization": f"Bearer {token}"}).json()["id"] == ada.id


def test_a_token_counts_in_the_authorization_field_alone(api, ada, undisturbed):
    access = ada.tokens["access"]
    with undisturbed():
        for headers in (
            {}, {"Authorization": access}, {"Authorization": "Bearer"}, {"Authorization": f"Basic {access}"},
            {"Authorization": f"Token {access}"}, {"Authorization": f"Bearer  {access}"}, {"Authorization": f"Bearer\t{access}"},
            {"Authorization": f'Bearer "{access}"'}, {"Authorization": f"Bearer {access} x"}, {"Cookie": f"access={access}; token={access}"},
            {"X-Access-Token": access}, {"Proxy-Authorization": f"Bearer {access}"}, {"Sec-WebSocket-Protocol": f"bearer, {access}"},
        ):  # fmt: skip
            refused(api.get("/users/me", headers=headers), 401, "unauthenticated")
        for name in ("token", "access_token", "access"):
            refused(api.get("/users/me", params={name: access}), 401, "unauthenticated")
        twice = api.get("/users/me", headers=[("Authorization", f"Bearer {access}"), ("Authorization", "Bearer x")])
        assert twice.status_code in (400, 401)
    assert api.get("/users/me", headers={"Authorization": f"bearer {access}"}).status_code == 200

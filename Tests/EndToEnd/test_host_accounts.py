"""Accounts of the host app: its own tokens, by the keys that it publishes."""

import base64
import hmac
import itertools
import json
import secrets
import time
from contextlib import contextmanager

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from websockets.sync.client import connect

from support.answers import refused
from support.database import fresh_database
from support.host_app import ALGORITHMS, HostKey, Publisher, document
from support.person import Socket, newcomer
from support.service import Service, wait_until

LOOPBACK = {"PARLEY_OUTBOUND_ALLOWED": "127.0.0.0/8"}
ISSUER, AUDIENCE = "https://host.example", "parley"

_subjects = map("person {}".format, itertools.count())


@pytest.fixture(scope="module")
def keys() -> dict[str, HostKey]:
    """One key for each algorithm."""
    return {algorithm: HostKey(algorithm, f"key-{algorithm}") for algorithm in ALGORITHMS}


@pytest.fixture(scope="module")
def strangers() -> dict[str, HostKey]:
    """The same kinds, and nobody publishes them."""
    return {algorithm: HostKey(algorithm, "strange") for algorithm in ALGORITHMS}


@pytest.fixture(scope="module")
def publisher(keys):
    with Publisher(*keys.values()) as publisher:
        yield publisher


@pytest.fixture(scope="module")
def trusting(publisher, work):
    """A service that takes the tokens of the publisher's keys."""
    with fresh_database() as url:
        service = Service(
            work / "trusting", url, PARLEY_JWKS_URL=publisher.url, PARLEY_JWT_ISSUER=ISSUER, PARLEY_JWT_AUDIENCE=AUDIENCE, **LOOPBACK
        )
        service.migrate()
        service.start()
        yield service
        assert service.stop() == 0


@pytest.fixture
def subject() -> str:
    return next(_subjects)


def good(key: HostKey, subject: str, **claims) -> str:
    return key.token(subject, **{"iss": ISSUER, "aud": AUDIENCE, **claims})


def me(service, token: str) -> httpx.Response:
    return httpx.get(f"{service.url}/api/v1/users/me", headers={"Authorization": f"Bearer {token}"}, timeout=15)


@contextmanager
def socket_of(service, token: str):
    with connect(service.websocket_url, additional_headers={"Authorization": f"Bearer {token}"}, max_queue=None) as connection:
        yield Socket(connection)


# acceptance: A-020, B-006, C-035
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_token_of_the_host_app_is_an_access_token(trusting, keys, subject, algorithm):
    name = f"host_{secrets.token_hex(4)}"
    token = good(keys[algorithm], subject, preferred_username=name, name="Ada Lovelace")
    account = me(trusting, token).json()
    assert (account["username"], account["display_name"]) == (name, "Ada Lovelace") and "email" not in account
    assert me(trusting, good(keys["EdDSA"], subject, preferred_username="another")).json() == account
    with socket_of(trusting, token) as socket:
        ready = socket.expect("ready")
        assert ready["user"]["id"] == account["id"]


# acceptance: A-061
def test_people_of_the_host_app_talk_with_each_other_and_with_others(trusting, keys):
    ada, ben = (good(keys["ES256"], next(_subjects)) for _ in range(2))
    cyn = newcomer(trusting)
    people = {token: me(trusting, token).json()["id"] for token in (ada, ben)}
    for mine, other in ((ada, people[ben]), (ada, cyn.id), (cyn.tokens["access"], people[ben])):
        with httpx.Client(base_url=f"{trusting.url}/api/v1", headers={"Authorization": f"Bearer {mine}"}, timeout=15) as http:
            conversation = http.post("/conversations", json={"recipient_id": other}).json()["id"]
            assert http.post(f"/conversations/{conversation}/messages", json={"content": "hello"}).status_code == 201
    with socket_of(trusting, ben) as socket, socket_of(trusting, ada) as sender:
        socket.expect("ready"), sender.expect("ready")
        with httpx.Client(base_url=f"{trusting.url}/api/v1", headers={"Authorization": f"Bearer {ada}"}, timeout=15) as http:
            conversation = http.post("/conversations", json={"recipient_id": people[ben]}).json()["id"]
        sender.send("send_message", {"conversation_id": conversation, "content": "live"})
        assert socket.expect("new_message")["content"] == "live"


def _encoded(part) -> str:
    data = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _hashed(key: HostKey, claims: dict, secret: bytes, algorithm: str = "HS256") -> str:
    message = f"{_encoded({'alg': algorithm, 'kid': key.name})}.{_encoded(claims)}"
    return f"{message}.{_encoded(hmac.digest(secret, message.encode(), 'sha256'))}"


def _unsigned(key: HostKey, claims: dict, algorithm: str) -> str:
    return f"{_encoded({'alg': algorithm, 'kid': key.name})}.{_encoded(claims)}."


# By name: each makes a token that must be refused, of a key, a stranger's key and good claims.
ATTACKS = {
    "HMAC with the public key as PEM": lambda key, _, claims: _hashed(
        key, claims, key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    ),
    "HMAC with the public key as DER": lambda key, _, claims: _hashed(
        key, claims, key.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ),
    "HMAC with the public key as JWK": lambda key, _, claims: _hashed(key, claims, json.dumps(key.published).encode()),
    "HMAC with nothing": lambda key, _, claims: _hashed(key, claims, b""),
    "HMAC that says it is of the key's kind": lambda key, _, claims: _hashed(key, claims, b"secret", key.algorithm),
    "none": lambda key, _, claims: _unsigned(key, claims, "none"),
    "None": lambda key, _, claims: _unsigned(key, claims, "None"),
    "no signature": lambda key, _, claims: _unsigned(key, claims, key.algorithm),
    "a stranger's key under the key's name": lambda key, stranger, claims: jwt.encode(
        claims, stranger.private, stranger.algorithm, {"kid": key.name}
    ),
    "a stranger's key under its own name": lambda _, stranger, claims: jwt.encode(
        claims, stranger.private, stranger.algorithm, {"kid": stranger.name}
    ),
    "a stranger's key that the token brings along": lambda _, stranger, claims: jwt.encode(
        claims, stranger.private, stranger.algorithm, {"kid": stranger.name, "jwk": stranger.published}
    ),
    "a critical member": lambda key, _, claims: jwt.encode(claims, key.private, key.algorithm, {"kid": key.name, "crit": ["exp"]}),
    "another kind of token": lambda key, _, claims: jwt.encode(claims, key.private, key.algorithm, {"kid": key.name, "typ": "logout+jwt"}),
    "no key's name": lambda key, _, claims: jwt.encode(claims, key.private, key.algorithm),
    **{
        f"{claim} {value!r}"[:40]: lambda key, _, claims, claim=claim, value=value: jwt.encode(
            {name: it for name, it in {**claims, claim: value(claims) if callable(value) else value}.items() if it is not None},
            key.private,
            key.algorithm,
            {"kid": key.name},
        )
        for claim, values in {
            "aud": (None, "web", ["web"], [], 1),
            "iss": (None, "https://host.example/", "parley"),
            "sub": ("", "x" * 256, "a\0b"),
            "exp": (None, 0, "tomorrow"),
            "iat": (None, 32503680000),
            "nbf": (32503680000,),
            "device_id": ("", 1),
            "pad": ("x" * 9000,),
        }.items()
        for value in values
    },
    "expired": lambda key, _, claims: jwt.encode(
        {**claims, "exp": int(time.time()) - 61}, key.private, key.algorithm, {"kid": key.name}
    ),
}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_token_that_is_not_good_is_refused(trusting, keys, strangers, attack, algorithm):
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "somebody", "iat": now, "exp": now + 900}
    token = ATTACKS[attack](keys[algorithm], strangers[algorithm], claims)
    refused(me(trusting, token), 401, "unauthenticated")
    with socket_of(trusting, token) as socket:
        assert socket.close_code() == (4009 if attack in ("expired", "exp 0") else 4001)


def test_a_token_whose_key_is_of_another_kind_is_refused(trusting, keys):
    for key, other in itertools.permutations(keys.values(), 2):
        token = key.token("somebody", {"kid": other.name}, iss=ISSUER, aud=AUDIENCE)
        refused(me(trusting, token), 401, "unauthenticated")


def test_a_device_has_one_socket_and_another_device_another(trusting, keys, subject):
    key = keys["RS256"]
    with socket_of(trusting, good(key, subject, device_id="phone")) as phone:
        device = phone.expect("ready")["device_id"]
        with socket_of(trusting, good(key, subject, device_id="laptop")) as laptop:
            assert laptop.expect("ready")["device_id"] != device
            with socket_of(trusting, good(key, subject, device_id="phone", n=2)) as newer:
                assert newer.expect("ready")["device_id"] == device
                assert phone.close_code() == 4011
                newer.send("ping")
                newer.expect("pong")
            laptop.send("ping")
            laptop.expect("pong")


def test_a_socket_lives_as_long_as_the_newest_token_that_it_brings(trusting, keys, subject):
    key, now = keys["EdDSA"], int(time.time())
    with socket_of(trusting, good(key, subject, exp=now + 3)) as socket:
        socket.expect("ready")
        id = socket.send("auth", {"token": good(key, subject, exp=now + 6)})
        assert socket.expect("ready", id)
        time.sleep(max(0, now + 4 - time.time()))
        socket.send("ping")
        socket.expect("pong")
        assert socket.close_code() == 4009
    with socket_of(trusting, good(key, subject)) as socket:
        socket.expect("ready")
        socket.send("auth", {"token": good(key, next(_subjects))})
        assert socket.close_code() == 4001, "somebody else's token"


def test_signing_out_holds_for_tokens_that_were_issued_before(trusting, keys, subject):
    key, now = keys["ES256"], int(time.time())
    old, twin = (good(key, subject, device_id="d", n=n) for n in range(2))
    other = good(key, subject, device_id="other")
    with socket_of(trusting, old) as socket, socket_of(trusting, other) as elsewhere:
        socket.expect("ready"), elsewhere.expect("ready")
        answer = httpx.post(f"{trusting.url}/api/v1/auth/logout", headers={"Authorization": f"Bearer {old}"})
        assert answer.status_code == 204
        assert socket.close_code() == 4001
        for token in (old, twin):
            refused(me(trusting, token), 401, "unauthenticated")
        elsewhere.send("ping")
        elsewhere.expect("pong")
    assert me(trusting, good(key, subject, device_id="d", iat=now + 30)).status_code == 200


# Keys


def test_keys_are_rotated_without_a_restart(make_service):
    old, new = HostKey("ES256", "2025"), HostKey("EdDSA", "2026")
    with Publisher(old) as publisher:
        service = make_service(PARLEY_JWKS_URL=publisher.url, **LOOPBACK)
        wait_until(lambda: me(service, old.token("ada")).status_code == 200, 10, "the first keys")
        publisher.publish(old, new)
        account = me(service, new.token("ada")).json()
        assert account == me(service, old.token("ada")).json(), "an unknown name of a key makes it look at once"
        asked = len(publisher.paths)
        for number in range(20):
            refused(me(service, HostKey("EdDSA", f"unknown-{number}").token("ada")), 401, "unauthenticated")
        assert len(publisher.paths) == asked, "and then not again for a while"
        publisher.answer = (500, {}, b"")
        assert me(service, old.token("ada", n=1)).status_code == 200
        assert service.stop() == 0


def test_a_file_of_keys_is_read_again_when_it_changes(make_service, tmp_path):
    old, new, file = HostKey("RS256", "a"), HostKey("RS256", "b"), tmp_path / "keys.json"
    file.write_bytes(document(old))
    service = make_service(PARLEY_JWKS_FILE=str(file))
    assert me(service, old.token("ada")).status_code == 200
    file.write_bytes(document(new))
    wait_until(lambda: me(service, old.token("ada", n=secrets.token_hex(4))).status_code == 401, 10, "the old key is gone")
    assert me(service, new.token("ada")).status_code == 200
    file.write_text("not keys")
    time.sleep(3)
    assert me(service, new.token("ada", n=1)).status_code == 200, "what cannot be read changes nothing"
    assert "could not be read" in service.log.read_text()
    assert service.stop() == 0


@pytest.mark.parametrize(
    "answer",
    [
        (404, {}, b"{}"),
        (200, {}, b"<html>"),
        (200, {}, b'{"keys":[]}'),
        (200, {}, b" " * 300_000),
        (302, {"Location": "http://127.0.0.2:1/"}, b""),
        (302, {"Location": "file:///etc/passwd"}, b""),
    ],
    ids=["missing", "no JSON", "empty", "too large", "a redirect inside", "a redirect to a file"],
)
def test_until_there_are_keys_their_tokens_must_wait(make_service, answer):
    key = HostKey("EdDSA", "a")
    with Publisher(key) as publisher:
        publisher.answer = answer
        service = make_service(PARLEY_JWKS_URL=publisher.url, PARLEY_OUTBOUND_ALLOWED="127.0.0.1")
        refused(me(service, key.token("ada")), 503, "unavailable")
        with socket_of(service, key.token("ada")) as socket:
            assert socket.close_code() == 1013
        refused(me(service, "no token"), 401, "unauthenticated")
        assert me(service, newcomer(service).tokens["access"]).status_code == 200
        assert service.stop() == 0


def test_keys_are_not_fetched_from_the_inside_unless_that_is_allowed(make_service):
    key = HostKey("EdDSA", "a")
    with Publisher(key) as publisher:
        for url in (publisher.url, publisher.url.replace("127.0.0.1", "localhost"), publisher.url.replace("127.0.0.1", "2130706433")):
            service = make_service(PARLEY_JWKS_URL=url)
            refused(me(service, key.token("ada")), 503, "unavailable")
            assert "destinationRefused" in service.log.read_text()
            service.kill()
        assert publisher.paths == []


def test_the_environment_has_no_say_in_how_keys_are_fetched(make_service, tmp_path):
    key = HostKey("EdDSA", "a")
    (tmp_path / ".netrc").write_text("default login somebody password secret\n")
    with Publisher(key) as publisher, Publisher() as proxy:
        address = proxy.url.removesuffix("/keys.json")
        proxies = {name: address for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY")}
        service = make_service(PARLEY_JWKS_URL=publisher.url, HOME=str(tmp_path), no_proxy="", **proxies, **LOOPBACK)
        wait_until(lambda: me(service, key.token("ada")).status_code == 200, 10, "the keys")
        assert proxy.paths == []
        assert publisher.headers[0].keys() == {"host", "user-agent", "accept"}


def test_signing_out_on_one_node_closes_the_socket_on_another(make_service, tmp_path):
    key, file = HostKey("RS256", "a"), tmp_path / "keys.json"
    file.write_bytes(document(key))
    one, other = (make_service(PARLEY_JWKS_FILE=str(file)) for _ in range(2))
    token = key.token("ada", device_id="phone")
    with socket_of(other, token) as socket:
        assert socket.expect("ready")["user"]["id"] == me(one, token).json()["id"]
        began = time.monotonic()
        assert httpx.post(f"{one.url}/api/v1/auth/logout", headers={"Authorization": f"Bearer {token}"}).status_code == 204
        assert socket.close_code() == 4001
        assert time.monotonic() - began < 3
        refused(me(other, token), 401, "unauthenticated")


def test_without_keys_nobody_elses_token_is_taken(service):
    refused(me(service, HostKey("EdDSA", "a").token("ada")), 401, "unauthenticated")

"""What a browser lets the page of another site do with the API (the Fetch standard, §3.2)."""

import httpx
import pytest

from support.answers import refused
from support.database import fresh_database
from support.person import PASSWORD, newcomer
from support.service import Service

HERS, STRANGE = "https://chat.example.org", "https://evil.example.org"


@pytest.fixture(scope="module")
def api(work):
    with fresh_database() as url:
        service = Service(work / "cors", url, CORS_ALLOWED_ORIGINS=f"{HERS}, https://app.example.org:8443")
        service.migrate()
        service.start()
        with httpx.Client(base_url=f"{service.url}/api/v1", timeout=15) as client:
            client.service = service
            yield client
        assert service.stop() == 0


def preflight(api, path: str, origin: str, method: str = "POST") -> httpx.Response:
    headers = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization,content-type"}
    return api.options(path, headers=headers)


def words(answer: httpx.Response, name: str) -> set[str]:
    return {word.strip().lower() for word in answer.headers.get(name, "").split(",")}


# acceptance: A-044
def test_a_listed_origin_may_call_the_api(api):
    for path, method in (("/auth/login", "POST"), ("/users/me", "GET"), ("/conversations", "POST")):
        answer = preflight(api, path, HERS, method)
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == HERS
        assert method.lower() in words(answer, "access-control-allow-methods")
        assert words(answer, "access-control-allow-headers") >= {"authorization", "content-type", "idempotency-key"}
        assert 0 < int(answer.headers["access-control-max-age"]) <= 7200
        assert "origin" in words(answer, "vary")


# acceptance: A-044
def test_a_listed_origin_may_read_answers_and_refusals(api):
    ada = newcomer(api.service)
    answers = [
        ada.http.get("/users/me", headers={"Origin": HERS}),
        api.get("/users/me", headers={"Origin": HERS}),
        api.get("/nowhere", headers={"Origin": HERS}),
        api.delete("/auth/login", headers={"Origin": HERS}),
        api.post("/auth/login", content="{", headers={"Origin": HERS, "Content-Type": "application/json"}),
        api.post("/auth/login", json={"username": ada.username, "password": PASSWORD}, headers={"Origin": "https://app.example.org:8443"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 401, 404, 405, 400, 200]
    assert [answer.headers["access-control-allow-origin"] for answer in answers] == [HERS] * 5 + ["https://app.example.org:8443"]
    for answer in answers:
        assert "origin" in words(answer, "vary") and "retry-after" in words(answer, "access-control-expose-headers")
        assert "access-control-allow-credentials" not in answer.headers, "nothing that we have travels in cookies"


# acceptance: A-044
@pytest.mark.parametrize("origin", [STRANGE, "null", "", "https://chat.example.org.evil.example", "http://chat.example.org", HERS + ":8443", "http://localhost:3000", "*"])
def test_no_other_origin_may_read_anything(api, origin):
    for answer in (preflight(api, "/auth/login", origin), api.get("/users/me", headers={"Origin": origin})):
        assert not [name for name in answer.headers if name.startswith("access-control-")]
    refused(api.get("/users/me", headers={"Origin": origin}), 401, "unauthenticated")


def test_without_an_origin_nothing_is_said(api):
    answer = api.options("/auth/login")
    assert answer.status_code == 204 and not [name for name in answer.headers if name.startswith("access-control-")]


def test_a_star_is_every_origin_and_never_with_credentials(make_service):
    service = make_service(PARLEY_ALLOWED_ORIGINS="*")
    with httpx.Client(base_url=f"{service.url}/api/v1") as client:
        for answer in (preflight(client, "/auth/login", STRANGE), client.get("/users/me", headers={"Origin": STRANGE})):
            assert answer.headers["access-control-allow-origin"] == "*"
            assert "access-control-allow-credentials" not in answer.headers


def test_by_default_the_pages_of_this_machine_may(service):
    url = f"{service.url}/api/v1/users/me"
    assert httpx.get(url, headers={"Origin": "http://localhost:3000"}).headers["access-control-allow-origin"] == "http://localhost:3000"
    assert "access-control-allow-origin" not in httpx.get(url, headers={"Origin": STRANGE}).headers
    assert "access-control-allow-origin" not in httpx.get(f"{service.url}/metrics", headers={"Origin": "http://localhost:3000"}).headers

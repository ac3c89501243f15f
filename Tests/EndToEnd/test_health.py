"""What the service says of itself, to a balancer and in its log, while something is missing."""

import json
import subprocess
import time
from pathlib import Path

import httpx

from support.answers import refused
from support.database import fresh_database
from support.person import PASSWORD, newcomer
from support.service import BINARY, ROOT, Service, wait_until
from support.tokens import Forge


def checks(service) -> tuple[int, dict[str, str]]:
    answer = httpx.get(f"{service.url}/health/ready", timeout=2)
    assert answer.status_code == 200 or int(answer.headers["retry-after"]) >= 1
    return answer.status_code, answer.json()["checks"]


def lines(service, message: str) -> list[dict]:
    return [line for line in map(json.loads, service.log.read_text().splitlines()) if line["message"] == message]


def test_a_service_that_can_serve_says_so(service):
    assert checks(service) == (200, {"postgres": "ok", "schema": "ok", "revocations": "ok"})


def test_a_database_that_was_not_migrated_is_named_with_the_remedy_and_used_once_it_is(work):
    with fresh_database() as url:
        service = Service(work / "unmigrated", url)
        service.launch()
        try:
            wait_until(service.answers, 10, "an answer")
            said = {"postgres": "ok", "schema": "run parley migrate", "revocations": "unknown"}
            wait_until(lambda: checks(service) == (503, said), 10, "what is missing")
            time.sleep(3)
            (line,) = lines(service, "the database lacks migrations: run parley migrate")
            assert line["level"] == "error" and "0001_accounts" in line["migrations"]
            (line,) = lines(service, "revocations could not be looked up")
            assert line["sql_state"] == "42P01"
            service.migrate()
            wait_until(lambda: checks(service)[0] == 200, 10, "readiness")
            newcomer(service)
        finally:
            service.stop()


def test_nobody_makes_the_service_check_signatures_over_and_over(make_service):
    # acceptance: A-047
    service = make_service(PARLEY_LIMITS="on", PARLEY_LIMIT_AUTH_IP="5,0.01", PARLEY_TRUSTED_PROXIES="127.0.0.1")
    ada = newcomer(service)
    forge = Forge(ada.tokens["access"], service.environment["PARLEY_SECRET"])
    with httpx.Client(base_url=f"{service.url}/api/v1", headers={"X-Forwarded-For": "203.0.113.7"}) as client:

        def me(token: str | None):
            return client.get("/users/me", headers={"Authorization": f"Bearer {token}"} if token else {})

        assert me(ada.tokens["access"]).status_code == 200
        for number in range(10):
            assert me(forge.claiming(exp=1_700_000_000, n=number)).status_code == 401, "a neighbour's client has slept: no forgery"
            assert me(f"no token {number}").status_code == 401
        answers = [me(forge.signed(claims={**forge.claims, "n": number}, key=forge.strange_key)) for number in range(6)]
        assert [answer.status_code for answer in answers] == [401] * 5 + [429]
        refused(answers[-1], 429, "rate_limited")
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert me(ada.tokens["access"]).status_code == 200, "a token that was found good before is not affected"
        assert me(None).status_code == 401
        fresh = client.post("/auth/login", json={"username": ada.username, "password": PASSWORD}).json()["access"]
        assert me(fresh).status_code == 200, "nor is one that this process issued"
        unknown = forge.claiming(n=0)
        assert me(unknown).status_code == 429, "as nobody knows yet whether it is good"
        client.headers["X-Forwarded-For"] = "203.0.113.8"
        assert me(unknown).status_code == 200


def test_a_sign_in_that_ended_stays_ended_when_tokens_live_shorter_from_now_on(work):
    with fresh_database() as url:
        service = Service(work / "shorter", url, PARLEY_ACCESS_TTL="86400")
        service.migrate()
        service.start()
        ada = newcomer(service)
        other = ada.on_another_device()
        assert ada.http.post("/auth/logout").status_code == 204
        service.stop()
        service.environment["PARLEY_ACCESS_TTL"] = "60"
        service.start()
        for person in (ada, other):
            refused(person.http.get("/users/me"), 401, "unauthenticated")
        renewed = other.http.post("/auth/refresh", json={"refresh": other.tokens["refresh"]}).json()
        assert other.http.get("/users/me", headers={"Authorization": f"Bearer {renewed['access']}"}).status_code == 200
        service.stop()


def test_metrics_may_ask_for_a_token(make_service, service):
    assert httpx.get(f"{service.url}/metrics").status_code == 200
    guarded = make_service(PARLEY_METRICS_TOKEN="a-token-for-prometheus")
    for headers in ({}, {"Authorization": "Bearer a-token-for-prometheu"}, {"Authorization": "a-token-for-prometheus"}):
        refused(httpx.get(f"{guarded.url}/metrics", headers=headers), 401, "unauthenticated")
    answer = httpx.get(f"{guarded.url}/metrics", headers={"Authorization": "Bearer a-token-for-prometheus"})
    assert answer.status_code == 200 and "parley_" in answer.text


def test_in_production_no_core_dump_holds_the_secrets(work):
    with fresh_database() as url:
        service = Service(work / "production", url, PARLEY_ENV="production", PARLEY_LIMITS="on")
        service.migrate()
        service.start()
        limits = Path(f"/proc/{service.process.pid}/limits").read_text().splitlines()
        (core,) = [line.split() for line in limits if line.startswith("Max core file size")]
        assert core[4:6] == ["0", "0"]
        assert service.stop() == 0


def test_a_command_says_in_words_what_is_wrong_with_the_database(work):
    service = Service(work / "nowhere", "postgres://parley:wrong@127.0.0.1:1/parley")
    done = subprocess.run([BINARY, "migrate"], cwd=ROOT, env=service.environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith("parley migrate: the database cannot be reached: ") and "port 1" in done.stderr
    assert "PostgresError" not in done.stderr and "wrong" not in done.stderr


def test_doctor_says_whom_the_service_believes(work):
    with fresh_database() as url:
        service = Service(work / "doctor", url)
        service.migrate()
        for proxies, words in (("", "none is trusted"), ("10.0.0.0/8, ::1", "10.0.0.0/8, ::1/128 may say")):
            environment = {**service.environment, "PARLEY_TRUSTED_PROXIES": proxies}
            done = subprocess.run([BINARY, "doctor"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
            assert f"ok   proxies: {words}" in done.stdout
            assert "ok   schema: up to date" in done.stdout

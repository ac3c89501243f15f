"""What operators get with the program: rules, units and manifests that name only what is there."""

import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
import yaml

from support.person import newcomer

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def names(text: str) -> set[str]:
    """The metrics of ours that a text names. Those of a histogram stand under its own name."""
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(r"\b(?:parley|process)_[a-z_]+[a-z]\b", text)}


@pytest.mark.parametrize("path", ["deploy/prometheus/alerts.yml", "docs/operations.md", "web/dashboard/dashboard.js"])
def test_every_metric_that_is_named_is_told(make_service, path):
    service = make_service(REDIS_URL="redis://127.0.0.1:1/0")
    newcomer(service)
    told = set(re.findall(r"^# TYPE (\S+)", httpx.get(f"{service.url}/metrics").text, re.MULTILINE))
    # Told where the host app's accounts are on, and from the first time that it happens.
    later = {"parley_host_key_refreshes_total", "parley_postgres_errors_total", "parley_sockets_closed_total"}
    assert names((ROOT / path).read_text()) - told <= later


def test_rules_say_what_to_do():
    for group in yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text())["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in ("page", "ticket")
            assert {"summary", "action"} <= rule["annotations"].keys()


def variables(text: str) -> set[str]:
    return set(re.findall(r"\b(?:PARLEY_[A-Z_]+|DATABASE_URL|REDIS_URL)\b", text))


@pytest.mark.parametrize("path", ["Containerfile", "compose.yaml", "parley.conf", "systemd/parley.service", "kubernetes/parley.yaml"])
def test_every_setting_that_is_named_is_one(path):
    known = variables((ROOT / "docs/operations.md").read_text())
    assert variables((DEPLOY / path).read_text()) <= known


def test_manifests_are_whole():
    kinds = [part["kind"] for part in yaml.safe_load_all((DEPLOY / "kubernetes/parley.yaml").read_text())]
    assert kinds == ["ConfigMap", "Deployment", "Service", "PodDisruptionBudget"]
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert services.keys() == {"postgres", "redis", "migrate", "node-1", "node-2"}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="this machine has no systemd")
def test_units_are_understood(tmp_path):
    # With a program that is there: a unit whose program is missing is refused for that alone.
    for unit in (DEPLOY / "systemd").iterdir():
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/parley/parley", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", *map(str, tmp_path.iterdir())], capture_output=True, text=True)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "parley" in line]) == (0, [])


def test_the_sample_configuration_is_one_that_production_takes(tmp_path):
    from support.service import BINARY

    done = subprocess.run([str(BINARY), "doctor"], env={"PARLEY_CONFIG": str(DEPLOY / "parley.conf"), "PATH": "/usr/bin"}, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("ok   configuration: production, port 8080"), done.stdout + done.stderr


@pytest.mark.parametrize("token", [None, "a-token-of-the-tests"])
def test_the_dashboard_shows_what_the_service_does(make_service, browser, token):
    service = make_service(**({"PARLEY_METRICS_TOKEN": token} if token else {}))
    ada, ben = newcomer(service), newcomer(service)
    ada.http.post(f"/conversations/{ada.conversation_with(ben)}/messages", json={"content": "hello"})
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    page.goto(f"{service.url}/dashboard/")
    if token:
        page.get_by_label("This service shows its metrics").fill(token)
        page.get_by_role("button", name="Show").click()
    card = page.locator("section", has=page.get_by_role("heading", name="memory"))
    card.get_by_text("MB").wait_for()
    page.get_by_role("status").get_by_text("all is well").wait_for()
    assert float(card.locator("p").inner_text().split()[0]) > 1
    ada.http.post(f"/conversations/{ada.conversation_with(ben)}/messages", json={"content": "again"})
    page.locator("section", has=page.get_by_role("heading", name="requests", exact=True)).get_by_text("/s").wait_for()
    assert errors == []
    page.close()

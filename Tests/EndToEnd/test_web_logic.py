"""What the web client works out without a page: in Node.js where it is installed, else in the browser."""

import json
import shutil
import subprocess

import pytest

from support.service import ROOT

TESTS = "Tests/EndToEnd/web_logic"


@pytest.fixture
def results(request, tmp_path) -> list[dict]:
    node = shutil.which("node") or shutil.which("nodejs")
    return in_node(node, tmp_path) if node else in_browser(request.getfixturevalue("browser"))


# acceptance: D-045 E-005 E-014
def test_what_the_client_works_out_is_right(results):
    assert [result for result in results if result["error"]] == []
    assert len(results) > 30


def in_node(node: str, folder) -> list[dict]:
    """A copy beside which a package says that these are modules: older versions do not find out by themselves."""
    for part in ("web/assets", TESTS):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "package.json").write_text('{"type": "module"}')
    script = f"import('./{TESTS}/all.js').then(async ({{ run }}) => console.log(JSON.stringify(await run())))"
    done = subprocess.run([node, "-e", script], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def in_browser(browser) -> list[dict]:
    page = browser.new_page()
    page.route("http://logic.test/**", lambda route: route.fulfill(path=ROOT / route.request.url[len("http://logic.test/") :]))
    page.route("http://logic.test/", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto("http://logic.test/")
    results = page.evaluate(f"import('/{TESTS}/all.js').then(({{ run }}) => run())")
    page.close()
    return results

"""What the whole-service tests stand on: a running service with a database of its own, people, sockets, a browser.

Run by script/test, which starts the PostgreSQL and says by PARLEY_TEST_DATABASE_URL how to reach it.
"""

import os
import shutil
from pathlib import Path

import httpx
import pytest

from support.bystanders import Bystanders
from support.census import Census
from support.contract import watch
from support.database import fresh_database
from support.neighbour import neighbour_of
from support.person import Person, newcomer
from support.service import BINARY, DevService, Service
from support.tokens import Forge


def pytest_configure(config):
    if "PARLEY_TEST_DATABASE_URL" not in os.environ:
        pytest.exit("PARLEY_TEST_DATABASE_URL is not set: run these by `script/test service`", returncode=2)
    if not BINARY.exists():
        pytest.exit(f"{BINARY} is not there: run `script/build`", returncode=2)


@pytest.fixture(scope="session", autouse=True)
def documents_are_true():
    """Every answer that a test reads is held against the service's own documents."""
    end = watch.begin()
    yield
    end()


@pytest.fixture(scope="session")
def work(tmp_path_factory) -> Path:
    """Where the services of the tests leave their logs."""
    return Path(os.environ.get("PARLEY_TEST_WORK", tmp_path_factory.mktemp("work")))


@pytest.fixture(scope="session")
def database():
    """The URL of the shared service's database."""
    with fresh_database() as url:
        yield url


@pytest.fixture(scope="session")
def service(work, database):
    """One service for all tests that do not disturb others; limits are off and the echo is on."""
    service = Service(work / "shared", database, PARLEY_ECHO="on")
    service.migrate()
    service.start()
    yield service
    assert service.stop() == 0, f"serve did not end well: {service.log}"


@pytest.fixture(scope="session")
def census(service) -> Census:
    """A look into the shared service's database."""
    return Census(service.database)


@pytest.fixture(scope="module")
def undisturbed(service, census):
    """`with undisturbed():` what stands there changes nothing for anybody."""
    with Bystanders(service, census).watching() as undisturbed:
        yield undisturbed


@pytest.fixture
def make_service(request, work):
    """Makes services of a test's own, on one fresh database: `make_service(PARLEY_LIMITS="on")`. Two of them are two nodes."""
    services = []
    with fresh_database() as url:

        def make(**settings: str) -> Service:
            service = Service(work / f"{request.node.name}-{len(services)}", url, **settings)
            if not services:
                service.migrate()
            services.append(service)
            service.start()
            return service

        yield make
        for service in services:
            if service.process and service.process.poll() is None:
                service.kill()


@pytest.fixture
def make_dev(request, work):
    """Makes a whole `parley dev` on a home of its own, not yet started."""
    made = []

    def make(home: Path | None = None, port: int | None = None, **settings: str) -> DevService:
        made.append(DevService(home or work / f"{request.node.name}-{len(made)}", port, **settings))
        return made[-1]

    yield make
    for dev in made:
        if dev.process and dev.process.poll() is None:
            dev.stop()


@pytest.fixture(scope="session")
def dev(work):
    """One `parley dev` that runs; a test may kill its children if it waits until they are back."""
    dev = DevService(work / "dev")
    dev.start()
    yield dev
    dev.stop()


@pytest.fixture
def http(service):
    """A client without an account."""
    with httpx.Client(base_url=service.url, timeout=15) as client:
        yield client


@pytest.fixture(scope="module")
def neighbour(service):
    """Somebody whose connection must not notice what others do on theirs."""
    with neighbour_of(service) as neighbour:
        yield neighbour


# People of the shared service. A module that wants other ones says so itself.


@pytest.fixture(scope="module")
def ada(service) -> Person:
    return newcomer(service)


@pytest.fixture(scope="module")
def ben(service) -> Person:
    return newcomer(service)


@pytest.fixture(scope="module")
def eve(service) -> Person:
    """Somebody who is in no conversation of the others."""
    return newcomer(service)


@pytest.fixture(scope="module")
def conversation(ada, ben) -> str:
    """The id of the direct conversation of ada and ben."""
    return ada.conversation_with(ben)


@pytest.fixture(scope="module")
def api(service):
    """A client without an account."""
    with httpx.Client(base_url=f"{service.url}/api/v1", timeout=15) as client:
        yield client


@pytest.fixture
def forge(ada, service) -> Forge:
    return Forge(ada.tokens["access"], service.environment["PARLEY_SECRET"])


@pytest.fixture(scope="session")
def browser():
    """A headless browser from the system's packages."""
    found = filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"]))
    executable = next(found, None)
    if not executable:
        pytest.skip("no browser is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()

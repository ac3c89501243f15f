"""The schema as operators meet it: migrations, the functions beside them, and the way back."""

import shutil
import subprocess
from pathlib import Path

import pytest

from support.census import Census
from support.database import fresh_database
from support.person import newcomer
from support.service import BINARY, ROOT, Service


class Release(Service):
    """A version of the program with migrations of its own."""

    def parley(self, *arguments: str) -> tuple[int, str]:
        done = subprocess.run([BINARY, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    @property
    def functions(self) -> Path:
        return Path(self.environment["PARLEY_MIGRATIONS"]) / "functions"


@pytest.fixture
def make_release(request, work):
    """Makes releases on one fresh database, each with a copy of the migrations to change."""
    made = []
    with fresh_database() as url:

        def make() -> Release:
            folder = work / f"{request.node.name}-{len(made)}"
            shutil.copytree(ROOT / "migrations", folder / "migrations")
            made.append(Release(folder, url, PARLEY_MIGRATIONS=str(folder / "migrations")))
            return made[-1]

        yield make
        for release in made:
            if release.process and release.process.poll() is None:
                release.kill()


def can_send(service) -> bool:
    ada, ben = newcomer(service), newcomer(service)
    answer = ada.http.post(f"/conversations/{ada.conversation_with(ben)}/messages", json={"content": "hello"})
    return answer.status_code == 201


def test_functions_are_run_with_the_migrations_and_again_when_they_change(make_release):
    release = make_release()
    code, words = release.parley("migrate", "status")
    assert code == 1 and "functions/send.sql is pending" in words
    code, words = release.parley("migrate")
    assert code == 0 and "functions/receipts.sql, functions/relations.sql, functions/send.sql" in words
    assert release.parley("migrate") == (0, "the schema is up to date\n")
    send = release.functions / "send.sql"
    send.write_text(send.read_text() + "\n-- mended\n")
    for command in (["migrate", "status"], ["doctor"]):
        code, words = release.parley(*command)
        assert code == 1 and "functions/send.sql is not the version that the database has" in words
    # It serves all the same: a newer program may be on its way.
    release.start()
    assert can_send(release)
    assert "the database has another version of these functions" in release.log.read_text()
    assert release.parley("migrate") == (0, "applied: functions/send.sql\n")
    assert release.parley("migrate", "status") == (0, "the schema is up to date\n")


def test_back_to_an_older_version(make_release):
    new, old = make_release(), make_release()
    for file in Path(old.environment["PARLEY_MIGRATIONS"]).glob("*.sql"):
        if int(file.name[:4]) >= 9:
            file.unlink()
    (old.functions / "relations.sql").unlink()
    for name, column in [("send.sql", "p.left_rev IS NULL AND p.barred = 0"), ("receipts.sql", "p.barred = 0")]:
        file = old.functions / name
        text = file.read_text().replace(" AND p.barred = 0", "").replace("CASE WHEN p.barred = 0", "CASE WHEN true")
        file.write_text(text.replace("SELECT p.barred INTO", "SELECT 0 INTO"))
        assert column not in file.read_text()
    new.migrate()
    code, words = old.parley("migrate")
    assert code == 1 and "run the newer program" in words
    assert new.parley("migrate", "down", "8")[0] == 0
    census = Census(new.database)
    assert census.one("SELECT count(*) FROM schema_functions") == 0
    assert census.one("SELECT max(version) FROM schema_migrations") <= 8
    code, words = old.parley("migrate")
    assert code == 0 and "functions/send.sql" in words
    assert old.parley("migrate", "status")[0] == 0
    # And on again.
    new.migrate()
    new.start()
    assert can_send(new)


@pytest.mark.parametrize("arguments", [["down"], ["down", "x"], ["down", "-1"], ["down", "1", "2"], ["up"]])
def test_what_migrate_does_not_know_is_told_and_nothing_is_done(make_release, arguments):
    code, words = make_release().parley("migrate", *arguments)
    assert code == 2 and "usage: parley" in words

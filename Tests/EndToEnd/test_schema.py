"""The schema as operators meet it: migrations, the functions beside them, and the way back."""

import shutil
import subprocess
from pathlib import Path

import pytest

from support.database import fresh_database
from support.person import newcomer
from support.service import BINARY, ROOT, Service


class Release(Service):
    """A version of the program with migrations of its own."""

    def parley(self, *arguments: str) -> tuple[int, str]:
        done = subprocess.run([BINARY, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    @property
    def migrations(self) -> Path:
        return Path(self.environment["PARLEY_MIGRATIONS"])

    @property
    def functions(self) -> Path:
        return self.migrations / "functions"


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
    old, new = make_release(), make_release()
    last = max(int(file.name[:4]) for file in new.migrations.glob("*.up.sql"))
    (new.migrations / "9001_newer.up.sql").write_text("ALTER TABLE users ADD COLUMN newer text")
    (new.migrations / "9001_newer.down.sql").write_text("ALTER TABLE users DROP COLUMN newer")
    send = new.functions / "send.sql"
    send.write_text(send.read_text() + "\n-- newer\n")
    new.migrate()
    code, words = old.parley("migrate")
    assert code == 1 and "run the newer program" in words
    assert new.parley("migrate", "down", str(last)) == (0, "taken back: 9001_newer\n")
    code, words = old.parley("migrate", "status")
    assert code == 1 and "functions/send.sql is pending" in words
    code, words = old.parley("migrate")
    assert code == 0 and "functions/send.sql" in words and "9001" not in words
    assert old.parley("migrate", "status") == (0, "the schema is up to date\n")
    old.start()
    assert can_send(old)
    # And on again.
    assert new.parley("migrate")[1].startswith("applied: 9001_newer, functions/")
    assert can_send(old), "the older program goes on while the newer one is being deployed"


@pytest.mark.parametrize("arguments", [["down"], ["down", "x"], ["down", "-1"], ["down", "1", "2"], ["up"]])
def test_what_migrate_does_not_know_is_told_and_nothing_is_done(make_release, arguments):
    code, words = make_release().parley("migrate", *arguments)
    assert code == 2 and "usage: parley" in words

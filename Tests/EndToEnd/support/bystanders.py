"""Two people who have nothing to do with a test, and must not notice that it runs."""

from contextlib import contextmanager

from .census import Census
from .person import newcomer
from .service import Running


class Bystanders:
    """A conversation of two others, and a socket at it."""

    def __init__(self, service: Running, census: Census):
        self.census = census
        self.one, self.other = newcomer(service), newcomer(service)
        with self.other.socket() as socket:
            self.conversation = self.one.conversation_with(self.other)
            sent = self.one.http.post(f"/conversations/{self.conversation}/messages", json={"content": "only for you"})
            assert sent.status_code == 201
            # Both are told a moment later: not to be taken for something that a test did.
            socket.expect("new_message")
            socket.expect("conversation_updated")
        self.before = self._view()

    def _view(self) -> list[bytes]:
        paths = ("/users/me", "/conversations", f"/conversations/{self.conversation}/messages")
        return [person.http.get(path).content for person in (self.one, self.other) for path in paths]

    @contextmanager
    def watching(self):
        """Gives a context for what must change nothing at all: no row of the database, nothing that others see or are told."""
        with self.other.socket() as socket:

            @contextmanager
            def undisturbed():
                rows = self.census.take()
                yield
                assert self.census.take() == rows
                socket.expect("pong", socket.send("ping"))
                assert socket.waiting == [], "a bystander was told something"

            yield undisturbed
            assert self._view() == self.before

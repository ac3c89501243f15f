"""People who use the service: a registered account, its REST client and its sockets."""

import itertools
import json
import secrets
from contextlib import contextmanager

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from .contract import watch
from .service import Running

PASSWORD = "a password of the tests"


class Socket:
    """One device's socket. What arrives out of turn is kept for later calls."""

    def __init__(self, connection):
        self.connection = connection
        self.waiting: list[dict] = []
        self.ids = map(str, itertools.count(1))

    def send(self, type: str, data: dict | None = None) -> str:
        """Sends a command, and returns the id that its answer repeats."""
        id = next(self.ids)
        self.connection.send(json.dumps({"type": type, "id": id, "data": data or {}}))
        return id

    def expect(self, type: str, id: str | None = None, seconds: float = 10) -> dict:
        """The data of the next frame of this type (and id)."""

        def is_it(frame):
            assert frame["type"] != "error" or type == "error" or id != frame.get("id"), frame
            return frame["type"] == type and id in (None, frame.get("id"))

        return self.next(is_it, seconds)["data"]

    def answer(self, id: str, seconds: float = 10) -> dict:
        """The frame that answers a command, be it an error."""
        return self.next(lambda frame: frame.get("id") == id, seconds)

    def next(self, is_it, seconds: float) -> dict:
        for index, frame in enumerate(self.waiting):
            if is_it(frame):
                return self.waiting.pop(index)
        while True:
            frame = watch.frame(json.loads(self.connection.recv(timeout=seconds)))
            if is_it(frame):
                return frame
            self.waiting.append(frame)

    def close_code(self, seconds: float = 10) -> int | None:
        """Waits for the end, and answers the code that the service gave; `None` if it said nothing."""
        try:
            while True:
                self.waiting.append(json.loads(self.connection.recv(timeout=seconds)))
        except ConnectionClosed as closed:
            return closed.rcvd and closed.rcvd.code


class Person:
    def __init__(self, service: Running, username: str, password: str = PASSWORD):
        self.service = service
        self.username = username
        self.password = password
        self.http = httpx.Client(base_url=f"{service.url}/api/v1", timeout=15)

    def register(self) -> "Person":
        answer = self.http.post("/auth/register", json={"username": self.username, "password": self.password})
        assert answer.status_code == 201, answer.text
        return self

    def log_in(self) -> "Person":
        answer = self.http.post("/auth/login", json={"username": self.username, "password": self.password})
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()
        self.http.headers["Authorization"] = f"Bearer {self.tokens['access']}"
        self.id = self.http.get("/users/me").json()["id"]
        return self

    def on_another_device(self) -> "Person":
        """The same person, signed in once more."""
        return Person(self.service, self.username, self.password).log_in()

    def conversation_with(self, other: "Person") -> str:
        """The id of the direct conversation with another."""
        answer = self.http.post("/conversations", json={"recipient_id": other.id})
        assert answer.status_code in (200, 201), answer.text
        return answer.json()["id"]

    @contextmanager
    def socket(self):
        """A socket that was told `ready`."""
        with connect(
            self.service.websocket_url,
            additional_headers={"Authorization": f"Bearer {self.tokens['access']}"},
            subprotocols=["parley.v1"],
            max_queue=None,  # else a test that reads too little would keep the close frame waiting
        ) as connection:
            socket = Socket(connection)
            socket.expect("ready")
            yield socket


def newcomer(service: Running) -> Person:
    """Somebody with an account that nobody else uses."""
    return Person(service, f"user_{secrets.token_hex(6)}").register().log_in()

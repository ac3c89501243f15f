"""People who keep talking through faults, as good clients do: what is not answered is sent again under the same id."""

import json
import random
import threading
import time
import uuid
from contextlib import ExitStack

import httpx
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from .history import Conversation, Sent
from .person import Person, Socket

# What a client sees of a server that is gone or has lost its database: it waits a little and tries again.
INTERRUPTIONS = (ConnectionClosed, InvalidHandshake, OSError, EOFError, TimeoutError, httpx.TransportError)
PAUSE = 0.05


class Refused(AssertionError):
    """The service refused what it must not refuse, fault or no fault."""


class Talk:
    """Two people of one conversation: one writes, by socket and by REST in turn, and the other listens."""

    def __init__(self, writer: Person, reader: Person):
        self.writer, self.reader = writer, reader
        self.id = writer.conversation_with(reader)
        self.conversation = Conversation()
        self.problems: list[BaseException] = []
        self.over = threading.Event()
        self.line = ExitStack()  # closes the writer's socket
        self.socket: Socket | None = None
        self.random = random.Random(self.id)
        self.threads = [threading.Thread(target=self.guarded, args=(work,)) for work in (self.write, self.listen)]

    @property
    def acked(self) -> int:
        return sum(message.seq is not None for messages in self.conversation.sent.values() for message in messages)

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join(timeout=60)
            assert not thread.is_alive(), "a client hangs"

    def findings(self) -> list[str]:
        return [f"{self.id}: {finding}" for finding in self.conversation.findings(self.stored())] + list(map(repr, self.problems))

    def stored(self) -> list[dict]:
        """The whole history, oldest first."""
        items, after = [], 0
        while True:
            page = self.writer.http.get(
                f"/conversations/{self.id}/messages", params={"after_seq": after, "limit": 100}
            ).json()
            items += page["items"]
            if not page["has_more"]:
                return items
            after = items[-1]["seq"]

    def guarded(self, work):
        try:
            work()
        except BaseException as problem:  # noqa: BLE001 - told by the main thread
            self.problems.append(problem)

    def compose(self) -> Sent:
        mine = self.conversation.sent[self.writer.username]
        mine.append(Sent(str(uuid.uuid4()), f"message {len(mine) + 1}"))
        return mine[-1]

    def write(self):
        while not self.over.is_set():
            message = self.compose()
            self.until_answered(lambda: self.post(message) if self.random.random() < 0.3 else self.say(message))
            if self.random.random() < 0.05:  # a deliberate double
                told = message.seq
                self.until_answered(lambda: self.post(message))
                assert message.seq == told, f"a replay was answered {message.seq} after {told}"
        self.line.close()

    def post(self, message: Sent):
        """Sends by REST."""
        answer = self.writer.http.post(
            f"/conversations/{self.id}/messages", json={"content": message.content, "client_msg_id": message.client_id}
        )
        if answer.status_code in (500, 503):
            raise OSError(answer.text)
        if answer.status_code not in (200, 201):
            raise Refused(answer.text)
        message.seq = answer.json()["seq"]

    def say(self, message: Sent):
        """Sends by socket; one stays open from message to message."""
        if self.socket is None:
            self.socket = self.line.enter_context(self.writer.socket())
        command = {"conversation_id": self.id, "content": message.content, "client_msg_id": message.client_id}
        frame = self.socket.answer(self.socket.send("send_message", command))
        if frame["type"] == "error" and frame["data"]["code"] in ("internal", "unavailable", "timeout"):
            raise OSError(json.dumps(frame))
        if frame["type"] != "message_ack":
            raise Refused(json.dumps(frame))
        message.seq = frame["data"]["seq"]

    def listen(self):
        while not self.over.is_set():
            try:
                with self.reader.socket() as socket:
                    self.conversation.live.append([])
                    while not self.over.is_set():
                        try:
                            self.conversation.live[-1].append(socket.expect("new_message", seconds=0.5)["seq"])
                        except TimeoutError:
                            continue
            except INTERRUPTIONS:
                time.sleep(PAUSE)

    def until_answered(self, attempt):
        deadline = time.monotonic() + 45
        while True:
            try:
                return attempt()
            except INTERRUPTIONS:
                if time.monotonic() > deadline:
                    raise
                self.line.close()
                self.socket = None
                time.sleep(PAUSE)

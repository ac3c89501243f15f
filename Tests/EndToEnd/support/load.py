"""The common load of the fault tests (RELIABILITY §2): six people with two devices each, each device a sender that waits for its answers.

Half of the messages go by socket and half by REST; two in a hundred are deliberately sent twice at once, three are sent again late.
A message without an answer is mostly sent again under its key until there is one, and sometimes given up: then nobody knows.
"""

import asyncio
import itertools
import json
import random
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from .ledger import Ack, Ledger, Line, Read, Sent
from .person import Person, newcomer
from .service import Running

# A client's patience. The service promises an answer within five seconds.
PATIENCE = 15

# How a server looks that is gone.
GONE = (ConnectionClosed, InvalidHandshake, OSError, EOFError, TimeoutError, httpx.TransportError)


class Device:
    """One device: a socket that it opens again and again, a REST client, and what it knows."""

    def __init__(self, load: "Load", name: str, person: Person, conversations: list[str]):
        self.load, self.ledger, self.name, self.person = load, load.ledger, name, person
        self.conversations = conversations
        self.dice = random.Random(f"{load.seed} {name}")
        self.view: dict[str, dict[int, str]] = {conversation: {} for conversation in conversations}
        self.socket: ClientConnection | None = None
        self.line: Line | None = None
        self.waiting: dict[str, asyncio.Future] = {}
        self.late: list[tuple[float, Sent]] = []
        self.ids = map(str, itertools.count())

    async def run(self):
        async with httpx.AsyncClient(
            base_url=f"{self.load.service.url}/api/v1", headers=self.person.http.headers, timeout=PATIENCE
        ) as self.http:
            listening = asyncio.create_task(self.listen())
            await self.talk()
            await self.load.rest()
            if self.line:
                self.line.lasted = True
            listening.cancel()
            (ended,) = await asyncio.gather(listening, return_exceptions=True)
            if not isinstance(ended, asyncio.CancelledError):
                raise ended

    # Listening

    async def listen(self):
        while True:
            try:
                async with connect(
                    self.load.service.websocket_url,
                    additional_headers=dict(self.person.http.headers),
                    compression=None,
                    ping_interval=None,
                    open_timeout=PATIENCE,
                ) as socket:
                    assert json.loads(await socket.recv())["type"] == "ready"
                    self.line = Line(self.name, frozenset(self.conversations))
                    self.ledger.lines.append(self.line)
                    self.socket = socket
                    async with asyncio.TaskGroup() as catching_up:
                        catching_up.create_task(self.catch_up(*self.conversations))
                        try:
                            async for text in socket:
                                if lacking := self.take(json.loads(text)):
                                    catching_up.create_task(self.catch_up(lacking))
                        finally:
                            self.socket = self.line = None
            except* GONE:
                pass
            for future in self.waiting.values():
                if not future.done():
                    future.set_exception(EOFError("the socket ended"))
            await asyncio.sleep(0.05)

    def take(self, frame: dict) -> str | None:
        """Notes what came; returns the conversation of which something is lacking, as an event's `prev_rev` tells a client."""
        data = frame["data"]
        match frame["type"]:
            case "new_message":
                self.line.events[data["conversation_id"]].append(data)
                view = self.view.setdefault(data["conversation_id"], {})
                view[data["seq"]] = data["content"]
                return data["conversation_id"] if data["prev_rev"] and data["seq"] - 1 not in view else None
            case "message_ack" | "error":
                if frame["type"] == "message_ack":
                    self.line.acked[data["conversation_id"]].add(data["seq"])
                if frame.get("id") in self.waiting and not self.waiting[frame["id"]].done():
                    self.waiting[frame["id"]].set_result(frame)
                elif frame["type"] == "error":
                    self.ledger.oddities.append(f"an error to nothing: {frame}")

    async def catch_up(self, *conversations: str):
        """What a client does after each connect, and when it notices a gap: reads what it has not got."""
        for conversation in conversations:
            view = self.view[conversation]
            while True:
                after = next(seq for seq in itertools.count() if seq + 1 not in view)
                page = await self.patiently(self.page, conversation, after)
                for message in page["items"]:
                    view[message["seq"]] = message["content"]
                if not page["has_more"]:
                    break

    async def page(self, conversation: str, after: int | None) -> dict:
        began = time.monotonic()
        parameters = {"limit": 20} if after is None else {"limit": 100, "after_seq": after}
        answer = await self.ask("GET", f"/conversations/{conversation}/messages", params=parameters)
        self.ledger.reads.append(Read(self.name, conversation, began, after, answer.json()))
        return answer.json()

    async def patiently(self, work, *arguments):
        while True:
            try:
                return await work(*arguments)
            except GONE:
                await asyncio.sleep(0.05)

    # Talking

    async def talk(self):
        for number in itertools.count(1):
            if self.load.is_over.is_set():
                return
            conversation = self.dice.choice(self.conversations)
            message = Sent(str(uuid.uuid4()), conversation, self.person.id, f"{self.name} {number}", time.monotonic())
            self.ledger.sent[message.key] = message
            await self.send_until_answered(message)
            if self.dice.random() < 0.03:
                self.late.append((time.monotonic() + self.dice.uniform(0.2, 3), message))
            if self.late and self.late[0][0] < time.monotonic():
                await self.send_until_answered(self.late.pop(0)[1])
            if self.dice.random() < 0.05:
                await self.patiently(self.page, conversation, None)

    async def send_until_answered(self, message: Sent):
        while True:
            ways = [self.say, self.post]
            if self.dice.random() >= 0.02:
                ways = [self.dice.choice(ways)]
            outcomes = await asyncio.gather(*(way(message) for way in ways), return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, Exception) and not isinstance(outcome, GONE):
                    raise outcome
            if message.acks or self.dice.random() < 0.1:
                return
            await asyncio.sleep(self.dice.uniform(0.02, 0.2))

    async def say(self, message: Sent):
        if not self.socket:
            raise EOFError("no socket")
        id = next(self.ids)
        future = self.waiting[id] = asyncio.get_running_loop().create_future()
        data = {"conversation_id": message.conversation, "content": message.text, "client_msg_id": message.key}
        began = time.monotonic()
        try:
            await self.socket.send(json.dumps({"type": "send_message", "id": id, "data": data}))
            frame = await asyncio.wait_for(future, PATIENCE)
        except TimeoutError:
            self.ledger.oddities.append(f"no answer on the socket within {PATIENCE} s")
            raise
        finally:
            self.waiting.pop(id).cancel()
        self.load.took(time.monotonic() - began)
        if frame["type"] == "message_ack":
            told = frame["data"]
            self.acked(message, Ack(told["server_id"], told["seq"], told["sent_at"]))
        elif frame["data"]["code"] == "unavailable" and frame["data"]["client_msg_id"] == message.key:
            self.load.refusals["socket unavailable"] += 1
        else:
            self.ledger.oddities.append(f"{frame}")

    async def post(self, message: Sent):
        body = {"content": message.text, "client_msg_id": message.key}
        told = (await self.ask("POST", f"/conversations/{message.conversation}/messages", json=body)).json()
        self.acked(message, Ack(told["id"], told["seq"], told["sent_at"]))

    def acked(self, message: Sent, ack: Ack):
        message.acks.append((time.monotonic(), ack))
        self.view[message.conversation][ack.seq] = message.text

    async def ask(self, method: str, path: str, **content) -> httpx.Response:
        """A request whose answer is a success. 503 looks like a server that is gone; nothing else may come."""
        began = time.monotonic()
        try:
            answer = await self.http.request(method, path, **content)
        except httpx.ReadTimeout:
            self.ledger.oddities.append(f"no answer to {method} within {PATIENCE} s")
            raise
        self.load.took(time.monotonic() - began)
        if answer.status_code == 503 and answer.json()["error"]["code"] == "unavailable" and int(answer.headers["Retry-After"]) >= 1:
            self.load.refusals["503"] += 1
            raise EOFError("unavailable")
        if answer.status_code not in (200, 201):
            self.ledger.oddities.append(f"{method}: {answer.status_code} {answer.text}")
            raise EOFError("refused")
        return answer


class Load:
    """`with Load(service) as load:` what stands there happens under load. Afterwards `load.findings` says what was wrong."""

    def __init__(self, service: Running, seed: int = 1):
        self.service, self.seed = service, seed
        self.ledger = Ledger()
        self.refusals: Counter[str] = Counter()
        self.slowest = 0.0
        self.findings: list[str] = []
        self.is_over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._problem: BaseException | None = None
        with ThreadPoolExecutor(6) as pool:
            people = list(pool.map(lambda _: newcomer(service), range(6)))
            seconds = list(pool.map(Person.on_another_device, people))
        pairs = [(one, (one + 1) % 6) for one in range(6)] + [(one, one + 3) for one in range(3)]
        self.conversations = {people[one].conversation_with(people[other]): (one, other) for one, other in pairs}
        self.devices = [
            Device(self, f"device {number}.{index}", person, [id for id, pair in self.conversations.items() if number in pair])
            for number, both in enumerate(zip(people, seconds))
            for index, person in enumerate(both)
        ]

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, kind, *_):
        self.is_over.set()
        self._thread.join(timeout=120)
        assert not self._thread.is_alive(), "a client hangs"
        if kind is None:
            if self._problem:
                raise self._problem
            self.findings = self._check()

    def _run(self):
        async def all_devices():
            self._talking, self._at_rest = len(self.devices), asyncio.Event()
            async with asyncio.TaskGroup() as group:
                for device in self.devices:
                    group.create_task(device.run())

        try:
            asyncio.run(all_devices())
        except BaseException as problem:  # noqa: BLE001 - raised by the main thread
            self._problem = problem

    async def rest(self):
        """Until nobody sends any more and what was sent has been told."""
        self._talking -= 1
        if self._talking == 0:
            await asyncio.sleep(2)
            self._at_rest.set()
        await self._at_rest.wait()

    def took(self, seconds: float):
        self.slowest = max(self.slowest, seconds)

    def _check(self) -> list[str]:
        stored: dict[str, dict[str, list[dict]]] = {conversation: {} for conversation in self.conversations}
        for device in self.devices:
            for conversation in device.conversations:
                stored[conversation][device.name] = history(device.person, conversation)
        findings = self.ledger.findings(stored)
        for device in self.devices:
            for conversation, view in device.view.items():
                truth = {message["seq"]: message["content"] for message in stored[conversation][device.name]}
                if view != truth:
                    differing = sorted(seq for seq in view.keys() | truth.keys() if view.get(seq) != truth.get(seq))
                    findings.append(f"device-diverge: {device.name} has another {differing[:10]} of {len(truth)} in {conversation}")
        return findings

    def __str__(self) -> str:
        return (
            f"{self.ledger.acked} of {len(self.ledger.sent)} messages acked, {len(self.ledger.lines)} connections, "
            f"{len(self.ledger.reads)} pages, slowest answer {self.slowest:.2f} s, {dict(self.refusals)}"
        )


def history(person: Person, conversation: str) -> list[dict]:
    """All that is stored, oldest first."""
    items, after = [], 0
    while True:
        page = person.http.get(f"/conversations/{conversation}/messages", params={"after_seq": after, "limit": 100}).json()
        items += page["items"]
        if not page["has_more"]:
            return items
        after = items[-1]["seq"]

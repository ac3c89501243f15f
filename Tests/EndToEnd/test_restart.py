"""What a stop of the service costs: nobody an answer.

Whatever the service has read before it was asked to end is answered before it does: what is stored was acknowledged, and the other way round.
"""

import asyncio
import itertools
import json
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import psycopg
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from support.load import history
from support.person import Person, newcomer


class Sender:
    """Somebody who sends without waiting for the answers of before, as long as there is a service."""

    window = 32

    def __init__(self, person: Person, conversation: str):
        self.person, self.conversation = person, conversation
        self.acked: set[str] = set()
        self.told: list[str] = []
        self.code: int | None = None

    async def by_socket(self):
        room = asyncio.Semaphore(self.window)
        async with connect(
            self.person.service.websocket_url, additional_headers=dict(self.person.http.headers), compression=None, ping_interval=None
        ) as socket:

            async def listen():
                async for text in socket:
                    frame = json.loads(text)
                    self.told.append(frame["type"])
                    if frame["type"] == "message_ack":
                        self.acked.add(frame["data"]["client_msg_id"])
                        room.release()

            async def talk():
                for number in itertools.count():
                    await room.acquire()
                    data = {"conversation_id": self.conversation, "content": f"{number}", "client_msg_id": f"s{number}"}
                    await socket.send(json.dumps({"type": "send_message", "data": data}))

            talking = asyncio.create_task(talk())
            with suppress(ConnectionClosed):
                await listen()
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
            self.code = socket.close_code

    async def by_rest(self):
        async with httpx.AsyncClient(base_url=f"{self.person.service.url}/api/v1", headers=self.person.http.headers, timeout=15) as client:
            for number in itertools.count():
                key = f"r{number}"
                try:
                    answer = await client.post(
                        f"/conversations/{self.conversation}/messages", json={"content": f"{number}", "client_msg_id": key}
                    )
                except httpx.TransportError:
                    return
                assert answer.status_code == 201, answer.text
                self.acked.add(key)


# acceptance: D-044, E-006
@pytest.mark.parametrize("round", range(3))
def test_a_stop_under_load_loses_no_ack(make_service, round):
    service = make_service()
    pairs = [(newcomer(service), newcomer(service)) for _ in range(4)]
    conversations = [ada.conversation_with(ben) for ada, ben in pairs]
    sockets = [Sender(person, id) for pair, id in zip(pairs, conversations) for person in pair]
    requests = [Sender(ada.on_another_device(), id) for (ada, _), id in zip(pairs, conversations)]

    async def stop() -> float:
        while not all(sender.acked for sender in (*sockets, *requests)):
            await asyncio.sleep(0.01)
        await asyncio.sleep(random.Random(round).uniform(0.3, 1))
        began = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        while service.process.poll() is None:
            await asyncio.sleep(0.01)
        return time.monotonic() - began

    async def all_of_it() -> float:
        async with asyncio.TaskGroup() as group:
            ending = group.create_task(stop())
            for sender in sockets:
                group.create_task(sender.by_socket())
            for sender in requests:
                group.create_task(sender.by_rest())
        return ending.result()

    with ThreadPoolExecutor(1) as pool:  # the browser's tests leave a loop in this thread
        seconds = pool.submit(asyncio.run, all_of_it()).result()
    assert service.process.returncode == 0
    assert seconds < 8, "nobody needed that long"
    assert {sender.code for sender in sockets} == {1012}
    assert all("reconnect" in sender.told for sender in sockets)

    service.start()
    acked, stored = set(), set()
    for sender in (*sockets, *requests):
        acked |= {(sender.person.id, sender.conversation, key) for key in sender.acked}
    for (ada, _), id in zip(pairs, conversations):
        messages = history(ada, id)
        assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
        stored |= {(message["sender_id"], id, message["client_msg_id"]) for message in messages}
    print(f"\n{len(acked)} acked, {len(stored)} stored, ended after {seconds:.2f} s")
    assert len(acked) > 100
    assert acked - stored == set(), "acked, and not there"
    assert stored - acked == set(), "stored, and never acked"


def test_a_stop_waits_for_an_answer_that_takes_a_while(make_service):
    """The conversation's lock is held when the service is asked to end: whoever waits for it is still told what became of their message."""
    service = make_service()
    ada, ben = newcomer(service), newcomer(service)
    conversation = ada.conversation_with(ben)
    with ada.socket() as socket, ben.socket() as idle, psycopg.connect(service.database) as holder:
        holder.execute("SELECT FROM conversations WHERE id = %s FOR UPDATE", [conversation])
        id = socket.send("send_message", {"conversation_id": conversation, "content": "patience", "client_msg_id": "p"})
        socket.expect("pong", socket.send("ping"))
        service.process.send_signal(signal.SIGTERM)
        assert socket.expect("reconnect")["after_ms"] > 0
        assert idle.close_code(seconds=2) == 1012, "nobody owes them anything"
        late = socket.send("send_message", {"conversation_id": conversation, "content": "too late", "client_msg_id": "q"})
        time.sleep(1)
        holder.rollback()
        assert socket.expect("message_ack", id)["seq"] == 1
        assert socket.close_code(seconds=2) == 1012
        assert not [frame for frame in socket.waiting if frame.get("id") == late]
    assert service.process.wait(timeout=10) == 0
    service.start()
    assert [message["content"] for message in history(ben, conversation)] == ["patience"]

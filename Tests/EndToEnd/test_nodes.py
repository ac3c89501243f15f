"""Several nodes on one database, with Redis and without: what is written through one is told by all."""

import threading
import time
import uuid

import httpx
import pytest

from support.person import Person, newcomer
from support.redis import RedisServer
from support.service import wait_until


@pytest.fixture
def redis(request, work):
    server = RedisServer(work / f"{request.node.name}-redis")
    server.start()
    yield server
    server.kill()


@pytest.fixture(params=["without Redis", "with Redis"])
def nodes(request, make_service):
    settings = {"REDIS_URL": request.getfixturevalue("redis").url} if request.param == "with Redis" else {}
    return [make_service(**settings), make_service(**settings)]


def report(node) -> tuple[int, dict]:
    answer = httpx.get(f"{node.url}/health/ready")
    return answer.status_code, answer.json()


def delays(hers, his, conversation: str, count: int) -> list[float]:
    """Seconds from the acknowledgement to the other person's socket, at another node."""
    taken = []
    for number in range(count):
        hers.expect("message_ack", hers.send("send_message", {"conversation_id": conversation, "content": str(number)}))
        began = time.monotonic()
        assert his.expect("new_message", seconds=4)["content"] == str(number)
        taken.append(time.monotonic() - began)
    return taken


# What the log of changes tells comes after half a second at the earliest.
SOONER = 0.45


# acceptance: A-010, E-009
def test_hints_come_sooner_and_nothing_is_lost_while_redis_is_away(make_service, redis):
    nodes = [make_service(REDIS_URL=redis.url), make_service(REDIS_URL=redis.url)]
    ada, ben = newcomer(nodes[0]), newcomer(nodes[1])
    conversation = ada.conversation_with(ben)
    for node in nodes:
        assert report(node) == (200, {"status": "ok", "checks": {"postgres": "ok", "schema": "ok", "revocations": "ok", "redis": "ok"}})
    with ada.socket() as hers, ben.socket() as his:
        assert min(delays(hers, his, conversation, 5)) < SOONER
        redis.kill()
        assert len(delays(hers, his, conversation, 3)) == 3
        wait_until(lambda: report(nodes[0])[1]["status"] == "degraded", 5, "health tells of it")
        assert report(nodes[0])[0] == 200, "a balancer must not empty the fleet for that"
        redis.start()
        wait_until(lambda: all(report(node)[1]["status"] == "ok" for node in nodes), 15, "Redis is found again")
        wait_until(lambda: min(delays(hers, his, conversation, 3)) < SOONER, 15, "hints come again")


@pytest.mark.parametrize("letter", [b"", b"x", b"\0" * 16, b"\xff" * 56, b"\0" * 56, b"y" * 100_000], ids=lambda letter: f"{len(letter)} of {letter[:1].hex()}")
def test_what_is_no_hint_is_passed_over(make_service, redis, letter):
    node = make_service(REDIS_URL=redis.url)
    ada, ben = newcomer(node), newcomer(node)
    conversation = ada.conversation_with(ben)
    publish(redis, letter)
    with ada.socket() as hers, ben.socket() as his:
        assert len(delays(hers, his, conversation, 2)) == 2


@pytest.mark.parametrize(("rev", "members_rev"), [(10**6, 1), (1, 10**6), (2**62, 2**62)])
def test_a_hint_that_says_more_than_the_database_is_not_believed(make_service, redis, rev, members_rev):
    node = make_service(REDIS_URL=redis.url)
    ada, ben = newcomer(node), newcomer(node)
    conversation = ada.conversation_with(ben)
    with ada.socket() as hers, ben.socket() as his:
        for _ in range(2):
            publish(redis, uuid.uuid4().bytes + uuid.UUID(conversation).bytes + b"".join(n.to_bytes(8, "big") for n in (1, rev, members_rev)))
            assert len(delays(hers, his, conversation, 3)) == 3
        hers.expect("pong", hers.send("ping"))
        assert not [frame for frame in hers.waiting if frame["type"] == "new_message"], "the sender's socket has the acknowledgement"


def publish(redis: RedisServer, letter: bytes):
    assert b":1\r\n" in redis.tell(b"SPUBLISH", b"parley:changes", letter), "the node listens"


def at(node, person: Person) -> Person:
    """The same person, signed in at another node."""
    return Person(node, person.username).log_in()


# acceptance: E-009, E-013
def test_what_is_sent_through_one_node_is_told_by_the_other(nodes):
    ada = newcomer(nodes[0])
    ben = newcomer(nodes[1])
    conversation = ada.conversation_with(ben)
    with ada.socket() as hers, ben.socket() as his, at(nodes[1], ada).socket() as her_other:
        for number in range(3):
            hers.expect("message_ack", hers.send("send_message", {"conversation_id": conversation, "content": f"hers {number}"}))
            for socket in (his, her_other):
                assert socket.expect("new_message", seconds=4)["content"] == f"hers {number}"
            his.expect("message_ack", his.send("send_message", {"conversation_id": conversation, "content": f"his {number}"}))
            for socket in (hers, her_other):
                assert socket.expect("new_message", seconds=4)["content"] == f"his {number}"
        his.expect("read_update", his.send("mark_read", {"conversation_id": conversation, "seq": 6}))
        assert hers.expect("read_update", seconds=4)["last_read_seq"] == 6


# acceptance: E-013, E-014, A-065
def test_every_socket_of_every_node_hears_the_same_once_in_order_and_without_a_gap(nodes):
    ada, ben = newcomer(nodes[0]), newcomer(nodes[1])
    conversation = ada.conversation_with(ben)
    count = 60
    watchers = [at(node, person) for node in nodes for person in (ada, ben)]
    heard: list[list[dict]] = [[] for _ in watchers]

    def watch(person: Person, frames: list[dict], ready: threading.Barrier):
        with person.socket() as socket:
            ready.wait()
            while len([frame for frame in frames if "content" in frame]) < count:
                frames.append(socket.next(lambda frame: "prev_rev" in frame["data"], 10)["data"])

    ready = threading.Barrier(len(watchers) + 1)
    threads = [threading.Thread(target=watch, args=(person, heard[n], ready)) for n, person in enumerate(watchers)]
    for thread in threads:
        thread.start()
    ready.wait()
    for number in range(count):
        person = (ada, ben)[number % 2]
        person.http.post(f"/conversations/{conversation}/messages", json={"content": str(number)})
        if number % 4 == 0:
            (ben, ada)[number % 2].http.post(f"/conversations/{conversation}/read", json={"seq": number + 1})
        if number % 20 == 0:
            time.sleep(0.7)
    for thread in threads:
        thread.join(timeout=20)
        assert not thread.is_alive()
    for frames in heard:
        assert [int(frame["content"]) for frame in frames if "content" in frame] == list(range(count))
        revs = [(frame["prev_rev"], frame["rev"]) for frame in frames]
        assert all(before[1] == after[0] for before, after in zip(revs, revs[1:], strict=False)), revs


def test_a_socket_that_opens_later_is_not_told_what_was_before(nodes):
    ada, ben = newcomer(nodes[0]), newcomer(nodes[1])
    conversation = ada.conversation_with(ben)
    for number in range(5):
        ada.http.post(f"/conversations/{conversation}/messages", json={"content": f"before {number}"})
    time.sleep(1.5)
    with ben.socket() as his:
        ada.http.post(f"/conversations/{conversation}/messages", json={"content": "now"})
        assert his.expect("new_message", seconds=4)["content"] == "now"

"""What happens to messages when processes die, freeze or race: nothing.

What a load must find is said in support/ledger.py. Figures are those of RELIABILITY §2; here they are guarded at about ten times that,
since the machine may be busy, and printed.
"""

import os
import random
import signal
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace

import httpx
import psycopg
import pytest

from support.answers import refused
from support.ledger import Ack, Ledger, Line, Read, Sent
from support.load import Load, history
from support.person import Person, newcomer
from support.service import DevService, is_ready, wait_until

# Faults under load: each comes back when the service is ready again.


@pytest.fixture(scope="module")
def home(work):
    """A whole Parley, whose processes may be killed."""
    dev = DevService(work / "faults", PARLEY_LIMITS="off", PARLEY_ENV="test", PARLEY_ACCESS_TTL="86400")
    dev.start()
    yield dev
    dev.stop()


def database(dev: DevService) -> psycopg.Connection:
    return psycopg.connect((dev.home / "database-url").read_text().strip(), autocommit=True, connect_timeout=5)


def wait_for_database(dev: DevService):
    def answers():
        try:
            database(dev).close()
            return True
        except psycopg.Error:
            return False

    wait_until(answers, 20, "PostgreSQL")


def family(pid: int) -> list[int]:
    """A process and its children."""
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return [pid, *map(int, children.read().split())]


def kill_serve(dev: DevService):
    died = dev.kill("serve")
    dev.wait_for("serve", besides={died})


def kill_postgres(dev: DevService):
    died = dev.kill("postgres")
    dev.wait_for("postgres", besides={died})
    wait_for_database(dev)


def stop_postgres_at_once(dev: DevService):
    """As `pg_ctl stop -m immediate`: no checkpoint, no farewell."""
    died = dev.pids()["postgres"]
    os.kill(died, signal.SIGQUIT)
    dev.wait_for("postgres", besides={died})
    wait_for_database(dev)


def end_database_sessions(dev: DevService):
    with database(dev) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()")


@contextmanager
def frozen(dev: DevService):
    """PostgreSQL stands still, with all that it has accepted and not answered."""
    pids = family(dev.pids()["postgres"])
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(pids):
            os.kill(pid, signal.SIGCONT)


def freeze_postgres(dev: DevService):
    with frozen(dev):
        time.sleep(5)


LONG = [pytest.mark.long, pytest.mark.timeout(1800)]


# acceptance: E-011, E-015, D-051
@pytest.mark.parametrize(
    "faults",
    [
        [kill_serve, end_database_sessions, kill_postgres, kill_serve, stop_postgres_at_once],
        pytest.param([kill_serve] * 50, marks=LONG),
        pytest.param([kill_postgres] * 50, marks=LONG),
        pytest.param(
            [kill_serve] * 20 + [end_database_sessions] * 12 + [kill_postgres] * 7 + [stop_postgres_at_once] * 7 + [freeze_postgres] * 4,
            marks=LONG,
        ),
    ],
    ids=["one of each", "50 kills of serve", "50 kills of PostgreSQL", "50 of all kinds"],
)
def test_no_fault_loses_doubles_or_reorders_a_message(home, faults):
    dice = random.Random(len(faults))
    is_long = len(faults) > 5
    if is_long:
        dice.shuffle(faults)
    died = set()
    recoveries = []
    with Load(home) as load:
        for fault in faults:
            time.sleep(min(3, dice.expovariate(1)))
            before = home.pids()["serve"]
            fault(home)
            began = time.monotonic()
            wait_until(lambda: is_ready(home.url), 20, f"ready after {fault.__name__}")
            recoveries.append((time.monotonic() - began, fault.__name__))
            if fault is not kill_serve and home.pids()["serve"] != before:
                died.add(fault.__name__)
        acked = load.ledger.acked
        time.sleep(1)
    print(f"\n{len(faults)} faults: {load}; slowest recovery {max(recoveries)}")
    assert load.findings == []
    assert died == set(), "the service itself ended when its database did"
    assert load.ledger.acked > acked > 10 * len(faults), "they went on talking"
    assert load.slowest < (6 if is_long else 12), "the service promises an answer within five seconds"


def test_a_frozen_database_costs_five_seconds_and_an_honest_answer(home):
    ada, ben = newcomer(home), newcomer(home)
    conversation = ada.conversation_with(ben)
    path = f"/conversations/{conversation}/messages"
    key = str(uuid.uuid4())

    def timed(work):
        began = time.monotonic()
        return work(), time.monotonic() - began

    with ada.socket() as adas, ben.socket() as bens:
        with ThreadPoolExecutor(8) as pool, frozen(home):
            began = time.monotonic()
            jobs = {
                "send": lambda: ada.http.post(path, json={"content": "frozen", "client_msg_id": key}),
                "send a second later": lambda: (time.sleep(1), ben.http.post(path, json={"content": "too", "client_msg_id": key}))[1],
                "history": lambda: ben.http.get(path),
                "sign in": lambda: Person(home, "x").http.post("/auth/login", json={"username": ada.username, "password": ada.password}),
                "not ready": lambda: wait_until(lambda: not is_ready(home.url), 3, "a service that says that it is not ready"),
            }
            answers = {name: pool.submit(timed, job) for name, job in jobs.items()}
            command = adas.send("send_message", {"conversation_id": conversation, "content": "frozen", "client_msg_id": "by-socket"})
            by_socket = pool.submit(timed, lambda: adas.answer(command, 15))
            live, seconds = timed(lambda: httpx.get(f"{home.url}/health/live", timeout=15))
            assert live.status_code == 200 and seconds < 2, "what needs no database does not wait"
            answers = {name: answer.result() for name, answer in answers.items()}
            frame, seconds = by_socket.result()
            print("\n" + ", ".join(f"{name} {seconds:.2f} s" for name, (_, seconds) in answers.items()), f"socket {seconds:.2f} s")
            time.sleep(max(0, 5 - (time.monotonic() - began)))
            assert (frame["type"], frame["data"]["code"]) == ("error", "unavailable")
            for name, (answer, waited) in answers.items():
                if name == "not ready":
                    assert waited < 2.5
                else:
                    refused(answer, 503, "unavailable")
                assert waited < 8, f"{name}: {waited:.1f} s"
        wait_until(lambda: is_ready(home.url), 10, "ready again")

        retries = [ada.http.post(path, json={"content": "frozen", "client_msg_id": id}) for id in (key, "by-socket")]
        assert all(retry.status_code in (200, 201) for retry in retries)
        stored = history(ben, conversation)
        assert [message["seq"] for message in stored] == list(range(1, len(stored) + 1))
        adas_own = sorted(message["id"] for message in stored if message["sender_id"] == ada.id)
        assert adas_own == sorted(retry.json()["id"] for retry in retries)

        # What PostgreSQL had been asked before it stood still was stored when it went on; all that are connected hear of it.
        heard = set()
        while not heard >= set(adas_own):
            heard.add(bens.expect("new_message", seconds=3)["id"])


# Races


# acceptance: A-032, D-049, E-014
def test_one_key_through_two_nodes_at_once_is_one_message(make_service):
    here, there = make_service(), make_service()
    rounds = 200
    ada, ben = newcomer(here), newcomer(here)
    conversation = ada.conversation_with(ben)
    gate = threading.Barrier(2)

    def through(service) -> list[httpx.Response]:
        answers = []
        with httpx.Client(base_url=f"{service.url}/api/v1", headers=ada.http.headers, timeout=15) as client:
            for number in range(rounds):
                gate.wait(30)
                body = {"content": f"round {number}", "client_msg_id": f"round-{number}"}
                answers.append(client.post(f"/conversations/{conversation}/messages", json=body))
        return answers

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(through, (here, there))
    for mine, theirs in zip(one, other):
        assert sorted((mine.status_code, theirs.status_code)) == [200, 201], (mine.text, theirs.text)
        assert mine.content == theirs.content, "both get the original"
    stored = history(ben, conversation)
    assert [message["seq"] for message in stored] == list(range(1, rounds + 1)), "a hole in seq"
    assert stored == [answer.json() for answer in one]


def test_many_through_two_nodes_keep_one_dense_order(make_service):
    nodes = [make_service(), make_service()]
    people = [newcomer(nodes[0]) for _ in range(3)]
    conversations = [people[one].conversation_with(people[other]) for one, other in ((0, 1), (1, 2), (2, 0))]
    each = 60

    def talk(number: int):
        """Several in one go, so that they share transactions, which lock several conversations."""
        person, node = people[number % 3], nodes[number // 3]
        sender = Person(node, person.username)
        sender.tokens = person.tokens
        mine = [conversations[number % 3], conversations[(number + 2) % 3]]
        with sender.socket() as socket:
            ids = [
                socket.send("send_message", {"conversation_id": mine[count % 2], "content": f"{number}.{count}", "client_msg_id": f"{number}.{count}"})
                for count in range(each)
            ]
            return [socket.expect("message_ack", id, 20)["seq"] for id in ids]

    with ThreadPoolExecutor(6) as pool:
        acks = list(pool.map(talk, range(6)))
    for ack in acks:
        assert ack[0::2] == sorted(ack[0::2]) and ack[1::2] == sorted(ack[1::2]), "a sender's order"
    for index, conversation in enumerate(conversations):
        stored = history(people[index], conversation)
        assert [message["seq"] for message in stored] == list(range(1, 2 * each + 1))
        assert stored == history(people[(index + 1) % 3], conversation)


@contextmanager
def removal(service, conversation: str, member: Person):
    """Holds the conversation's lock while a member is removed, as whatever removes members does; commits at the end."""
    with psycopg.connect(service.database) as connection:
        connection.execute("SELECT FROM conversations WHERE id = %s FOR NO KEY UPDATE", [conversation])
        connection.execute(
            "UPDATE participants p SET left_rev = c.rev FROM conversations c WHERE c.id = p.conversation_id AND c.id = %s AND p.user_id = %s",
            [conversation, member.id],
        )
        connection.execute("UPDATE conversations SET members_rev = members_rev + 1 WHERE id = %s", [conversation])
        yield


def waits_for_lock(service, count: int = 1):
    with psycopg.connect(service.database, autocommit=True) as watcher:
        question = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        wait_until(lambda: watcher.execute(question).fetchone()[0] >= count, 5, "a send that waits for the lock")


# acceptance: A-045, D-066
@pytest.mark.parametrize("way", ["rest", "socket"])
def test_who_is_removed_while_their_send_waits_has_sent_nothing(service, census, way):
    ada, ben = newcomer(service), newcomer(service)
    conversation = ada.conversation_with(ben)
    path = f"/conversations/{conversation}/messages"
    ada.http.post(path, json={"content": "before"})
    with ben.socket() as bens, ada.socket() as adas, ThreadPoolExecutor(1) as pool:
        with removal(service, conversation, ben):
            if way == "rest":
                answer = pool.submit(lambda: ben.http.post(path, json={"content": "after", "client_msg_id": "x"}))
            else:
                command = bens.send("send_message", {"conversation_id": conversation, "content": "after", "client_msg_id": "x"})
            waits_for_lock(service)
        if way == "rest":
            refused(answer.result(), 404, "not_found")
        else:
            assert bens.answer(command)["data"]["code"] == "not_found"
        assert census.one("SELECT count(*) FROM messages WHERE conversation_id = %s", conversation) == 1
        assert census.one("SELECT last_seq FROM conversations WHERE id = %s", conversation) == 1

        # From now on they hear nothing, though their socket stood open all the time, and see nothing.
        assert ada.http.post(path, json={"content": "just for me"}).json()["seq"] == 2
        while adas.expect("new_message")["seq"] < 2:
            pass
        bens.expect("pong", bens.send("ping"))
        # What they heard of before is the conversation, and what was said in it then.
        assert [frame for frame in bens.waiting if frame["data"].get("content", "before") != "before" or frame["data"].get("last_seq", 0) > 1] == []
        for read in (ben.http.get(path), ben.http.get(f"/conversations/{conversation}")):
            refused(read, 404, "not_found")
        assert ben.http.get("/conversations").json()["items"] == []


def test_a_removal_is_no_loss_to_those_who_send_in_the_same_batch(service):
    ada, ben = newcomer(service), newcomer(service)
    conversation = ada.conversation_with(ben)
    with ben.socket() as bens, ada.socket() as adas:
        with removal(service, conversation, ben):
            # The first one waits for the lock; the others gather behind it, and are one batch.
            bens_ids = [bens.send("send_message", {"conversation_id": conversation, "content": "away", "client_msg_id": f"b{n}"}) for n in range(10)]
            adas_ids = [adas.send("send_message", {"conversation_id": conversation, "content": "here", "client_msg_id": f"a{n}"}) for n in range(10)]
            waits_for_lock(service)
        assert {bens.answer(id)["data"]["code"] for id in bens_ids} == {"not_found"}
        assert [adas.expect("message_ack", id)["seq"] for id in adas_ids] == list(range(1, 11))
        bens.expect("pong", bens.send("ping"))
        assert bens.waiting == []
    assert {message["sender_id"] for message in history(ada, conversation)} == {ada.id}


def test_a_lock_that_is_held_too_long_costs_an_honest_answer_and_others_little(service):
    ada, ben = newcomer(service), newcomer(service)
    locked = ada.conversation_with(ben)
    free = [newcomer(service).conversation_with(ada) for _ in range(4)]

    def send(conversation: str):
        began = time.monotonic()
        answer = ada.http.post(f"/conversations/{conversation}/messages", json={"content": "x", "client_msg_id": str(uuid.uuid4())})
        return answer, time.monotonic() - began

    with ThreadPoolExecutor(5) as pool, psycopg.connect(service.database) as holder:
        holder.execute("SELECT FROM conversations WHERE id = %s FOR UPDATE", [locked])
        stuck = pool.submit(send, locked)
        waits_for_lock(service)
        others = [pool.submit(send, conversation) for conversation in free]
        answer, seconds = stuck.result()
        print(f"\nlocked {seconds:.2f} s, others {[round(other.result()[1], 2) for other in others]} s")
        refused(answer, 503, "unavailable")
        assert seconds < 8
        for other in others:
            assert other.result()[0].status_code == 201
            assert other.result()[1] < 5
        # From now on it is known, and costs the others nothing.
        for conversation in free:
            stuck = pool.submit(send, locked)
            assert send(conversation)[1] < 1
            refused(stuck.result()[0], 503, "unavailable")
            assert stuck.result()[1] < 1
    assert send(locked)[0].json()["seq"] == 1


# The checks themselves


def told(seq: int, sender: str, key: str) -> dict:
    return {
        "id": f"id {seq}", "seq": seq, "rev": seq, "content": f"text {key}", "client_msg_id": key, "sender_id": sender,
        "sent_at": f"time {seq}", "type": "text", "status": "sent",
    }  # fmt: skip


STORED = [told(1, "ada", "a"), told(2, "ada", "b"), told(3, "ben", "c")]


def good() -> tuple[Ledger, list[dict], list[dict]]:
    """A load of three messages with which all is well, and the history as ada and as ben read it."""
    ledger = Ledger()
    for began, (key, sender) in enumerate((("a", "ada"), ("b", "ada"), ("c", "ben"))):
        ledger.sent[key] = Sent(key, "conversation", sender, f"text {key}", began, [(began + 0.5, Ack(f"id {began + 1}", began + 1, f"time {began + 1}"))])
    ledger.lines.append(Line("ben", frozenset(["conversation"])))
    ledger.lines[0].events["conversation"] = deepcopy(STORED[:2])
    ledger.lines[0].acked["conversation"] = {3}
    ledger.lines[0].lasted = True
    ledger.reads.append(Read("ada", "conversation", 9, 0, {"items": deepcopy(STORED), "head_seq": 3}))
    ledger.reads.append(Read("ada", "conversation", 9, None, {"items": deepcopy(STORED[::-1]), "head_seq": 3}))
    return ledger, deepcopy(STORED), deepcopy(STORED)


def lose(ledger, *views):
    for view in views:
        view.pop()


def tell_later(ledger, *_):
    ledger.sent["a"].acks[0] = (0.5, replace(ledger.sent["a"].acks[0][1], seq=2))


def swap(ledger, *views):
    """`b`, by ada, is acked before `c` begins, and yet stands behind it."""
    for view in views:
        view[1:] = [told(2, "ben", "c"), told(3, "ada", "b")]
    for key, seq in (("c", 2), ("b", 3)):
        ledger.sent[key].acks = [(ledger.sent[key].acks[0][0], Ack(f"id {seq}", seq, f"time {seq}"))]
    ledger.lines.clear()
    ledger.reads.clear()


def swap_of_one_sender(ledger, *views):
    ledger.sent["c"].sender = "ada"
    swap(ledger, *views)
    for view in views:
        view[1]["sender_id"] = "ada"


@pytest.mark.parametrize(
    "spoil, kind",
    [
        (lambda ledger, *views: None, None),
        (lambda ledger, *views: ledger.sent["c"].acks.clear(), None),  # its outcome is unknown, and it was stored
        (lambda ledger, *views: ledger.sent.update(d=Sent("d", "conversation", "ada", "text d", 5)), None),  # and this one was not
        (lose, "lost"),
        (lambda ledger, *views: [view.append(told(4, "ada", "a")) for view in views], "duplicate"),
        (lambda ledger, *views: [view.append(told(4, "eve", "e")) for view in views], "phantom"),
        (lambda ledger, *views: [view[0].update(content="text z") for view in views], "phantom"),
        (tell_later, "ack-unstable"),
        (swap, "realtime-order"),
        (swap_of_one_sender, "sender-order"),
        (lambda ledger, *views: [view.pop(1) for view in views], "seq-gap"),
        (lambda ledger, *views: ledger.reads[0].page["items"].pop(1), "hole-read"),
        (lambda ledger, *views: ledger.reads[0].page["items"].pop(0), "hole-read"),
        (lambda ledger, *views: ledger.reads[1].page["items"].pop(0), "stale-read"),
        (lambda ledger, *views: ledger.reads[0].page.update(head_seq=2), "stale-read"),
        (lambda ledger, *views: ledger.reads[0].page["items"].append(told(4, "ada", "d")), "vanish"),
        (lambda ledger, *views: ledger.lines[0].events["conversation"][0].update(sent_at="another"), "rewrite"),
        (lambda ledger, *views: ledger.lines[0].events["elsewhere"].append(told(1, "eve", "e")), "participants"),
        (lambda ledger, ada, ben: ben.pop(), "device-diverge"),
        (lambda ledger, *views: ledger.lines[0].events["conversation"].append(told(2, "ada", "b")), "live-dup"),
        (lambda ledger, *views: ledger.lines[0].events["conversation"].reverse(), "live-order"),
        (lambda ledger, *views: ledger.lines[0].events["conversation"].pop(1), "live-gap"),
        (lambda ledger, *views: ledger.lines[0].acked.clear(), "live-gap"),
        (lambda ledger, *views: ledger.oddities.append("500"), "odd"),
    ],
)
def test_the_checks_see_what_they_are_for(spoil, kind):
    ledger, adas, bens = good()
    spoil(ledger, adas, bens)
    kinds = {finding.partition(":")[0] for finding in ledger.findings({"conversation": {"ada": adas, "ben": bens}})}
    assert kind in kinds if kind else kinds == set()

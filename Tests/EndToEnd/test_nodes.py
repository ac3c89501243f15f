"""Several nodes on one database: what is written through one is told by all."""

import threading
import time

import pytest

from support.person import Person, newcomer


@pytest.fixture
def nodes(make_service):
    return [make_service(), make_service()]


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

"""kill -9 of the service and of PostgreSQL under load: no acked message lost, doubled or out of order."""

import random
import time

import pytest

from support.history import Conversation, Sent
from support.person import newcomer
from support.service import is_ready, wait_until
from support.traffic import Talk


LONG = [pytest.mark.long, pytest.mark.timeout(1800)]


@pytest.mark.parametrize(
    "victims, kills",
    [
        (["serve", "postgres"], 8),
        pytest.param(["serve"], 50, marks=LONG),
        pytest.param(["postgres"], 50, marks=LONG),
        pytest.param(["serve", "postgres"], 50, marks=LONG),
    ],
)
def test_no_acked_message_is_lost_doubled_or_out_of_order(make_dev, victims, kills):
    dev = make_dev(PARLEY_LIMITS="off", PARLEY_ENV="test")
    dev.start()
    talks = [Talk(newcomer(dev), newcomer(dev)) for _ in range(6)]
    for talk in talks:
        talk.start()
    for number in range(kills):
        time.sleep(random.expovariate(1 / 0.7))
        died = dev.kill(victims[number % len(victims)])
        dev.wait_for(victims[number % len(victims)], besides={died})
        wait_until(lambda: is_ready(dev.url), 20, "ready again")
    before = sum(talk.acked for talk in talks)
    time.sleep(1)
    for talk in talks:
        talk.stop()
    assert [finding for talk in talks for finding in talk.findings()] == []
    acked = sum(talk.acked for talk in talks)
    assert acked > before, "they went on talking after the last kill"
    print(f"{kills} kills of {' and '.join(victims)}: {acked} messages acked")


STORED = [{"seq": 1, "client_msg_id": "a", "content": "A"}, {"seq": 2, "client_msg_id": "b", "content": "B"}]


@pytest.mark.parametrize(
    "sent, stored, finding",
    [
        ([Sent("a", "A", 1), Sent("b", "B", 2)], STORED, None),
        ([Sent("a", "A", 1), Sent("b", "B")], STORED, None),  # an unknown outcome that was stored
        ([Sent("a", "A", 1), Sent("b", "B")], STORED[:1], None),  # and one that was not
        ([Sent("a", "A", 1), Sent("b", "B", 2)], STORED[:1], "lost"),
        ([Sent("a", "A", 1)], STORED, "nobody sent it"),
        ([Sent("a", "A", 2), Sent("b", "B", 1)], STORED, "out of order"),
        ([Sent("a", "A", 1), Sent("b", "C", 2)], STORED, "changed"),
        ([Sent("a", "A")], [STORED[0], STORED[0] | {"seq": 2}], "doubled"),
        ([Sent("b", "B", 2)], STORED[1:], "dense"),
    ],
)
def test_the_checker_sees_what_it_is_for(sent, stored, finding):
    conversation = Conversation()
    conversation.sent["ada"] = sent
    found = conversation.findings(stored)
    assert any(finding in text for text in found) if finding else found == []


@pytest.mark.parametrize("live, is_good", [([4, 5, 6], True), ([], True), ([4, 6], False), ([4, 4], False), ([5, 4], False)])
def test_the_checker_sees_gaps_on_a_socket(live, is_good):
    assert (Conversation(live=[live]).findings([]) == []) == is_good

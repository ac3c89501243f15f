#!/usr/bin/env python3
"""What the write of a message must hold when others act at the same moment: each form, on two and more connections at once.

    pip install 'psycopg[binary]'; Benchmarks/write-path/races.py     # an empty migrated database by PGDATABASE; people and conversations are made here
"""
import collections
import logging
import pathlib
import random
import re
import threading
import time
import uuid

import psycopg

logging.getLogger("psycopg").setLevel(logging.ERROR)
here = pathlib.Path(__file__).resolve().parent
STORED, REPLAY, CONFLICT, NOT_A_PARTICIPANT = range(4)
Entry = collections.namedtuple("Entry", "conversation sender key hash body", defaults=(1, "hello"))
Result = collections.namedtuple("Result", "outcome seq rev sent_at members_rev")

types = {
    "one_conversation": "uuid", "one_members_rev": "int8", "one_sender": "uuid", "one_kind": "int2", "one_key": "uuid", "one_hash": "int8",
    "one_client_msg_id": "text", "one_body": "text", "conversations": "uuid[]", "counts": "int4[]", "slots": "int4[]", "places": "int4[]",
    "senders": "uuid[]", "kinds": "int2[]", "keys": "uuid[]", "hashes": "int8[]", "client_msg_ids": "text[]", "bodies": "text[]",
}


def form(name):
    text = (here / "forms" / f"{name}.sql").read_text().split(";;")[0]
    return re.sub(r"(?<!:):([a-z_]+)", lambda match: f"%({match[1]})s::{types[match[1]]}", text)


one, one_fast, many = form("one"), form("one-fast"), form("many")


def connect():
    return psycopg.connect("", autocommit=True, options="-c plan_cache_mode=force_generic_plan -c jit=off -c random_page_cost=1.1")


def scalars(entry, members_rev=1):
    return {
        "one_conversation": entry.conversation, "one_sender": entry.sender, "one_kind": 1, "one_key": entry.key, "one_hash": entry.hash,
        "one_client_msg_id": str(entry.key), "one_body": entry.body, "one_members_rev": members_rev,
    }


def pipelined(connection, sql, entries):
    """One statement for each entry, one Sync: one transaction. One list of results for each."""
    with connection.pipeline() as pipeline:
        cursors = [connection.cursor().execute(sql, scalars(entry)) for entry in entries]
        pipeline.sync()
        return [[Result(*row) for row in cursor.fetchall()] for cursor in cursors]


def send_singly(connection, entries):
    return [rows[0] for rows in pipelined(connection, one, entries)]


def send_fast(connection, entries):
    """As the service does: what the fast form cannot decide, and everything if a key was known, goes the careful way."""
    try:
        found = pipelined(connection, one_fast, entries)
    except psycopg.errors.UniqueViolation:
        return send_singly(connection, entries)
    return [rows[0] if rows else send_singly(connection, [entry])[0] for entry, rows in zip(entries, found)]


def send_together(connection, entries):
    conversations = sorted({entry.conversation for entry in entries}, key=lambda id: id.bytes)
    order = sorted(range(len(entries)), key=lambda i: (entries[i].conversation.bytes, i))
    counts, slots, places = [0] * len(conversations), [], []
    for i in order:
        slot = conversations.index(entries[i].conversation)
        counts[slot] += 1
        slots.append(slot + 1), places.append(counts[slot])
    sorted_entries = [entries[i] for i in order]
    rows = connection.execute(many, {
        "conversations": conversations, "counts": counts, "slots": slots, "places": places, "senders": [e.sender for e in sorted_entries],
        "kinds": [1] * len(order), "keys": [e.key for e in sorted_entries], "hashes": [e.hash for e in sorted_entries],
        "client_msg_ids": [e.key and str(e.key) for e in sorted_entries], "bodies": [e.body for e in sorted_entries],
    }).fetchall()
    results = [None] * len(entries)
    for i, row in zip(order, rows):
        results[i] = Result(*row)
    return results


forms = {"one": send_singly, "one-fast": send_fast, "many": send_together}


class World:
    """Fresh people and conversations for each test."""

    def __init__(self):
        self.connection = connect()

    def pair(self):
        people = sorted([uuid.uuid4(), uuid.uuid4()], key=lambda id: id.bytes)
        conversation = uuid.uuid4()
        for person in people:
            self.connection.execute("INSERT INTO users (id, username) VALUES (%s, %s)", (person, "u" + person.hex[:20]))
        self.connection.execute("INSERT INTO conversations (id, pair_low, pair_high) VALUES (%s, %s, %s)", (conversation, *people))
        self.connection.execute("INSERT INTO participants (conversation_id, user_id) SELECT %s, unnest(%s::uuid[])", (conversation, people))
        return conversation, people

    def check(self, conversation, messages):
        """seq and rev are dense from 1, the head stands at the last, and the changes cover each seq once."""
        rows = self.connection.execute("SELECT seq, rev, sent_at FROM messages WHERE conversation_id = %s ORDER BY seq", (conversation,)).fetchall()
        assert [row[0] for row in rows] == list(range(1, messages + 1)) == [row[1] for row in rows], rows
        assert [row[2] for row in rows] == sorted(row[2] for row in rows), "sent_at went backwards"
        head = self.connection.execute("SELECT last_seq, rev, last_message_at FROM conversations WHERE id = %s", (conversation,)).fetchone()
        assert head[:2] == (messages, messages), head
        assert not rows or head[2] == rows[-1][2], (head, rows[-1])
        spans = self.connection.execute("SELECT from_seq, to_seq FROM changes WHERE conversation_id = %s", (conversation,)).fetchall()
        assert sorted(seq for low, high in spans for seq in range(low, high + 1)) == list(range(1, messages + 1)), spans


def together(*works):
    """Runs each work on a connection of its own, all released at the same moment."""
    results, gate = [None] * len(works), threading.Barrier(len(works))

    def run(i, work):
        with connect() as connection:
            gate.wait()
            try:
                results[i] = work(connection)
            except Exception as error:
                results[i] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    [thread.start() for thread in threads], [thread.join() for thread in threads]
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


def every_statement_of_a_pipeline_has_its_own_snapshot_and_locks_last_until_its_sync(world):
    conversation, _ = world.pair()
    with connect() as first, connect() as other:
        with first.pipeline() as pipeline:
            before = first.execute("SELECT last_seq FROM conversations WHERE id = %s FOR NO KEY UPDATE", (conversation,))
            first.execute("SELECT pg_sleep(0.6)")
            after = first.execute("SELECT count(*) FROM users WHERE username = %s", ("w" + conversation.hex[:20],))
            thread = threading.Thread(target=lambda: pipeline.sync())
            thread.start()
            time.sleep(0.2)
            other.execute("INSERT INTO users (id, username) VALUES (%s, %s)", (uuid.uuid4(), "w" + conversation.hex[:20]))
            try:
                other.execute("SELECT FROM conversations WHERE id = %s FOR NO KEY UPDATE NOWAIT", (conversation,))
                raise AssertionError("the lock was gone before the Sync")
            except psycopg.errors.LockNotAvailable:
                pass
            thread.join()
            assert before.fetchone() == (0,) and after.fetchone() == (1,), "the later statement did not see what had committed meanwhile"


def the_same_client_id_through_two_connections_at_once_is_one_message(world):
    for first in forms.values():
        for second in forms.values():
            for _ in range(15):
                conversation, (sender, _) = world.pair()
                entry = Entry(conversation, sender, uuid.uuid4())
                batch = [entry, Entry(conversation, sender, uuid.uuid4())]
                got = together(lambda c: first(c, [entry]), lambda c: second(c, batch))
                results = sorted([got[0][0], got[1][0]])
                assert [result.outcome for result in results] == [STORED, REPLAY], got
                assert results[0][1:4] == results[1][1:4], got
                assert got[1][1].outcome == STORED
                world.check(conversation, 2)


def a_member_removed_while_the_send_waits_stores_nothing(world):
    for send in forms.values():
        conversation, (sender, other) = world.pair()
        with psycopg.connect("") as remover, connect() as connection:
            remover.execute("SELECT FROM conversations WHERE id = %s FOR NO KEY UPDATE", (conversation,))
            results = []
            entries = [Entry(conversation, sender, uuid.uuid4()), Entry(conversation, other, uuid.uuid4())]
            thread = threading.Thread(target=lambda: results.extend(send(connection, entries)))
            thread.start()
            time.sleep(0.3)
            assert not results, "the send did not wait"
            remover.execute("UPDATE participants SET left_rev = 0 WHERE conversation_id = %s AND user_id = %s", (conversation, sender))
            remover.execute("UPDATE conversations SET members_rev = members_rev + 1 WHERE id = %s", (conversation,))
            remover.commit()
            thread.join()
        assert [result.outcome for result in results] == [NOT_A_PARTICIPANT, STORED], results
        assert results[1].members_rev == 2, results
        world.check(conversation, 1)


def of_duplicates_in_one_batch_the_first_wins(world):
    for send in forms.values():
        conversation, (sender, other) = world.pair()
        key = uuid.uuid4()
        results = send(world.connection, [
            Entry(conversation, sender, key), Entry(conversation, other, uuid.uuid4()), Entry(conversation, sender, key),
            Entry(conversation, sender, key, hash=2, body="another"), Entry(conversation, sender, None), Entry(conversation, sender, None)])
        assert [result.outcome for result in results] == [STORED, STORED, REPLAY, CONFLICT, STORED, STORED], results
        assert results[0][1:4] == results[2][1:4] == results[3][1:4], results
        world.check(conversation, 4)


def a_refused_entry_leaves_the_good_ones_alone(world):
    for send in forms.values():
        (conversation, (sender, _)), (foreign, (stranger, _)) = world.pair(), world.pair()
        known = Entry(conversation, sender, uuid.uuid4())
        assert send(world.connection, [known])[0].outcome == STORED
        results = send(world.connection, [
            Entry(conversation, sender, uuid.uuid4()), Entry(conversation, stranger, uuid.uuid4()), known, known._replace(hash=9),
            Entry(uuid.uuid4(), sender, uuid.uuid4()), Entry(foreign, stranger, uuid.uuid4()), Entry(conversation, sender, uuid.uuid4())])
        assert [result.outcome for result in results] == [
            STORED, NOT_A_PARTICIPANT, REPLAY, CONFLICT, NOT_A_PARTICIPANT, STORED, STORED], results
        assert [result.seq for result in results] == [2, None, 1, 1, None, 1, 3], results
        world.check(conversation, 3)
        world.check(foreign, 1)


def any_mixture_comes_out_as_if_it_went_one_by_one(world):
    """Replays, doubles, other messages under a known key, strangers, conversations that do not exist: what is stored, and what each is told."""
    dice = random.Random(7)
    for _ in range(60):
        pairs, stranger = [world.pair() for _ in range(4)], world.pair()[1][0]
        nowhere, stored, keys = uuid.uuid4(), collections.Counter(), {}
        for _ in range(3):
            entries = []
            for _ in range(dice.choice([1, 3, 12, 40])):
                conversation, people = dice.choice(pairs)
                sender = dice.choice(people)
                entry = Entry(conversation, sender, uuid.uuid4(), hash=dice.randrange(1 << 40))
                known = [e for e in [*keys.values(), *entries] if e.conversation == conversation and e.key and e.sender in people]
                match dice.randrange(12):
                    case 0 if known: entry = dice.choice(known)._replace(body="hello")
                    case 1 if known: entry = dice.choice(known)._replace(hash=5, body="another")
                    case 2: entry = entry._replace(sender=stranger)
                    case 3: entry = entry._replace(conversation=nowhere)
                    case 4: entry = entry._replace(key=None, hash=None)
                entries.append(entry)
            results = send_together(world.connection, entries)
            for entry, result in zip(entries, results):  # within a conversation in their order
                original = keys.get((entry.conversation, entry.key))
                if entry.sender == stranger or entry.conversation == nowhere:
                    assert result.outcome == NOT_A_PARTICIPANT, (entry, result)
                elif entry.key and original:
                    assert result.outcome == (REPLAY if original.hash == entry.hash else CONFLICT), (entry, result)
                    assert result.seq == original.body, (entry, original, result)
                else:
                    stored[entry.conversation] += 1
                    assert result[:3] == (STORED, stored[entry.conversation], stored[entry.conversation]), (entry, result)
                    if entry.key:
                        keys[entry.conversation, entry.key] = entry._replace(body=result.seq)
            for conversation, _ in pairs:
                world.check(conversation, stored[conversation])


def batches_that_overlap_in_opposite_order_do_not_deadlock(world):
    pairs = [world.pair() for _ in range(12)]
    for send in forms.values():
        rounds = 40

        def work(order):
            def run(connection):
                for _ in range(rounds):
                    batch = [Entry(conversation, people[0], uuid.uuid4()) for conversation, people in order]
                    if send is not send_together:
                        batch.sort(key=lambda entry: entry.conversation.bytes)  # single statements are the caller's to put in order
                    assert all(result.outcome == STORED for result in send(connection, batch))
            return run

        together(work(pairs), work(pairs[::-1]), work(pairs[3:9]), work(pairs[9:2:-1]))
        for index, (conversation, _) in enumerate(pairs):
            world.check(conversation, (2 + (3 <= index < 9) * 2 + (index == 9)) * rounds * (list(forms.values()).index(send) + 1))


def a_clock_that_went_back_does_not_turn_the_order(world):
    for send in forms.values():
        conversation, (sender, _) = world.pair()
        ahead = world.connection.execute(
            "UPDATE conversations SET last_message_at = clock_timestamp() + interval '1 hour' WHERE id = %s RETURNING last_message_at", (conversation,)).fetchone()[0]
        results = send(world.connection, [Entry(conversation, sender, uuid.uuid4()) for _ in range(3)])
        assert [result.sent_at for result in results] == [ahead] * 3, results
        assert all(result.sent_at.microsecond % 1000 == 0 for result in results)
        world.check(conversation, 3)


if __name__ == "__main__":
    for test in [value for value in list(globals().values()) if callable(value) and getattr(value, "__code__", None) and value.__code__.co_varnames[:1] == ("world",)]:
        start = time.monotonic()
        test(World())
        print(f"ok  {test.__name__.replace('_', ' ')}  ({time.monotonic() - start:.1f} s)")

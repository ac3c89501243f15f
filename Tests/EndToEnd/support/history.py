"""What was sent and what came of it, and whether the two agree.

The promise: what was acked is there once, at the place the ack said; an unanswered send may be there or not, but not twice;
one conversation has one order without holes, which every device sees.
"""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Sent:
    """One message as its sender knows it."""

    client_id: str
    content: str
    seq: int | None = None  # told by the ack; None while the outcome is unknown


@dataclass
class Conversation:
    """What is known of one conversation. Each sender's list is in the order of sending, one after the other."""

    sent: dict[str, list[Sent]] = field(default_factory=lambda: defaultdict(list))
    # Per socket and connection: the seqs of new_message frames in the order of arrival.
    live: list[list[int]] = field(default_factory=list)

    def findings(self, stored: list[dict]) -> list[str]:
        """What is wrong, given the whole history oldest first; nothing if all is well."""
        found = []
        by_client_id = defaultdict(list)
        for message in stored:
            by_client_id[message["client_msg_id"]].append(message)
        seqs = [message["seq"] for message in stored]
        if seqs != list(range(1, len(stored) + 1)):
            found.append(f"seq is not dense from 1: {seqs[:5]} … {seqs[-5:]}, {len(seqs)} messages")

        everything = [message for messages in self.sent.values() for message in messages]
        for message in everything:
            copies = by_client_id.pop(message.client_id, [])
            if len(copies) > 1:
                found.append(f"doubled: {message}")
            elif not copies and message.seq is not None:
                found.append(f"lost after its ack: {message}")
            elif copies and message.seq not in (None, copies[0]["seq"]):
                found.append(f"acked as {message.seq}, stored as {copies[0]['seq']}: {message}")
            elif copies and copies[0]["content"] != message.content:
                found.append(f"changed: {message} is stored as {copies[0]}")
        found += [f"nobody sent it: {copies}" for copies in by_client_id.values()]

        for sender, messages in self.sent.items():
            order = [message.seq for message in messages if message.seq is not None]
            if order != sorted(order):
                found.append(f"{sender}'s messages are out of order: {order}")
        for arrived in self.live:
            if arrived and arrived != list(range(arrived[0], arrived[0] + len(arrived))):
                found.append(f"a socket saw a gap, a double or another order: {arrived}")
        return found

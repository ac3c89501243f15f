"""What a load did and saw, and whether that can be: the checks of RELIABILITY §2, which all must find nothing.

A send whose answer never came may be stored or not, but not twice. Everything else is strict. Times are of one monotonic clock.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Ack:
    """What the service said of a message, by either way."""

    id: str
    seq: int
    sent_at: str


@dataclass
class Sent:
    """One message as its sender knows it."""

    key: str  # client_msg_id
    conversation: str
    sender: str
    text: str
    began: float
    acks: list[tuple[float, Ack]] = field(default_factory=list)


@dataclass
class Line:
    """One connection of a device, from `ready` to the end: the events that came, and the seqs that were acked on it."""

    device: str
    conversations: frozenset[str]
    events: dict[str, list[dict]] = field(default_factory=lambda: defaultdict(list))
    acked: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    # Whether it was open until the load had come to rest.
    lasted: bool = False


@dataclass
class Read:
    """One page of history, asked for behind `after`, or the newest when that is `None`."""

    device: str
    conversation: str
    began: float
    after: int | None
    page: dict


# What must stay as it was first told.
LASTING = ("id", "seq", "rev", "content", "client_msg_id", "sender_id", "sent_at", "type")


@dataclass
class Ledger:
    sent: dict[str, Sent] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    # Answers that no fault explains.
    oddities: list[str] = field(default_factory=list)

    @property
    def acked(self) -> int:
        # Asked while the load goes on, in another thread.
        return sum(bool(message.acks) for message in list(self.sent.values()))

    def findings(self, stored: dict[str, dict[str, list[dict]]]) -> list[str]:
        """All that is wrong, each beginning with its name.

        - Parameter stored: by conversation and device the whole history, oldest first, read after all had come to rest.
        """
        truth = {conversation: next(iter(views.values())) for conversation, views in stored.items()}
        found = [f"odd: {oddity}" for oddity in self.oddities]
        for conversation, views in stored.items():
            found += [f"device-diverge: {conversation} as {device} reads it" for device, view in views.items() if view != truth[conversation]]
        found += self._storing(truth)
        for conversation, messages in truth.items():
            found += self._order(conversation, {message["client_msg_id"]: message["seq"] for message in messages})
        found += self._reading(truth)
        for line in self.lines:
            found += self._live(line, truth)
        return found

    def _storing(self, truth: dict[str, list[dict]]) -> Iterator[str]:
        """lost, duplicate, phantom, ack-unstable, seq-gap."""
        keys = defaultdict(list)
        for conversation, messages in truth.items():
            seqs = [message["seq"] for message in messages]
            if seqs != list(range(1, len(seqs) + 1)):
                missing = sorted(set(range(1, max(seqs) + 1)) - set(seqs))
                yield f"seq-gap: {conversation} has {len(seqs)} messages up to {max(seqs)}; missing {missing[:10]}"
            for message in messages:
                keys[message["client_msg_id"]].append(message)
                sent = self.sent.get(message["client_msg_id"])
                if not sent or (sent.conversation, sent.sender, sent.text) != (conversation, message["sender_id"], message["content"]):
                    yield f"phantom: {message} was never sent so"
        for sent in self.sent.values():
            copies = keys[sent.key]
            if len(copies) > 1:
                yield f"duplicate: {sent.text} is seq {[copy['seq'] for copy in copies]}"
            acks = {ack for _, ack in sent.acks}
            if acks and not copies:
                yield f"lost: {sent.text} was acked as {acks}"
            acks |= {Ack(copy["id"], copy["seq"], copy["sent_at"]) for copy in copies[:1]}
            if len(acks) > 1:
                yield f"ack-unstable: {sent.text} is {acks}"

    def _order(self, conversation: str, seqs: dict[str, int]) -> Iterator[str]:
        """sender-order and realtime-order: what began when another had been acked stands behind it."""
        acked = [message for message in self.sent.values() if message.acks and message.conversation == conversation and message.key in seqs]
        earliest, holder = float("inf"), None
        for message in sorted(acked, key=lambda message: -seqs[message.key]):
            if earliest < message.began:
                kind = "sender-order" if holder.sender == message.sender else "realtime-order"
                yield f"{kind}: {holder.text} was acked before {message.text} began, and stands behind it"
            first = min(at for at, _ in message.acks)
            if first < earliest:
                earliest, holder = first, message

    def _reading(self, truth: dict[str, list[dict]]) -> Iterator[str]:
        """hole-read, stale-read, vanish, rewrite."""
        acks: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for message in self.sent.values():
            acks[message.conversation] += [(at, ack.seq) for at, ack in message.acks]
        for read in self.reads:
            items = sorted(read.page["items"], key=lambda message: message["seq"])
            seqs = [message["seq"] for message in items]
            start = read.after + 1 if read.after is not None else seqs[0] if seqs else 1
            if seqs != list(range(start, start + len(seqs))):
                yield f"hole-read: {read.device} read {seqs} behind {read.after}"
            known = max((seq for at, seq in acks[read.conversation] if at < read.began), default=0)
            if read.page["head_seq"] < known or (read.after is None and known and (not seqs or seqs[-1] < known)):
                yield f"stale-read: {read.device} read up to {seqs[-1:]} when {known} had been acked"
            yield from self._lasting(items, truth[read.conversation], read.device)

    def _lasting(self, seen: list[dict], stored: list[dict], device: str) -> Iterator[str]:
        for message in seen:
            if message["seq"] > len(stored):
                yield f"vanish: {device} saw {message['content']} as {message['seq']} of {len(stored)}"
            elif any(message[name] != stored[message["seq"] - 1][name] for name in LASTING):
                yield f"rewrite: {device} saw {message}, and it is {stored[message['seq'] - 1]}"

    def _live(self, line: Line, truth: dict[str, list[dict]]) -> Iterator[str]:
        """participants, live-order, live-dup, live-gap."""
        for conversation, events in line.events.items():
            if conversation not in line.conversations:
                yield f"participants: {line.device} heard of {conversation}"
                continue
            yield from self._lasting(events, truth[conversation], line.device)
            seqs = [event["seq"] for event in events]
            if len(set(seqs)) < len(seqs):
                yield f"live-dup: {line.device} heard {seqs}"
            elif seqs != sorted(seqs):
                yield f"live-order: {line.device} heard {seqs}"
            end = len(truth[conversation]) if line.lasted else max(seqs)
            if missed := set(range(min(seqs), end + 1)) - set(seqs) - line.acked[conversation]:
                yield f"live-gap: {line.device} did not hear of {sorted(missed)[:10]} in {conversation}, and heard of {min(seqs)} and {max(seqs)}"

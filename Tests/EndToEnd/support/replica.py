"""A device that keeps what it is told: by sync, by the socket, or by both. What it keeps must be what the service would say anew."""

from __future__ import annotations

import httpx

OWN = ("last_read_seq", "own_rev")


def fetch(http: httpx.Client, token: str | None = None, **more) -> dict:
    """One answer of GET /sync."""
    answer = http.get("/sync", params={"since": token, **more} if token else more, timeout=90)
    assert answer.status_code == 200, answer.text
    return answer.json()


class Replica:
    """The rules by which a client keeps itself up to date, as docs/api.md tells them, and nothing more."""

    def __init__(self, person):
        self.person = person
        self.token: str | None = None
        self.me: dict = {}
        self.conversations: dict[str, dict] = {}
        # How often it had to ask because a frame did not follow on what it knew.
        self.gaps = 0

    # Catching up

    def sync(self, **more):
        """Asks until there is no more."""
        while True:
            answer = fetch(self.person.http, self.token, **more)
            self.apply(answer)
            if not answer["has_more"]:
                return

    def apply(self, answer: dict):
        if answer["reset"]:
            self.conversations = {}
        self.token = answer["token"]
        if "me" in answer:
            self.become(answer["me"])
        for entry in answer["conversations"]:
            self.merge(entry)
            for message in entry["messages"]:
                self.keep(message)
            self.read_back(entry["id"])

    def merge(self, entry: dict):
        """Takes a conversation as it stands, unless something newer is known already."""
        kept = self.conversations.setdefault(entry["id"], {"rev": -1, "own_rev": -1, "last_seq": 0, "last_read_seq": 0, "people": {}, "messages": {}})
        # Names have no counter: what is told last is newest. Marks only go forward.
        for person in entry["participants"]:
            known = kept["people"].setdefault(person["id"], {"read": 0, "delivered": 0})
            known["name"] = person["display_name"]
            if entry["rev"] >= kept["rev"]:
                known["read"], known["delivered"] = person["last_read_seq"], person["last_delivered_seq"]
        if entry["rev"] >= kept["rev"]:
            kept["rev"], kept["last_seq"] = entry["rev"], entry["last_seq"]
        if entry["own_rev"] >= kept["own_rev"]:
            kept["own_rev"], kept["last_read_seq"] = entry["own_rev"], entry["last_read_seq"]

    def keep(self, message: dict):
        self.conversations[message["conversation_id"]]["messages"][message["seq"]] = message

    def read_back(self, id: str):
        """Reads the history down to the read mark: what is unread is counted from what is kept."""
        kept = self.conversations[id]
        while (lowest := min(kept["messages"], default=kept["last_seq"] + 1)) > kept["last_read_seq"] + 1:
            page = self.person.http.get(f"/conversations/{id}/messages", params={"before_seq": lowest, "limit": 100}).json()
            for message in page["items"]:
                self.keep(message)

    def become(self, me: dict):
        hides = self.me and self.me["privacy"]["read_receipts"] != me["privacy"]["read_receipts"]
        self.me = me
        if hides:
            # What others have read is shown from now on, or is not: everything is read anew.
            self.token = None

    # Live

    def hear(self, frame: dict):
        """Takes a frame of the socket; asks where it does not follow on what is known."""
        data = frame["data"]
        match frame["type"]:
            case "new_message" | "read_update" | "delivered_update" if "rev" in data:
                self.follow(frame["type"], data)
            case "read_update" | "delivered_update":
                kept = self.conversations.get(data["conversation_id"])
                if kept and data["own_rev"] > kept["own_rev"]:
                    kept["own_rev"], kept["last_read_seq"] = data["own_rev"], data.get("last_read_seq", kept["last_read_seq"])
            case "conversation_updated":
                known = self.conversations.get(data["id"])
                if known is None or data["rev"] > known["rev"]:
                    self.gap()
                else:
                    self.merge(data)
            case "account_update":
                self.become(data)
        if self.token is None:
            self.sync()

    def follow(self, type: str, data: dict):
        kept = self.conversations.get(data["conversation_id"])
        if kept is None or data["prev_rev"] > kept["rev"]:
            return self.gap()
        if data["rev"] <= kept["rev"]:
            return
        kept["rev"] = data["rev"]
        if type == "new_message":
            self.keep(data)
            kept["last_seq"] = data["seq"]
            return
        marks = kept["people"][data["user_id"]]
        marks["read"] = max(marks["read"], data.get("last_read_seq", 0))
        marks["delivered"] = max(marks["delivered"], data.get("last_delivered_seq", 0))
        if data["user_id"] == self.person.id:
            kept["last_read_seq"] = max(kept["last_read_seq"], data.get("last_read_seq", 0))

    def gap(self):
        self.gaps += 1
        self.sync()

    # What it would show

    def view(self) -> dict:
        return {id: self.view_of(kept) for id, kept in self.conversations.items()}

    def view_of(self, kept: dict) -> dict:
        me = self.person.id
        others = [marks for id, marks in kept["people"].items() if id != me]
        read, delivered = (min((marks[kind] for marks in others), default=0) for kind in ("read", "delivered"))

        def stage(message: dict) -> str:
            if message["sender_id"] != me:
                return "sent"
            return "read" if message["seq"] <= read else "delivered" if message["seq"] <= delivered else "sent"

        messages = {seq: (message["id"], message["content"], stage(message)) for seq, message in kept["messages"].items()}
        unread = sum(message["sender_id"] != me for seq, message in kept["messages"].items() if seq > kept["last_read_seq"])
        return {
            "rev": kept["rev"],
            "last_seq": kept["last_seq"],
            "last_read_seq": kept["last_read_seq"],
            "unread": unread,
            "names": {id: marks["name"] for id, marks in kept["people"].items() if id != me},
            "marks": sorted((marks["read"], marks["delivered"]) for marks in others),
            "messages": messages,
        }


def anew(person) -> tuple[dict, dict]:
    """What the service says to a device that knows nothing: what it would show, and the unread counts that it was told."""
    fresh = Replica(person)
    answer = fetch(person.http)
    assert answer["reset"] and not answer["has_more"]
    fresh.apply(answer)
    return fresh.view(), {entry["id"]: entry["unread_count"] for entry in answer["conversations"]}


def differences(replica: Replica) -> list:
    """Where a replica shows something else than a fresh one would."""
    fresh, unread = anew(replica.person)
    kept = replica.view()
    # Who has blocked somebody is not reminded of what they wrote.
    blocked = {person["id"] for person in replica.person.http.get("/users/me/blocks").json()["items"]}
    found = []
    for id in fresh.keys() | kept.keys():
        theirs, ours = fresh.get(id), kept.get(id)
        if theirs is None or ours is None:
            found.append((id, "only in the snapshot" if ours is None else "only kept"))
            continue
        # A snapshot has the newest messages alone.
        newest = {seq: ours["messages"].get(seq) for seq in theirs["messages"]}
        for name, one, other in [("messages", newest, theirs["messages"]), ("unread", 0 if blocked & ours["names"].keys() else ours["unread"], unread[id])]:
            if one != other:
                found.append((id, name, one, other))
        for name in ("rev", "last_seq", "last_read_seq", "names", "marks"):
            if ours[name] != theirs[name]:
                found.append((id, name, ours[name], theirs[name]))
    return found

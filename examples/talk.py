#!/usr/bin/env python3
"""talk.py URL USERNAME PASSWORD [PEER]: a client for the command line, on the standard library and `websockets`.

Lines that you type go to PEER; what anybody writes to you is printed. The network may go, the server may restart, this program may be
killed: nothing is lost, nothing is sent twice, all stays in order. What has to survive stands in USERNAME.json, where it runs.
"""

import asyncio, json, os, random, sys, urllib.error, urllib.parse, urllib.request, uuid

import websockets


class Client:
    def __init__(self, url: str, username: str, password: str, peer: str | None = None):
        self.url, self.username, self.password, self.peer = url, username, password, peer
        self.file = f"{username}.json"
        # `heads`: up to which `seq` each conversation was printed. `outbox`: typed, and not acknowledged yet.
        self.kept = {"device_id": None, "refresh": None, "token": None, "heads": {}, "outbox": []}
        if os.path.exists(self.file):
            with open(self.file) as file:
                self.kept |= json.load(file)
        self.access = self.conversation = None
        self.typed = asyncio.Event()

    def keep(self):
        """Writes what has to survive, whole or not at all."""
        with open(self.file + ".new", "w") as file:
            json.dump(self.kept, file)
        os.replace(self.file + ".new", self.file)

    def ask(self, method: str, path: str, body: dict | None = None) -> dict:
        request = urllib.request.Request(f"{self.url}/api/v1{path}", method=method, data=body and json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        if self.access:
            request.add_header("Authorization", f"Bearer {self.access}")
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def sign_in(self):
        """A new access token: by the refresh token if there is one, else by the password."""
        self.access = None
        try:
            tokens = self.ask("POST", "/auth/refresh", {"refresh": self.kept["refresh"] or ""})
        except urllib.error.HTTPError as refusal:
            if refusal.code >= 429:
                raise
            who = {"username": self.username, "password": self.password, "device_id": self.kept["device_id"]}
            tokens = self.ask("POST", "/auth/login", who)
            self.kept["device_id"] = tokens["device_id"]
        self.access, self.kept["refresh"] = tokens["access"], tokens["refresh"]
        self.keep()

    def find_peer(self):
        if self.peer and not self.conversation:
            found = self.ask("GET", f"/users/search?username={urllib.parse.quote(self.peer)}")["items"]
            person = next(person for person in found if person["username"].lower() == self.peer.lower())
            self.conversation = self.ask("POST", "/conversations", {"recipient_id": person["id"]})["id"]

    def show(self, message: dict):
        """Prints what comes next in a conversation. What lies between is read first, what was printed is passed over."""
        conversation = message["conversation_id"]
        while message["seq"] > (head := self.kept["heads"].get(conversation, 0)):
            missed = message["seq"] > head + 1
            path = f"/conversations/{conversation}/messages?after_seq={head}&limit=100"
            for next in self.ask("GET", path)["items"] if missed else [message]:
                print(f"{next['sender']['username']}: {next['content']}", flush=True)
                self.kept["heads"][conversation] = next["seq"]
            self.keep()

    def catch_up(self):
        while True:
            token = self.kept["token"]
            answer = self.ask("GET", f"/sync?since={token}" if token else "/sync")
            for message in [message for conversation in answer["conversations"] for message in conversation["messages"]]:
                self.show(message)
            self.kept["token"] = answer["token"]
            self.keep()
            if not answer["has_more"]:
                return

    async def deliver(self, socket):
        """Sends what is in the outbox, in its order: each once on this socket."""
        sent = set()
        while True:
            self.typed.clear()
            for entry in [entry for entry in self.kept["outbox"] if entry["id"] not in sent]:
                sent.add(entry["id"])
                data = {"conversation_id": self.conversation, "content": entry["content"], "client_msg_id": entry["id"]}
                await socket.send(json.dumps({"type": "send_message", "id": entry["id"], "data": data}))
            await self.typed.wait()

    def done(self, id: str):
        self.kept["outbox"] = [entry for entry in self.kept["outbox"] if entry["id"] != id]
        self.keep()

    async def hear(self, frame: dict, socket):
        data = frame["data"]
        match frame["type"]:
            case "new_message":
                await asyncio.to_thread(self.show, data)
                mark = {"conversation_id": data["conversation_id"], "seq": data["seq"]}
                await socket.send(json.dumps({"type": "mark_read", "data": mark}))
            case "message_ack":
                if data["seq"] == self.kept["heads"].get(data["conversation_id"], 0) + 1:
                    self.kept["heads"][data["conversation_id"]] = data["seq"]  # one's own: it stands on the screen
                self.done(frame["id"])
            case "error" if data["code"] in ("rate_limited", "unavailable"):
                await asyncio.sleep(data.get("retry_after_ms", 1000) / 1000)
                await socket.close()  # on the next socket all that waits is sent again, in its order
            case "error" if "id" in frame:
                print(f"refused: {data['message']}", file=sys.stderr)
                self.done(frame["id"])

    async def connect(self):
        await asyncio.to_thread(self.sign_in)
        await asyncio.to_thread(self.find_peer)
        address = self.url.replace("http", "ws", 1) + "/ws"
        async with websockets.connect(address, subprotocols=["parley.v1", "bearer", self.access]) as socket:
            assert json.loads(await socket.recv())["type"] == "ready"
            await asyncio.to_thread(self.catch_up)
            delivery = asyncio.create_task(self.deliver(socket))
            try:
                async for frame in socket:
                    await self.hear(json.loads(frame), socket)
            finally:
                delivery.cancel()

    async def type(self):
        while line := await asyncio.to_thread(sys.stdin.readline):
            self.kept["outbox"].append({"id": str(uuid.uuid4()), "content": line.rstrip("\n")})
            self.keep()
            self.typed.set()

    async def run(self):
        self.typing = asyncio.create_task(self.type())
        while True:
            try:
                await self.connect()
            except (OSError, websockets.WebSocketException) as failure:
                print(f"away: {failure}", file=sys.stderr)
            await asyncio.sleep(random.uniform(0.2, 2))


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    asyncio.run(Client(*sys.argv[1:]).run())

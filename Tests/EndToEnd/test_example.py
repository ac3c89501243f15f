"""The client under examples/, as a reader of the documentation would write it: two of them talk through restarts, kills and a new start of their own."""

import subprocess
import sys
from pathlib import Path

from support.person import PASSWORD, newcomer
from support.service import wait_until

TALK = Path(__file__).parents[2] / "examples" / "talk.py"


class Talk:
    """One run of the example."""

    def __init__(self, folder: Path, service, person, peer):
        self.arguments = [sys.executable, str(TALK), service.url, person.username, PASSWORD, peer.username]
        self.folder, self.name = folder, person.username
        self.output = folder / f"{person.username}.out"
        self.start()

    def start(self):
        with self.output.open("a") as output:
            self.process = subprocess.Popen(self.arguments, cwd=self.folder, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.DEVNULL, text=True)

    def say(self, line: str):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def heard(self, person) -> list[str]:
        lines = self.output.read_text().splitlines()
        return [line.split(": ", 1)[1] for line in lines if line.startswith(person.username + ": ")]

    def kept(self) -> str:
        return (self.folder / f"{self.name}.json").read_text()

    def kill(self):
        self.process.kill()
        self.process.wait()


# acceptance: A-060, E-014, E-015
def test_the_example_talks_reconnects_and_loses_nothing(make_service, tmp_path):
    service = make_service()
    ada, ben = newcomer(service), newcomer(service)
    hers, his = Talk(tmp_path, service, ada, ben), Talk(tmp_path, service, ben, ada)
    try:
        said: dict[str, list[str]] = {"ada": [], "ben": []}
        for number in range(60):
            for name, talk in [("ada", hers), ("ben", his)]:
                said[name].append(f"{name} says {number}")
                talk.say(said[name][-1])
            match number:
                case 15:
                    service.stop()
                    service.start()
                case 30:
                    service.kill()
                    service.start()
                case 45:
                    # What it has written down, the next one sends.
                    wait_until(lambda: said["ben"][-1] in his.kept() or said["ben"][-1] in hers.heard(ben), 10, "it has read what was typed")
                    his.kill()
                    his.start()
        wait_until(lambda: len(set(hers.heard(ben))) == 60 and len(set(his.heard(ada))) == 60, 30, "everything has been said")
        history = ada.http.get(f"/conversations/{ada.conversation_with(ben)}/messages", params={"after_seq": 0, "limit": 100}).json()["items"]
        history += ada.http.get(f"/conversations/{ada.conversation_with(ben)}/messages", params={"after_seq": 100}).json()["items"]
        for name, person in [("ada", ada), ("ben", ben)]:
            assert [message["content"] for message in history if message["sender_id"] == person.id] == said[name], "sent once, in order"
        assert hers.heard(ben) == said["ben"], "printed once, in order"
        assert sorted(set(his.heard(ada)), key=said["ada"].index) == said["ada"]
    finally:
        hers.kill()
        his.kill()

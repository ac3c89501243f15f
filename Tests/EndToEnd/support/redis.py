"""A private Redis of one test."""

import shutil
import socket
import subprocess
from pathlib import Path

from .service import wait_until


class RedisServer:
    PASSWORD = "a password of the tests"

    def __init__(self, folder: Path):
        folder.mkdir(parents=True)
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://:{self.PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.port}/0"
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [shutil.which("redis-server") or "/usr/bin/redis-server", "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd=self.folder
        )
        settings = f'bind 127.0.0.1\nport {self.port}\nrequirepass "{self.PASSWORD}"\nsave ""\n'
        self.process.stdin.write(settings.encode())
        self.process.stdin.close()
        wait_until(self.listens, 10, "Redis listens")

    def listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def tell(self, *parts: bytes) -> bytes:
        """Says a command, and returns the answer, of one line, behind that to AUTH."""

        def command(*parts: bytes) -> bytes:
            return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)

        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(command(b"AUTH", self.PASSWORD.encode()) + command(*parts))
            answer = b""
            while answer.count(b"\r\n") < 2:
                answer += connection.recv(1024)
            return answer

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

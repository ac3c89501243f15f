"""`parley serve` and `parley dev` as the tests run them."""

import os
import random
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[3]
BINARY = Path(os.environ.get("PARLEY_BINARY", ROOT / ".build/release/parley"))


def free_port() -> int:
    """A port that is free now, below those that Linux gives to outgoing connections."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def wait_until(condition, seconds: float, what: str):
    """Waits for `condition()` to be true, and returns what it returned."""
    deadline = time.monotonic() + seconds
    while True:
        if result := condition():
            return result
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.01)


def is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


class Running:
    """What a client needs to know of something that serves."""

    def __init__(self, port: int):
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.websocket_url = f"ws://127.0.0.1:{port}/ws"


class Service(Running):
    """One `parley serve` on a database of its own."""

    def __init__(self, folder: Path, database: str, **settings: str):
        super().__init__(free_port())
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "serve.log"
        self.database = database
        self.environment = {
            **os.environ,
            "PARLEY_ENV": "test",
            "PARLEY_PORT": str(self.port),
            "PARLEY_SECRET": "a secret of the tests, 32 bytes or more",
            "PARLEY_LIMITS": "off",
            "DATABASE_URL": database,
            **settings,
        }
        self.process: subprocess.Popen | None = None

    def migrate(self):
        done = subprocess.run(
            [BINARY, "migrate"], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def launch(self):
        """Starts it without waiting for anything."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve"], cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/live", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def start(self):
        self.launch()
        wait_until(lambda: is_ready(self.url) or self.process.poll() is not None, 30, f"a ready service ({self.log})")
        assert self.process.poll() is None, self.log.read_text()[-2000:]

    def stop(self) -> int:
        """Asks it to end, and returns its exit code."""
        self.process.terminate()
        return self.process.wait(timeout=30)

    def kill(self):
        """Ends it as a power cut of the process would."""
        self.process.kill()
        self.process.wait()


class DevService(Running):
    """A whole `parley dev`: supervisor, PostgreSQL and serve, as script/server starts it."""

    def __init__(self, home: Path, port: int | None = None, **settings: str):
        super().__init__(port or free_port())
        self.home = home
        self.environment = {**os.environ, "PARLEY_HOME": str(home), "PARLEY_PORT": str(self.port), **settings}
        self.process: subprocess.Popen | None = None

    def launch(self):
        """Starts it without waiting for anything."""
        self.process = subprocess.Popen(
            [BINARY, "dev"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def start(self):
        self.launch()
        self.wait_for("postgres", "serve", seconds=60)

    def pids(self) -> dict[str, int]:
        """Who runs, by name."""
        try:
            lines = (self.home / "pids").read_text().splitlines()
        except FileNotFoundError:
            return {}
        return {name: int(pid) for name, pid in (line.split() for line in lines)}

    def wait_for(self, *names: str, besides: set[int] = frozenset(), seconds: float = 10) -> dict[str, int]:
        """Waits until those named run, under other process ids than `besides`."""

        def all_there():
            pids = self.pids()
            return pids if all(pids.get(name) not in besides | {None} for name in names) else None

        return wait_until(all_there, seconds, f"{names} in {self.home}/pids")

    def kill(self, name: str) -> int:
        """kill -9 of one child; returns its process id."""
        pid = self.pids()[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def hold(self, name: str) -> Path:
        """The file that keeps a child down."""
        return self.home / "hold" / name

    def stop(self, number: int = signal.SIGTERM) -> str:
        """Asks for the end, and returns all that was printed."""
        self.process.send_signal(number)
        output, _ = self.process.communicate(timeout=60)
        return output

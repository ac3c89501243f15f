"""`parley dev`, which script/server starts: what it keeps running, and how it ends."""

import os
import shutil
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from support.service import is_ready, wait_until


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as status:
            return status.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def back(dev):
    dev.wait_for("postgres", "redis", "serve")
    wait_until(lambda: is_ready(dev.url), 10, "ready again")


@pytest.mark.parametrize("name", ["serve", "postgres", "redis"])
def test_whatever_dies_runs_again_within_a_second(dev, name):
    for pause in (0, 0.2, 1.5):
        others = {other: pid for other, pid in dev.pids().items() if other != name}
        died = dev.kill(name)
        began = time.monotonic()
        pids = dev.wait_for(name, besides={died})
        assert time.monotonic() - began < 1
        assert {other: pids[other] for other in others} == others, "the others are left alone"
        back(dev)
        time.sleep(pause)


def test_a_database_that_dies_again_while_it_recovers_is_back_soon(dev):
    for pause in (0.02, 0.05, 0.08, 0.12, 0.2, 0.3):
        died = dev.kill("postgres")
        dev.wait_for("postgres", besides={died})
        time.sleep(pause)
    began = time.monotonic()
    wait_until(lambda: is_ready(dev.url) and len(dev.pids()) == 3, 10, "ready again")
    assert time.monotonic() - began < 5


def ask_redis(dev, *commands: str) -> bytes:
    """What the private Redis answers to commands; PASSWORD in them stands for its password."""
    url = urlsplit((dev.home / "redis-url").read_text().strip())
    assert url.hostname == "127.0.0.1"
    with socket.create_connection((url.hostname, url.port), timeout=5) as connection:
        words = "".join(f"{command}\r\n" for command in commands).replace("PASSWORD", url.password)
        connection.sendall(words.encode() + b"QUIT\r\n")
        return b"".join(iter(lambda: connection.recv(4096), b""))


def test_the_private_redis_wants_a_password_and_forgets_no_more_than_a_second(dev):
    assert ask_redis(dev, "GET a").startswith(b"-NOAUTH")
    assert ask_redis(dev, "AUTH PASSWORD", "SET a kept").startswith(b"+OK\r\n+OK\r\n")
    time.sleep(2)
    dev.wait_for("redis", besides={dev.kill("redis")})

    def is_kept() -> bool:
        with suppress(ConnectionError):  # it may not listen yet
            return b"$4\r\nkept\r\n" in ask_redis(dev, "AUTH PASSWORD", "GET a")
        return False

    wait_until(is_kept, 5, "what was set")
    settings = ask_redis(dev, "AUTH PASSWORD", "CONFIG GET maxmemory-policy", "CONFIG GET appendfsync", "CONFIG GET bind")
    assert b"noeviction" in settings and b"everysec" in settings and b"\r\n127.0.0.1\r\n" in settings


def test_a_held_child_stays_down_until_it_is_let_go(dev):
    dev.hold("serve").touch()
    dev.kill("serve")
    time.sleep(2)
    assert list(dev.pids()) == ["postgres", "redis"]
    dev.hold("serve").unlink()
    dev.wait_for("serve", seconds=1)
    back(dev)


def test_a_second_one_in_the_same_home_is_told_so(dev, make_dev):
    second = make_dev(dev.home)
    second.launch()
    output, _ = second.process.communicate(timeout=10)
    assert second.process.returncode == 1
    assert f"already running in {dev.home}: process {dev.process.pid}, {dev.url}/" in output
    assert is_ready(dev.url)


def test_a_taken_port_is_named_before_anything_starts(dev, make_dev):
    second = make_dev(port=dev.port)
    second.launch()
    output, _ = second.process.communicate(timeout=10)
    assert second.process.returncode == 1
    assert f"port {dev.port} is in use" in output and "PARLEY_PORT" in output


def test_two_homes_run_side_by_side(dev, make_dev):
    other = make_dev()
    other.start()
    assert is_ready(other.url) and is_ready(dev.url)
    assert not set(other.pids().values()) & set(dev.pids().values())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_url_is_told_and_nothing_is_left_after_the_end(make_dev, number):
    dev = make_dev()
    dev.start()
    pids = dev.pids()
    output = dev.stop(number)
    assert dev.process.returncode == 0
    assert output.count("http://") == 1 and f"{dev.url}/" in output
    assert not any(map(is_alive, pids.values()))
    assert not (dev.home / "pids").exists()


def test_no_orphan_survives_a_killed_supervisor_and_another_takes_over(make_dev):
    dev = make_dev()
    dev.start()
    children = set(dev.pids().values())
    dev.process.kill()
    dev.process.wait()
    successor = make_dev(dev.home, dev.port)
    successor.launch()
    successor.wait_for("postgres", "redis", "serve", besides=children, seconds=60)
    assert not any(map(is_alive, children))


def test_a_home_that_postgres_cannot_reach_works_too(make_dev, tmp_path):
    tmp_path.chmod(0o700)
    dev = make_dev(tmp_path / "home")
    dev.start()
    secrets = [dev.home / name for name in ("secret", "database-url", "redis-url", "redis/redis.conf")]
    assert [path.stat().st_mode & 0o777 for path in secrets] == [0o600] * 4
    if os.getuid() == 0:
        cluster = (dev.home / "postgres").resolve()
        assert cluster.parent == Path("/var/lib/parley")
        dev.stop()
        shutil.rmtree(cluster)


def test_somebody_who_reads_no_more_disturbs_nothing(make_dev):
    dev = make_dev()
    dev.start()
    dev.process.stdout.close()
    for _ in range(2):
        dev.wait_for("serve", besides={dev.kill("serve")})
    back(dev)
    dev.process.terminate()
    assert dev.process.wait(timeout=30) == 0

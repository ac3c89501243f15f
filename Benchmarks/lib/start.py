"""Starts `parley serve` again and again: start.py PROGRAM PORT ROUNDS. Its environment configures the service."""

import http.client
import statistics
import subprocess
import sys
import time


def is_ready(port):
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False


def resident_megabytes(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000


def main():
    program, port, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    times, sizes = [], []
    for _ in range(rounds):
        start = time.monotonic()
        serve = subprocess.Popen([program, "serve"])
        while not is_ready(port):
            if serve.poll() is not None or time.monotonic() - start > 30:
                sys.exit("`parley serve` does not get ready")
            time.sleep(0.002)
        times.append(1000 * (time.monotonic() - start))
        sizes.append(resident_megabytes(serve.pid))
        serve.terminate()
        serve.wait()
    print(f"start to ready: median {statistics.median(times):.0f} ms ({min(times):.0f}–{max(times):.0f}), RSS {statistics.median(sizes):.1f} MB")


main()

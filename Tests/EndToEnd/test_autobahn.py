"""The WebSocket conformance suite of the field."""

import subprocess

import pytest

from support.service import ROOT


@pytest.mark.autobahn
@pytest.mark.timeout(3600)
def test_no_case_fails(service):
    echo = f"ws://127.0.0.1:{service.port}/__echo"
    done = subprocess.run([ROOT / "script/autobahn", echo], capture_output=True, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr

"""The worker in a process of its own."""

import signal
import subprocess
import sys

from tests.support import server as servers


def test_it_works_until_it_is_told_to_stop(data):
    started = subprocess.Popen(
        [sys.executable, "-m", "commands", "worker"],
        cwd=servers.ROOT,
        env=servers.build_environment(data),
        stderr=subprocess.PIPE,
        text=True,
    )
    said = iter(started.stderr.readline, "")
    assert any("at work" in line for line in said)
    assert (data / "docket.db").exists()
    started.send_signal(signal.SIGTERM)
    assert started.wait(30) == 0

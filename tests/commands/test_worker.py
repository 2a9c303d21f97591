"""The worker in a process of its own."""

import signal
import subprocess
import sys

from tests.support import server as servers
from tests.support.processes import until


def test_it_works_until_it_is_told_to_stop(data, tmp_path):
    log = tmp_path / "log"
    with log.open("w") as out:
        started = subprocess.Popen(
            [sys.executable, "-m", "commands", "worker"],
            cwd=servers.ROOT,
            env=servers.build_environment(data),
            stderr=out,
        )
    until(lambda: "The worker is running" in log.read_text())
    assert (data / "docket.db").exists()
    started.send_signal(signal.SIGTERM)
    assert started.wait(30) == 0

"""The processes that serve for a Docket of several, and waiting for what they do."""

import time
from collections.abc import Callable
from pathlib import Path

from tests.support.server import Server


def children(docket: Server) -> set[int]:
    """Return the ids of the processes that serve for a running Docket of several."""
    pid = docket.process.pid
    started = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(each) for each in started if "spawn_main" in Path(f"/proc/{each}/cmdline").read_text()}


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is true; fails after so many seconds."""
    last = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < last
        time.sleep(0.1)

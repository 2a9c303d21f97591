"""Rebuild search entries that an earlier version indexed, in batches, while everything stays findable."""

import threading
import time

from lib import transactions
from lib.search_index import reindexing

MAX_SECONDS = 25.0
"""Maximum seconds that one run takes."""
PAUSE_SECONDS = 0.05
"""Seconds between two batches, so that others can write."""

stopping = threading.Event()


def run() -> None:
    """Reindex until everything is done, MAX_SECONDS are over or the worker stops."""
    until = time.monotonic() + MAX_SECONDS
    while not stopping.wait(PAUSE_SECONDS) and time.monotonic() < until:
        with transactions.act() as session:
            if not reindexing.reindex_batch(session):
                return

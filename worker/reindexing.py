"""Index again what an earlier version indexed, in pieces, while everything stays findable."""

import threading
import time

from lib import transactions
from lib.search_index import reindexing

MAX_SECONDS = 25.0
"""Seconds that one tick may take."""
PAUSE_SECONDS = 0.05
"""Seconds between two pieces in which others write."""

stopping = threading.Event()


def run() -> None:
    """Go on until all is done, the turn is over or the worker stops."""
    until = time.monotonic() + MAX_SECONDS
    while not stopping.wait(PAUSE_SECONDS) and time.monotonic() < until:
        with transactions.act() as session:
            if not reindexing.reindex_batch(session):
                return

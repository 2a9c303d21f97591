"""Index again what an earlier version indexed, in pieces, while everything stays findable."""

import threading
import time

from lib import transactions
from lib.search_index import reindexing

TURN = 25.0
"""Seconds that one tick may take."""
PAUSE = 0.05
"""Seconds between two pieces in which others write."""

stopping = threading.Event()


def on() -> None:
    """Go on until all is done, the turn is over or the worker stops."""
    until = time.monotonic() + TURN
    while not stopping.wait(PAUSE) and time.monotonic() < until:
        with transactions.act() as session:
            if not reindexing.some(session):
                return

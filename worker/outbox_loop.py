"""Delivery: for each medium a thread that sends what is due; a medium that fails holds up no other."""

import itertools
import os
import secrets
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterator

import structlog

from db.models import Message
from db.vocabulary import NotificationChannel
from lib import transactions
from lib.notifications.delivery import outbox
from worker import batch
from worker.channels import SENDERS

log = structlog.get_logger(__name__)
INTERVAL = 0.5
"""Seconds between two looks at what is due."""
BATCH_SIZE = 30
GRACE, HANG_UP_GRACE = 1.5, 0.5
"""Seconds that a stop leaves to what is under way, and then to what notices that its connection was cut."""
_turns: defaultdict[NotificationChannel, Iterator[int]] = defaultdict(itertools.count)
_stopped = threading.Event()
_threads: list[threading.Thread] = []
_lock = threading.Lock()


def make_holder_name() -> str:
    """Return a name for whoever claims now, unlike all others."""
    return f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(6)}"


def start() -> None:
    """Begin to send in the background through every channel that is set up, or in which a team may have a room."""
    with _lock:
        if _threads:
            return
        _stopped.clear()
        for medium in [sender.name for sender in SENDERS.values() if sender.configured() or sender.rooms]:
            thread = threading.Thread(target=_run, args=(medium,), name=f"delivery-{medium}", daemon=True)
            _threads.append(thread)
            thread.start()


def stop() -> None:
    """Stop sending within GRACE and CUT, whatever the servers do.

    What is under way is finished if that is soon; then servers are hung up on. A message that is still under way
    after that stays claimed, and is sent again when its lease ends.
    """
    with _lock:
        _stopped.set()
        _join_threads(GRACE)
        for sender in SENDERS.values():
            sender.hang_up()
        _join_threads(HANG_UP_GRACE)
        if not any(thread.is_alive() for thread in _threads):
            _stopped.clear()  # or a delivery by hand later would only give back what it claims
        _threads.clear()


def _join_threads(seconds: float) -> None:
    until = time.monotonic() + seconds
    for thread in _threads:
        thread.join(max(0.0, until - time.monotonic()))


def _run(medium: NotificationChannel) -> None:
    while not _stopped.is_set():
        try:
            while deliver(medium) and not _stopped.is_set():
                pass
        except Exception:
            log.exception("delivery failed", medium=medium.value)
            _stopped.wait(outbox.SHORTEST_PAUSE.total_seconds())
        _stopped.wait(INTERVAL)


def deliver(medium: NotificationChannel) -> int:
    """Send the next messages that are due; return how many were claimed."""
    claimed = _claim(medium)
    if not claimed:
        return 0
    return batch.send(SENDERS[medium], claimed, more=lambda: _claim(medium), stopped=_stopped)


def _claim(medium: NotificationChannel) -> list[Message]:
    with transactions.see() as session:
        if not outbox.has_due_messages(session, medium):
            return []
    with transactions.act() as session:
        # In turns the oldest and the newest, so that a new one goes out soon though thousands wait.
        newest = bool(next(_turns[medium]) % 2)
        return outbox.claim(session, medium, holder=make_holder_name(), most=BATCH_SIZE, newest=newest)

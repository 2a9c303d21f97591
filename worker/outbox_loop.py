"""Outbox loop: one thread per notification channel that sends due messages. A failing channel holds up no other."""

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
"""Seconds between two checks for due messages."""
BATCH_SIZE = 30
GRACE, HANG_UP_GRACE = 1.5, 0.5
"""Seconds that a stop leaves for messages being sent, and then for threads whose connection was closed."""
_turns: defaultdict[NotificationChannel, Iterator[int]] = defaultdict(itertools.count)
_stopped = threading.Event()
_threads: list[threading.Thread] = []
_lock = threading.Lock()


def make_holder_name() -> str:
    """Return a unique name for the holder of a claim."""
    return f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(6)}"


def start() -> None:
    """Start sending in the background through every channel that is set up or that can have team channels."""
    with _lock:
        if _threads:
            return
        _stopped.clear()
        for medium in [sender.name for sender in SENDERS.values() if sender.configured() or sender.rooms]:
            thread = threading.Thread(target=_run, args=(medium,), name=f"delivery-{medium}", daemon=True)
            _threads.append(thread)
            thread.start()


def stop() -> None:
    """Stop sending within GRACE and HANG_UP_GRACE, whatever the servers do.

    Messages being sent can finish within GRACE; then connections are closed. A message still being sent after that
    stays claimed, and is sent again when its lease ends.
    """
    with _lock:
        _stopped.set()
        _join_threads(GRACE)
        for sender in SENDERS.values():
            sender.hang_up()
        _join_threads(HANG_UP_GRACE)
        if not any(thread.is_alive() for thread in _threads):
            _stopped.clear()  # otherwise a later manual delivery would only release what it claims
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
    """Send the next due messages. Return the number claimed."""
    claimed = _claim(medium)
    if not claimed:
        return 0
    return batch.send(SENDERS[medium], claimed, more=lambda: _claim(medium), stopped=_stopped)


def _claim(medium: NotificationChannel) -> list[Message]:
    with transactions.see() as session:
        if not outbox.has_due_messages(session, medium):
            return []
    with transactions.act() as session:
        # Alternate between the oldest and the newest, so that new messages go out soon even if thousands are queued.
        newest = bool(next(_turns[medium]) % 2)
        return outbox.claim(session, medium, holder=make_holder_name(), most=BATCH_SIZE, newest=newest)

"""Scheduler: runs periodic tasks, each only after acquiring the task's lease.

A failing task is logged and affects no other. Time between runs is measured with a monotonic clock, because the
system clock may be changed.
"""

import gc
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from worker import assignment_queue, cleanup, leases, outbox_loop, reindexing

log = structlog.get_logger(__name__)
PROCESS_NAME = f"{socket.gethostname()[:40]}:{os.getpid()}"
START_DELAY = timedelta(seconds=10)
"""Delay after a start before the first run."""
LEASE_FACTOR = 0.9
"""A lease lasts this part of its task's interval, so that the next run finds it free even if it is slightly early."""


@dataclass(frozen=True)
class Task:
    """A task that runs every `every`: once for all processes, or with `own` separately in each process."""

    name: str
    every: timedelta
    do: Callable[[], object]
    own: bool = False


TASKS = (
    Task("assign waiting tickets", timedelta(minutes=1), assignment_queue.assign_waiting_tickets),
    Task("delete expired secrets", timedelta(minutes=10), cleanup.delete_expired),
    Task("delete old drafts", timedelta(hours=6), cleanup.delete_old_drafts),
    Task("delete removed files", timedelta(hours=1), cleanup.delete_removed_files),
    Task("delete orphaned files", timedelta(hours=24), cleanup.delete_orphaned_files),
    Task("delete old notifications", timedelta(hours=6), cleanup.delete_old_notifications),
    Task("reindex texts", timedelta(minutes=1), reindexing.run),
    Task("refresh statistics", timedelta(hours=12), cleanup.refresh_statistics),
    Task("collect garbage", timedelta(minutes=5), gc.collect, own=True),
)

CONCURRENCY_LIMIT = threading.BoundedSemaphore(2)
"""Number of tasks that run at the same time in one process."""
GRACE = 0.5
"""Seconds that a stop leaves for running tasks. A task that takes longer is done again later by another process."""

_lock = threading.Lock()
_stopped = threading.Event()
_threads: list[threading.Thread] = []


def start() -> None:
    """Start the background tasks and the outbox loop. Has no effect if they are running."""
    global _stopped  # noqa: PLW0603 - the process has one worker
    with _lock:
        if _threads:
            return
        _stopped = threading.Event()
        reindexing.stopping.clear()
        for task in TASKS:
            name = f"task-{task.name}"
            thread = threading.Thread(target=_repeat, args=(task, _stopped), name=name, daemon=True)
            _threads.append(thread)
            thread.start()
    outbox_loop.start()


def stop() -> None:
    """Stop the background tasks and the outbox loop within a few seconds."""
    reindexing.stopping.set()
    with _lock:
        _stopped.set()
        outbox_loop.stop()
        until = time.monotonic() + GRACE
        for thread in _threads:
            thread.join(max(0.0, until - time.monotonic()))
        _threads.clear()


def _repeat(task: Task, stopped: threading.Event) -> None:
    wait = task.every if task.own else START_DELAY
    while not stopped.wait(wait.total_seconds()):
        with CONCURRENCY_LIMIT:
            tick(task)
        wait = task.every


def tick(task: Task) -> None:
    """Run a task if this process can acquire its lease."""
    began = time.monotonic()
    try:
        if not task.own and not leases.acquire(
            task.name, holder=PROCESS_NAME, span=task.every * LEASE_FACTOR
        ):
            return
        task.do()
    except Exception:
        log.exception("a task failed", task=task.name)
    else:
        log.debug("a task was done", task=task.name, seconds=round(time.monotonic() - began, 3))

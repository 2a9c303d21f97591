"""When what is done: each tick first takes the task's lease; a task that fails is logged and harms no other."""

import gc
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from lib import clock
from worker import delivery, handing, leases, refolding, tidying

log = structlog.get_logger(__name__)
ME = f"{socket.gethostname()[:40]}:{os.getpid()}"
DELAY = timedelta(seconds=10)
"""How long a start is left alone before the first tick."""
SHORTER = 0.9
"""A lease lasts this part of its task's interval, so that the next tick, a little early or late, finds it free."""


@dataclass(frozen=True)
class Task:
    """Something to do `every` so often: once for all processes, or with `own` in each process by itself."""

    name: str
    every: timedelta
    do: Callable[[], object]
    own: bool = False


TASKS = (
    Task("hand out tickets", timedelta(minutes=1), handing.out),
    Task("tidy secrets", timedelta(minutes=10), tidying.secrets),
    Task("tidy drafts", timedelta(hours=6), tidying.drafts),
    Task("tidy files", timedelta(hours=1), tidying.files),
    Task("tidy stray bytes", timedelta(hours=24), tidying.strays),
    Task("tidy notices", timedelta(hours=6), tidying.notices),
    Task("index words again", timedelta(minutes=1), refolding.on),
    Task("refresh statistics", timedelta(hours=12), tidying.statistics),
    Task("collect garbage", timedelta(minutes=5), gc.collect, own=True),
)

_lock = threading.Lock()
_scheduler: BackgroundScheduler | None = None


def start() -> None:
    """Begin to tick in the background; a worker that runs already goes on."""
    global _scheduler  # noqa: PLW0603 - the process has one worker
    with _lock:
        if _scheduler is not None:
            return
        refolding.stopping.clear()
        _scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(2)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )
        for task in TASKS:
            first = clock.now() + (task.every if task.own else DELAY)
            seconds = task.every.total_seconds()
            _scheduler.add_job(tick, "interval", [task], seconds=seconds, next_run_time=first, name=task.name)
        _scheduler.start()
    delivery.start()


def stop() -> None:
    """Stop ticking; what is under way is finished first."""
    global _scheduler  # noqa: PLW0603 - the process has one worker
    delivery.stop()
    refolding.stopping.set()
    with _lock:
        if _scheduler is not None:
            _scheduler.shutdown()
            _scheduler = None


def tick(task: Task) -> None:
    """Do a task if it is this process's turn."""
    began = time.monotonic()
    try:
        if not task.own and not leases.take(task.name, holder=ME, span=task.every * SHORTER):
            return
        task.do()
    except Exception:
        log.exception("a task failed", task=task.name)
    else:
        log.debug("a task was done", task=task.name, seconds=round(time.monotonic() - began, 3))

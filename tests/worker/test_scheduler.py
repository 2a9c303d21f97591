"""The timetable: what ticks, and what a failure does."""

import threading
import time
from datetime import timedelta

import pytest
import structlog

from lib.core import clock
from worker import assignment_queue, scheduler
from worker.scheduler import TASKS, Task, tick

pytestmark = pytest.mark.both_databases("each task runs SQL in each database's dialect")


HOUR = timedelta(hours=1)


@pytest.fixture
def soon(monkeypatch):
    """Lets the first ticks come at once."""
    monkeypatch.setattr(scheduler, "START_DELAY", timedelta(0))


def test_a_task_is_done_once_however_often_it_ticks(engine):
    done = []
    task = Task("count", HOUR, lambda: done.append(1))
    tick(task)
    tick(task)
    assert done == [1]


def test_what_each_process_does_by_itself_takes_no_lease(engine):
    done = []
    task = Task("own", HOUR, lambda: done.append(1), own=True)
    tick(task)
    tick(task)
    assert done == [1, 1]


def test_a_task_that_fails_is_logged_by_name(engine):
    with structlog.testing.capture_logs() as said:
        tick(Task("broken", HOUR, lambda: 1 / 0))
    assert [(entry["log_level"], entry["task"]) for entry in said] == [("error", "broken")]


def test_one_that_fails_does_not_stop_the_others(engine, soon, monkeypatch):
    done = threading.Event()
    monkeypatch.setattr(
        scheduler, "TASKS", (Task("broken", HOUR, lambda: 1 / 0), Task("well", HOUR, done.set))
    )
    scheduler.start()
    try:
        assert done.wait(30)
    finally:
        scheduler.stop()


def test_a_worker_can_be_started_twice_and_stopped_twice(engine, monkeypatch):
    monkeypatch.setattr(scheduler, "TASKS", ())
    scheduler.start()
    scheduler.start()
    scheduler.stop()
    scheduler.stop()
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("task-")]


def test_a_clock_that_is_set_back_stops_no_task(engine, soon, monkeypatch):
    import time_machine

    ticked = threading.Semaphore(0)
    monkeypatch.setattr(
        scheduler, "TASKS", (Task("often", timedelta(seconds=0.2), ticked.release, own=True),)
    )
    scheduler.start()
    try:
        with time_machine.travel(clock.now() - HOUR):
            for _ in range(3):
                assert ticked.acquire(timeout=10)
    finally:
        scheduler.stop()


def test_a_task_that_takes_for_ever_holds_up_no_stop(engine, soon, monkeypatch):
    begun, over = threading.Event(), threading.Event()
    monkeypatch.setattr(scheduler, "TASKS", (Task("long", HOUR, lambda: (begun.set(), over.wait(60))),))
    scheduler.start()
    try:
        assert begun.wait(30)
        since = time.monotonic()
        scheduler.stop()
        assert time.monotonic() - since < 5
    finally:
        over.set()


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_every_task_can_be_done_on_a_new_desk(engine, task):
    task.do()


def test_waiting_tickets_are_assigned_every_minute():
    [task] = [task for task in TASKS if task.do is assignment_queue.assign_waiting_tickets]
    assert task.every <= timedelta(minutes=1) and not task.own


def test_tasks_have_names_that_fit_their_leases():
    assert len({task.name for task in TASKS}) == len(TASKS)
    assert max(len(task.name) for task in TASKS) <= 40
    assert len(scheduler.PROCESS_NAME) <= 64

"""SQLite's writers go in order, threads and processes alike; nobody who dies or forks holds the others up."""

import itertools
import multiprocessing
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlmodel import select

from db import engine as engines
from db import write_queue
from db.models import Tag
from lib import transactions
from lib.core.errors import Unavailable
from lib.transactions import act, see
from tests.support.server import ROOT

HOLD = """
import sys, time
from db.write_queue import for_database
queue = for_database(sys.argv[1])
queue.enter(10)
print("writes", flush=True)
time.sleep(60)
"""
WRITERS = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
from db import engine
from db.models import Tag
from lib import transactions
made = engine.connect(sys.argv[1])
transactions.use_engine(made)
print("ready", flush=True)
sys.stdin.readline()
def write(number):
    for turn in range(25):
        with transactions.act() as session:
            session.add(Tag(name=f"{sys.argv[2]}{number}.{turn}", key=f"{sys.argv[2]}{number}.{turn}"))
            session.flush()
            time.sleep(0.002)
with ThreadPoolExecutor(4) as pool:
    list(pool.map(write, range(4)))
"""


@pytest.fixture
def database(databases):
    url = databases.fresh("sqlite")
    made = engines.connect(url)
    transactions.use_engine(made)
    yield url
    made.dispose()


def written():
    with see() as session:
        return list(session.exec(select(Tag.name).order_by(Tag.id)))


def write(name):
    with act() as session:
        session.add(Tag(name=name, key=name))


@contextmanager
def held(url):
    """Another process that has the turn and would keep it for a minute."""
    path = url.removeprefix("sqlite:///")
    with subprocess.Popen([sys.executable, "-c", HOLD, path], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"writes\n"
        yield process
        process.kill()


def test_readers_read_while_more_writers_wait_than_connections_are_kept(database):
    first, last = threading.Event(), threading.Event()

    def hold():
        with act() as session:
            session.add(Tag(name="first", key="first"))
            session.flush()
            first.set()
            last.wait(30)

    names = [f"waiting {n}" for n in range(engines.MAX_CONNECTIONS + 5)]
    with ThreadPoolExecutor(len(names) + 2) as pool:
        pool.submit(hold)
        assert first.wait(10)
        waiting = [pool.submit(write, name) for name in names]
        time.sleep(1)
        try:
            assert pool.submit(written).result(timeout=5) == []
        finally:
            last.set()
        assert [done.result(timeout=30) for done in waiting] == [None] * len(names)
    assert sorted(written()) == sorted(["first", *names])


def test_threads_write_in_the_order_in_which_they_came(database):
    queue = write_queue.for_database(database.removeprefix("sqlite:///"))
    threads = [threading.Thread(target=write, args=(f"{n:02}",)) for n in range(20)]
    with act() as session:
        session.add(Tag(name="first", key="first"))
        session.flush()
        for waiting, thread in enumerate(threads, 1):
            thread.start()
            while len(queue._waiting) < waiting:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert written() == ["first", *(f"{n:02}" for n in range(20))]


def test_processes_write_in_turns(database):
    words = [sys.executable, "-c", WRITERS, database]
    processes = [
        subprocess.Popen([*words, name], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for name in "ab"
    ]
    for process in processes:
        assert process.stdout.readline() == b"ready\n"
    for process in processes:
        process.stdin.write(b"go\n")
        process.stdin.flush()
    assert [process.wait(60) for process in processes] == [0, 0]
    turns = "".join(name[0] for name in written())
    assert turns.count("a") == turns.count("b") == 100
    together = turns[
        turns.index("ab" if turns[0] == "a" else "ba") : max(turns.rindex("ab"), turns.rindex("ba"))
    ]
    assert len(together) > 150
    runs = [len(list(run)) for _, run in itertools.groupby(together)]
    assert sum(run == 1 for run in runs) > 0.8 * len(runs), turns  # a busy machine may let one come late


def test_a_writer_that_is_killed_frees_its_turn(database):
    with held(database) as process, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(write, "waited")
        time.sleep(0.2)
        assert not waiting.done()
        process.send_signal(signal.SIGKILL)
        waiting.result(2)
    assert written() == ["waited"]


def test_who_reads_does_not_wait(database):
    write("there")
    with held(database):
        began = time.monotonic()
        assert written() == ["there"]
        assert time.monotonic() - began < 1


def test_a_turn_that_does_not_come_is_a_sentence(database, monkeypatch):
    monkeypatch.setattr(engines, "WRITE_TIMEOUT", 0.2)
    with held(database), pytest.raises(Unavailable, match="Try again in a moment"):
        write("late")
    write("after")
    assert written() == ["after"]


def test_a_change_inside_a_change_is_refused_and_holds_nobody_up(database, monkeypatch):
    monkeypatch.setattr(engines, "WRITE_TIMEOUT", 0.2)
    with act() as session:
        session.add(Tag(name="outer", key="outer"))
        session.flush()
        with pytest.raises(Unavailable):
            write("inner")
    write("after")
    assert written() == ["outer", "after"]


def test_what_fails_gives_its_turn_back(database, monkeypatch):
    monkeypatch.setattr(engines, "WRITE_TIMEOUT", 1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), act() as session:
            session.connection()
            raise ZeroDivisionError
    write("after")
    assert written() == ["after"]


def test_a_thread_that_gives_up_leaves_the_order_of_the_others(tmp_path):
    queue = write_queue.for_database(str(tmp_path / "some.db"))
    order = []

    def turn(name, seconds):
        try:
            queue.enter(seconds)
        except TimeoutError:
            order.append(f"{name} gave up")
        else:
            order.append(name)
            queue.leave()

    queue.enter(1)
    with ThreadPoolExecutor(3) as pool:
        for name, seconds in (("a", 30), ("b", 0.5), ("c", 30)):
            pool.submit(turn, name, seconds)
            while name != "abc"[len(queue._waiting) - 1]:
                time.sleep(0.001)
        while not order:
            time.sleep(0.001)
        queue.leave()
    assert order == ["b gave up", "a", "c"]


def test_a_fork_during_a_turn_has_no_turn_and_ends_none(tmp_path):
    queue = write_queue.for_database(str(tmp_path / "some.db"))
    queue.enter(1)

    def child(said):
        queue.leave()  # as the child's copy of an open transaction does when it is collected
        try:
            queue.enter(0.2)
        except TimeoutError:
            said.put("waits")
        queue.enter(10)
        said.put("writes")
        queue.leave()

    context = multiprocessing.get_context("fork")
    said = context.SimpleQueue()
    process = context.Process(target=child, args=(said,))
    process.start()
    assert said.get() == "waits"
    queue.leave()
    assert said.get() == "writes"
    process.join(10)
    assert process.exitcode == 0


def test_without_its_file_there_is_no_order_but_sqlite_still_decides(database):
    Path(f"{database.removeprefix('sqlite:///')}-queue").mkdir()
    write("there")
    assert written() == ["there"]


def test_each_engine_of_a_process_waits_in_one_queue(tmp_path):
    assert write_queue.for_database(str(tmp_path / "a.db")) is write_queue.for_database(f"{tmp_path}/./a.db")

"""Leases: of all processes, one does a task."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from db.models import Lease
from lib import transactions
from lib.core import clock
from worker import leases

pytestmark = pytest.mark.both_databases("leases are settled by each database's locks")


ROOT = Path(__file__).parents[2]
HOUR = timedelta(hours=1)


def take(holder="a", name="tidy"):
    return leases.acquire(name, holder=holder, span=HOUR)


def let_run_out():
    with transactions.act() as session:
        for row in session.exec(select(Lease)).all():
            row.until = clock.now() - timedelta(seconds=1)


def test_the_first_gets_it_and_the_second_does_not(engine):
    assert take("a")
    assert not take("b")


def test_whoever_has_it_does_not_get_it_again_too_soon(engine):
    assert take("a")
    assert not take("a")


def test_it_can_be_had_again_when_it_ran_out(engine):
    take("a")
    let_run_out()
    assert take("b")
    with transactions.see() as session:
        assert session.exec(select(Lease.holder)).one() == "b"


def test_a_clock_that_is_set_back_holds_no_lease_longer_than_it_lasts(engine, monkeypatch):
    monkeypatch.setattr(leases, "_now", lambda _session: clock.now())  # PostgreSQL's own can't be moved
    now = clock.now()
    assert take("a")
    with clock.travel_to(now - timedelta(minutes=1)):
        assert take("b"), "it ends later than one that is taken now"
        assert not take("c")


def test_leases_of_other_names_are_free(engine):
    assert take(name="tidy")
    assert take(name="sweep")


@pytest.mark.parametrize("state", ["new", "run out"])
def test_of_many_threads_one_gets_it(engine, state):
    if state == "run out":
        take("old")
        let_run_out()
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, map(str, range(16)))) == 1


def test_of_several_processes_one_gets_it(engine, database_url):
    words = (
        "import sys; from db import engine; from lib import transactions; from tests.worker.test_leases import take;"
        "transactions.use_engine(engine.connect(sys.argv[1])); print(sum(take('p') for _ in range(3)))"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", words, database_url], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    assert sorted(process.communicate(timeout=60)[0].strip() for process in started) == ["0", "0", "1"]
